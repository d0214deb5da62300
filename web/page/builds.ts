// Lists of builds: those of one list with its branches, and the queue over all lists with what waits and who builds.
import { html } from 'hono/html'
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import type { Runner } from '../../sql/runners.ts'
import { branchText, buildChip, buildTable, shortCommit } from '../part/build-look.ts'
import { frame } from '../part/frame.ts'
import { countText, type Html, shortMinuteOf, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface BuildsView {
  readonly list: ListRow
  readonly now: Date
  readonly branches: readonly BuildLine[]
  readonly lines: readonly BuildLine[]
  /** Where the next page begins; null for the last. */
  readonly next: string | null
  readonly continued: boolean
}

export const buildsPage = ({ list, now, branches, lines, next, continued }: BuildsView): Html =>
  frame({
    title: 'Builds',
    list,
    here: 'builds',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Builds' }],
    skipTo: 'builds',
    main: html`<h1>Builds</h1>
<p class="meta"><span>Newest first</span><a href="${paths.queue()}">The queue and its runners</a></p>
${branches.length === 0 || continued ? '' : branchSection(list, branches)}
${
  lines.length === 0
    ? html`<p>${continued ? 'That was all.' : 'Nothing was built yet.'}</p>`
    : html`<section aria-labelledby="h-all"><div class="hd"><h2 id="h-all">All</h2></div>${buildTable(lines, { now })}</section>`
}
${next || continued ? html`<nav class="near" aria-label="Pages">${continued ? html`<a href="${paths.builds(list.name)}">← From the newest</a>` : html`<span></span>`}<span></span>${next ? html`<a href="${paths.builds(list.name, next)}" rel="next">Older ones →</a>` : html`<span></span>`}</nav>` : ''}`,
  })

const branchSection = (
  list: ListRow,
  branches: readonly BuildLine[],
): Html => html`<section aria-labelledby="h-branches">
<div class="hd"><h2 id="h-branches">Branches</h2><p class="soft">With their last result</p></div>
<div class="card rows"><table class="flat"><thead><tr><th scope="col">Branch</th><th scope="col" class="wide">Last result</th><th scope="col" class="num slim">Build</th><th scope="col" class="thin">Commit</th><th scope="col" class="wide">Ended, UTC</th><th scope="col" class="slim">Badge</th></tr></thead>
<tbody>${branches.map(
  line =>
    html`<tr><th scope="row" class="sub"><a class="s" href="${paths.build(line.number)}"><bdi>${branchText(line.ref)}</bdi></a> <span class="soft">in <bdi>${visible(line.repository)}</bdi></span></th><td>${buildChip(line.state)}</td><td class="num n" data-w="Build">${line.number}</td><td>${shortCommit(line.commit)}</td><td class="soft">${line.endedAt ? shortMinuteOf(line.endedAt.getTime()) : ''}</td><td><a href="${paths.badge(list.name, line.ref.replace(/^refs\/heads\//, ''))}">SVG</a></td></tr>
`,
)}</tbody></table></div></section>`

export interface QueueView {
  readonly now: Date
  readonly running: readonly BuildLine[]
  readonly queued: readonly BuildLine[]
  readonly waiting: readonly BuildLine[]
  readonly ended: readonly BuildLine[]
  readonly runners: readonly Runner[]
}

export const queuePage = (view: QueueView): Html => {
  const { now, running, queued, waiting, ended, runners } = view
  return frame({
    title: 'Builds',
    here: 'builds',
    skipTo: 'queue',
    crumbs: [{ text: 'All lists', path: paths.lists() }, { text: 'Builds' }],
    main: html`<h1>Builds</h1>
<p class="meta"><span>${countText(running.length, 'build')} running</span><span>${countText(queued.length, 'build')} queued</span><span>${countText(waiting.length, 'build')} waiting for a maintainer</span><span>${countText(runners.filter(runner => isThere(runner, now)).length, 'runner')} there</span></p>
${section('h-running', 'Running', running, now)}
${section('h-queued', 'Queued', queued, now, 'The first comes next')}
${section('h-waiting', 'Waiting for a maintainer', waiting, now, 'A signed answer with this line lets it run')}
${runnersSection(runners, now)}
${section('h-ended', 'Ended', ended, now, 'Newest first')}
${running.length + queued.length + waiting.length + ended.length === 0 ? html`<p>Nothing was built yet.</p>` : ''}`,
  })
}

const section = (
  id: string,
  words: string,
  lines: readonly BuildLine[],
  now: Date,
  meaning = '',
): Html | string =>
  lines.length === 0
    ? ''
    : html`<section aria-labelledby="${id}"><div class="hd"><h2 id="${id}">${words}</h2>${meaning ? html`<p class="soft">${meaning}</p>` : ''}</div>
${buildTable(lines, { now, lists: true, tags: id === 'h-waiting' })}</section>`

const health = z.object({
  tiers: z.array(z.string().max(40)).max(10).catch([]),
  atOnce: z.number().nullable().catch(null),
  cpus: z.number().nullable().catch(null),
  version: z.string().max(100).nullable().catch(null),
  launcher: z.string().max(200).nullable().catch(null),
})

const isThere = ({ seenAt }: Runner, now: Date): boolean =>
  seenAt !== null && now.getTime() - seenAt.getTime() < limits.buildLeaseSecondsMax * 1_000

const runnersSection = (runners: readonly Runner[], now: Date): Html | string =>
  runners.length === 0
    ? html`<section><h2>Runners</h2><p>There is none, so nothing is built.</p></section>`
    : html`<section aria-labelledby="h-runners"><div class="hd"><h2 id="h-runners">Runners</h2></div>
<div class="card rows"><table class="flat"><thead><tr><th scope="col">Runner</th><th scope="col" class="thin">State</th><th scope="col">Sandboxes</th><th scope="col" class="num wide">Builds</th><th scope="col" class="wide">Last word, UTC</th></tr></thead>
<tbody>${runners.slice(0, 100).map(runner => runnerRow(runner, now))}</tbody></table></div></section>`

function runnerRow(runner: Runner, now: Date): Html {
  const {
    tiers = [],
    atOnce = null,
    cpus = null,
    launcher = null,
  } = health.safeParse(runner.health).data ?? {}
  const there = isThere(runner, now)
  return html`<tr><th scope="row" class="sub"><bdi>${visible(runner.name)}</bdi>${runner.local ? html` <span class="soft">beside the server</span>` : ''}</th><td>${there ? html`<span class="chip txt ok"><span aria-hidden="true">✓</span> there</span>` : html`<span class="chip txt warn"><span aria-hidden="true">!</span> silent</span>`}</td><td>${tiers.map(visible).join(', ') || 'none'}${launcher ? html`, <span class="soft">by <bdi>${visible(launcher)}</bdi></span>` : ''}</td><td class="num n">${runner.running}${atOnce ? ` of ${atOnce}` : ''}${cpus ? html` <span class="soft">${countText(cpus, 'core')}</span>` : ''}</td><td class="soft">${runner.seenAt ? shortMinuteOf(runner.seenAt.getTime()) : 'never'}</td></tr>
`
}
