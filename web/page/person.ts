// A person on a list: what waits for him, what was given to him, what he waits for, and the reviews he gave and got.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { jumps } from '../part/jumps.ts'
import { type NewSince, sinceLine } from '../part/news.ts'
import { personLink } from '../part/person-link.ts'
import { countText, dayOf, type Html, titleOf, visible } from '../part/text.ts'
import { waitTable } from '../part/wait-table.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { KnownPerson } from '../read/person.ts'
import type { GivenTrailers, Reviewing } from '../read/reviewing.ts'
import type { WaitRow, WaitsOf } from '../read/waits.ts'

export interface PersonView {
  readonly list: ListRow
  readonly person: KnownPerson
  readonly waits: WaitsOf
  readonly reviewing: Reviewing
  /** Milliseconds; days are counted to here. */
  readonly now: number
  readonly since: NewSince | undefined
}

export function personPage(view: PersonView): Html {
  const { list, person, waits, reviewing } = view
  const name = person.name || person.address
  return frame({
    title: `what waits for ${visible(name)}`,
    list,
    here: 'home',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: 'Whose turn', path: paths.waits(list.name) },
      { text: name },
    ],
    skipTo: 'list',
    main: html`<h1><bdi>${visible(name)}</bdi></h1>
<p class="meta">${person.addresses.slice(0, addressesShownMax).map(address => html`<span><bdi>${visible(address)}</bdi></span> `)}<a href="${paths.search(list.name, person.addresses.map(address => `f:${address}`).join(' OR '))}">Mails</a></p>
${rolesOf(person)}
${sinceLine(view.since)}
${jumps([
  { words: 'Waits here', path: '#h-here' },
  ...(waits.given.length > 0 ? [{ words: 'Given', path: '#h-given' }] : []),
  { words: 'Waits for others', path: '#h-elsewhere' },
  ...(reviewing.given.length > 0 ? [{ words: 'Reviews', path: '#h-gave' }] : []),
])}
${half(view, 'here', 'Waits for this person', waits.here, 'Nothing.')}
${waits.given.length > 0 ? half(view, 'given', 'Given to this person, waits for others', waits.given, '') : ''}
${half(view, 'elsewhere', 'Waits for others', waits.elsewhere, 'Nothing that this person posted or reported waits for somebody else.')}
${reviewing.given.length > 0 ? trailers('gave', 'Trailers given', reviewing.given, row => titleLink(list.name, row)) : ''}
${reviewing.received.length > 0 ? trailers('got', 'Who reviewed what this person posted', reviewing.received, row => html`${personLink(list.name, row.who)}<br>${titleLink(list.name, row)}`) : ''}`,
  })
}

const addressesShownMax = 6
const pathsShownMax = 6

/** By whose paths something is given to him, and how much came of him. */
function rolesOf({ roles, counts }: KnownPerson): Html | string {
  const said = roles.slice(0, pathsShownMax).map(({ role, paths: own }) => {
    const more = own.length - pathsShownMax
    const where = own
      .slice(0, pathsShownMax)
      .map((path, at) => html`${at > 0 ? ', ' : ''}<code>${visible(path)}</code>`)
    return html`<span>${roleWords[role]}${own.length > 0 ? html` of ${where}${more > 0 ? ` and ${countText(more, 'more path')}` : ''}` : ''}</span> `
  })
  const { revisions, patches, accepted, comments } = counts
  const posted =
    revisions + comments === 0
      ? ''
      : html`<span>${countText(revisions, 'posting')}, ${countText(patches, 'patch', 'patches')} (${accepted} accepted), ${countText(comments, 'answer')} to patches</span>`
  return said.length === 0 && posted === '' ? '' : html`<p class="meta">${said}${posted}</p>`
}

const roleWords = { maintainer: 'Maintainer', reviewer: 'Reviewer', robot: 'Robot' } as const

const half = (
  { list, now, since }: PersonView,
  id: string,
  words: string,
  rows: readonly WaitRow[],
  none: string,
): Html =>
  html`<section aria-labelledby="h-${id}"><div class="hd"><h2 id="h-${id}">${words}</h2></div>
${rows.length === 0 ? html`<p class="soft">${none}</p>` : waitTable(list.name, rows, { now, since })}</section>`

const trailersShownMax = 12

function trailers(
  id: string,
  words: string,
  rows: readonly GivenTrailers[],
  first: (row: GivenTrailers) => Html,
): Html {
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  return html`<section aria-labelledby="h-${id}"><div class="hd"><h2 id="h-${id}">${words}</h2><p class="soft">${countText(total, 'trailer')} lately, newest first</p></div>
<div class="card rows"><table class="flat"><thead><tr><th scope="col">Where</th><th scope="col" class="wide">What</th><th scope="col" class="num thin">Last</th></tr></thead>
<tbody>${rows.slice(0, trailersShownMax).map(
    row => html`<tr><td class="full">${first(row)}</td><td>${visible(row.key)}${row.count > 1 ? ` × ${row.count}` : ''}</td><td class="num n">${dayOf(row.said)}</td></tr>
`,
  )}</tbody></table></div></section>`
}

/** To the mail that gave the last of them. */
const titleLink = (list: string, { mail, title }: GivenTrailers): Html =>
  html`<a href="${paths.mail(list, mail)}">${titleOf(title)}</a>`
