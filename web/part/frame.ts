// What all pages share: head, skip link, the bar with its search, where you are, and the foot.
import { html } from 'hono/html'
import { allLists, paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { stylesheet } from '../stylesheet.ts'
import { type Html, visible } from './text.ts'

export interface Page {
  /** For the tab; the list's name is added. */
  readonly title: string
  /** Absent on pages that belong to no list. */
  readonly list?: ListRow
  /** In the bar stands the search of all lists. */
  readonly all?: boolean
  readonly here?: 'home' | 'bugs' | 'applied' | 'builds' | 'archive' | 'statistics' | 'take-part'
  readonly crumbs?: readonly { readonly text: string; readonly path?: string }[]
  /** What stands in the search box. */
  readonly query?: string
  /** The skip link's words: `Skip to the ...`. */
  readonly skipTo: string
  readonly main: Html
}

export const frame = (page: Page): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${visible(page.title)}${page.list ? ` · ${visible(page.list.name)}` : ''}</title>
<link rel="stylesheet" href="${stylesheet.path}">
${page.list ? html`<link rel="alternate" type="application/atom+xml" href="${paths.list(page.list.name)}new.atom" title="${visible(page.list.name)}">` : ''}
</head>
<body>
<a class="skip" href="#main">Skip to the ${page.skipTo}</a>
<header class="top"><div class="wrap">
<a class="brand" href="${paths.lists()}">Threadwork</a>
${page.list ? bar(page.list, page) : ''}
${page.all ? find(allLists, 'Search the mails of all lists', page) : ''}
</div></header>
<main id="main" class="wrap" tabindex="-1">
${page.crumbs ? crumbs(page.crumbs) : ''}
${page.list?.rebuilding ? rebuilding : ''}
${page.main}
</main>
<footer class="wrap"><div class="foot">${footOf(page)}</div></footer>
</body>
</html>
`

const rebuilding = html`<p class="meta">The topics of this list are being made again from its mails. What stood before is shown until that has ended, and counts may be too small.</p>`

const bar = (list: ListRow, page: Page): Html => html`<nav class="menu" aria-label="List">
${link(paths.list(list.name), 'Patches', page.here === 'home')}
${link(paths.bugs(list.name), 'Bugs', page.here === 'bugs')}
${link(paths.applied(list.name), 'Applied', page.here === 'applied')}
${list.builds ? link(paths.builds(list.name), 'Builds', page.here === 'builds') : ''}
${link(paths.topics(list.name, 'all'), 'Archive', page.here === 'archive')}
${link(paths.statistics(list.name), 'Statistics', page.here === 'statistics')}
${link(paths.takePart(list.name), 'Take part', page.here === 'take-part')}
</nav>
${find(list.name, `Search the mails of ${list.name}`, page)}`

const find = (place: string, label: string, { query }: Page): Html =>
  html`<form class="find" role="search" action="${paths.list(place)}"><input type="search" name="q" value="${query ?? ''}" aria-label="${visible(label)}" placeholder="Search mails"><button>Search</button></form>`

const link = (path: string, text: string, current: boolean): Html =>
  current ? html`<a href="${path}" aria-current="page">${text}</a>` : html`<a href="${path}">${text}</a>`

const crumbs = (steps: NonNullable<Page['crumbs']>): Html =>
  html`<nav class="crumbs" aria-label="Where you are">${steps.map(
    ({ text, path }, index) =>
      html`${index > 0 ? ' / ' : ''}${path ? html`<a href="${path}"><bdi>${visible(text)}</bdi></a>` : html`<bdi>${visible(text)}</bdi>`}`,
  )}</nav>`

/** Builds come of pushes, too, and no mail changes how one ended. */
const footOf = ({ list, here }: Page): Html | string => {
  if (here === 'builds') return 'Built from what was pushed and mailed here, nothing else.'
  if (!list) return 'Built from the mails to these lists, nothing else.'
  return html`Every fact here comes from a mail to <a href="mailto:${list.address}">${visible(list.address)}</a>. To change one, reply there. <a href="${paths.about(list.name)}">About this list</a>`
}
