// The home of a list: what is open, in groups by whose turn it is, then the latest mails; beside it how to post, and the bugs.

import { html } from 'hono/html'
import { gitAddress } from '../../base/git-address.ts'
import { robotRole } from '../../tracker/project/robot-lines.ts'
import { stateWords } from '../part/chip.ts'
import { frame } from '../part/frame.ts'
import { keepSince, type NewSince, newMark, newTopicMark, sinceLine } from '../part/news.ts'
import { rulesSection } from '../part/rules.ts'
import { cappedText, type Html, nameOf, numberText, shortMinuteOf, titleOf, visible } from '../part/text.ts'
import { patchsetTable } from '../part/topic-table.ts'
import { paths } from '../paths.ts'
import type { MailLine } from '../read/latest-mails.ts'
import type { ListFacts } from '../read/list-facts.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { TopicRow } from '../read/topic-row.ts'
import type { FilledGroup } from '../read/topic-rows.ts'
import { type PatchsetGroup, patchsetGroups } from './patchset-groups.ts'

export interface ListHomeView {
  readonly list: ListRow
  readonly groups: ReadonlyMap<PatchsetGroup, FilledGroup>
  readonly bugs: FilledGroup
  readonly latest: readonly MailLine[]
  readonly facts: ListFacts
  /** Counts end here; one more stands for "more". */
  readonly countMax: number
  readonly since: NewSince | undefined
  /** Milliseconds; days are counted to here. */
  readonly now: number
}

export const listHomePage = (view: ListHomeView): Html => {
  const { list, latest, facts, since } = view
  return frame({
    title: 'open patches and bugs',
    list,
    here: 'home',
    skipTo: 'open patches',
    main: html`<h1>${titleOf(list.name)}</h1>
<p class="meta">${list.description ? html`<span>${visible(list.description)}</span>` : ''} <a href="mailto:${list.address}">${visible(list.address)}</a></p>
${sinceLine(since)}
<div class="cols"><div>
${tabs(view)}
${groupSections(view)}
${latest.length > 0 ? latestSection(list.name, latest, since) : ''}
</div>
<aside class="side" aria-label="About this list">
${postSection(list)}
${facts.heldMails > 0 ? heldSection(view) : ''}
${bugsSection(view)}
${rulesSection(facts)}
${facts.idleRobots.length > 0 ? robotsSection(facts.idleRobots) : ''}
</aside></div>`,
  })
}

function tabs({ list, groups, bugs, facts, countMax }: ListHomeView): Html {
  const count = (number: number) => (number > countMax ? `${numberText(countMax)}+` : numberText(number))
  const shown = patchsetGroups.filter(group => (groups.get(group)?.count ?? 0) > 0)
  return html`<ul class="tabs" aria-label="Show">${shown.map(
    group =>
      html`<li><a href="#${group.key}">${group.words} <span class="n">${count(groups.get(group)?.count ?? 0)}</span></a></li>`,
  )}<li><a href="${paths.waits(list.name)}">Whose turn</a></li><li><a href="${paths.bugs(list.name)}">Bugs <span class="n">${count(bugs.count)}</span></a></li><li><a href="${paths.topics(list.name, 'closed')}">Closed <span class="n">${count(facts.closedPatchsets)}</span></a></li></ul>`
}

function groupSections({ list, groups, countMax, since, now }: ListHomeView): Html {
  const filled = patchsetGroups.flatMap(group => {
    const found = groups.get(group)
    return found && found.count > 0 ? [{ group, ...found }] : []
  })
  if (filled.length === 0) return emptySection(list)
  return html`${filled.map(
    ({ group, rows, count }) => html`<section aria-labelledby="${group.key}">
<div class="hd"><h2 id="${group.key}">${group.words}</h2>${
      count > rows.length
        ? html`<a href="${keepSince(paths.topics(list.name, group.key), since)}">All ${cappedText(count, countMax, 'patchset')}</a>`
        : html`<p class="soft">${group.meaning}</p>`
    }</div>
${patchsetTable(list.name, rows, { states: group.turn === 'nobody', since, now })}</section>`,
  )}`
}

const emptySection = (list: ListRow): Html => html`<section><h2>Nothing is open</h2>
<p>No patchset waits for anybody. A mail with a patch to <a href="mailto:${list.address}">${visible(list.address)}</a> shows up here; what is done is under <a href="${paths.topics(list.name, 'closed')}">closed</a>.</p></section>`

const latestSection = (
  list: string,
  latest: readonly MailLine[],
  since: NewSince | undefined,
): Html => html`<section aria-labelledby="h-latest">
<div class="hd"><h2 id="h-latest">Latest mails</h2><a href="${paths.topics(list, 'all')}">The whole archive</a></div>
<ul class="tree">${latest.map(
  mail =>
    html`<li><div class="row"><a href="${keepSince(paths.mail(list, mail.id), since)}">${titleOf(mail.subject)}</a> <span class="soft">${nameOf(mail.sender)}, ${shortMinuteOf(mail.said)}</span>${newMark(since, mail.said)}</div></li>`,
)}</ul></section>`

const postSection = (list: ListRow): Html => html`<section><h2>Take part</h2>
<p>Mail a patch. It needs no account.</p>
<code class="cmd">git send-email -1 --to=${gitAddress(list.address)}</code>
${list.webSubmission ? html`<p>Without a mail server: <a href="${paths.submission()}"><code>b4 send</code> over HTTP</a>.</p>` : ''}
<p>A reply with <code>Reviewed-by:</code> or <code>Patch-Status:</code> lines is seen here. <a href="${paths.takePart(list.name)}">How to take part</a></p></section>`

const heldSection = ({ facts, countMax }: ListHomeView): Html => html`<section><h2>Held</h2>
<p>${cappedText(facts.heldMails, countMax, 'mail')} of people who never posted here. A maintainer releases one with a mail that has the line <code>Release: &lt;Message-ID&gt;</code>.</p></section>`

const bugsSection = ({ list, bugs, countMax, since }: ListHomeView): Html =>
  html`<section><h2>Open bugs</h2>${
    bugs.rows.length === 0
      ? html`<p class="soft">None. A mail with <code>[BUG]</code> in its subject reports one.</p>`
      : html`<ul class="quiet">${bugs.rows.slice(0, bugRows).map(row => bugLine(list.name, row, since))}<li><a href="${paths.bugs(list.name)}">${bugs.count > bugRows ? `All ${cappedText(bugs.count, countMax, 'open bug')}` : 'All bugs'}</a></li></ul>`
  }</section>`

const robotsSection = (robots: readonly string[]): Html => html`<section><h2>Robots without a role</h2>
<p class="soft">What they told changed states here before; now their lines have no effect. In the configuration this gives it back:</p>
${robots.map(address => html`<code class="cmd">${visible(robotRole(address))}</code>`)}</section>`

/** Beside the patches; their own page has all. */
const bugRows = 8

const bugLine = (list: string, row: TopicRow, since: NewSince | undefined): Html =>
  html`<li><a href="${keepSince(paths.mail(list, row.id), since)}">${titleOf(row.title)}</a>${newTopicMark(since, row)}${row.state ? html`<br>${stateWords(row.state)}` : ''}</li>`
