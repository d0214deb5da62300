// The queue over all lists: what runs, what comes next, what waits for somebody, who builds, and what ended last.
import { html } from 'hono/html'
import type { Runner } from '../../sql/runners.ts'
import { runnerHealth } from '../../tracker/build/runner-health.ts'
import { buildTable } from '../part/build-look.ts'
import { frame } from '../part/frame.ts'
import { bytesText, cappedText, countText, type Html, shortMinuteOf, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import { type QueuePart, queueParts } from './queue-parts.ts'

export interface QueueView {
  readonly now: Date
  readonly parts: Readonly<Record<QueuePart, FilledPart>>
  readonly runners: readonly Runner[]
  /** Counts end here; one more stands for "more". */
  readonly countMax: number
}

/** The first lines of a part, and how many there are. */
interface FilledPart {
  readonly lines: readonly BuildLine[]
  readonly count: number
}

export const queuePage = (view: QueueView): Html => {
  const { now, parts, runners } = view
  const { running, queued, waiting } = parts
  const there = runners.filter(runner => runnerHealth(runner, now).there).length
  return frame({
    title: 'Builds',
    here: 'builds',
    skipTo: 'queue',
    crumbs: [{ text: 'All lists', path: paths.lists() }, { text: 'Builds' }],
    main: html`<h1>Builds</h1>
<p class="meta"><span>${countText(running.count, 'build')} running</span> <span>${countText(queued.count, 'build')} queued</span> <span>${countText(waiting.count, 'build')} waiting for a maintainer</span> <span>${countText(there, 'runner')} there</span></p>
${partSection(view, 'running')}
${partSection(view, 'queued')}
${partSection(view, 'waiting')}
${runnersSection(runners, now)}
${partSection(view, 'ended')}
${Object.values(parts).every(({ count }) => count === 0) ? html`<p>Nothing was built yet.</p>` : ''}`,
  })
}

function partSection({ parts, now, countMax }: QueueView, part: QueuePart): Html | string {
  const { lines, count } = parts[part]
  if (lines.length === 0) return ''
  const { words, meaning } = queueParts[part]
  return html`<section aria-labelledby="h-${part}"><div class="hd"><h2 id="h-${part}">${words}</h2>${
    count > lines.length
      ? html`<a href="${paths.buildsIn(part)}">All ${cappedText(count, countMax, 'build')}</a>`
      : meaning === ''
        ? ''
        : html`<p class="soft">${meaning}</p>`
  }</div>
${buildTable(lines, { now, lists: true, tags: part === 'waiting' })}${
  count > lines.length
    ? html`<p class="more"><a href="${paths.buildsIn(part, lines.at(-1)?.number)}">${cappedText(count - lines.length, countMax, 'more build')}</a></p>`
    : ''
}</section>`
}

const runnersSection = (runners: readonly Runner[], now: Date): Html =>
  runners.length === 0
    ? html`<section><h2>Runners</h2><p>There is none, so nothing is built.</p></section>`
    : html`<section aria-labelledby="h-runners"><div class="hd"><h2 id="h-runners">Runners</h2></div>
<div class="card rows"><table class="flat"><thead><tr><th scope="col">Runner</th><th scope="col" class="thin">State</th><th scope="col">Sandboxes</th><th scope="col" class="num wide">Builds</th><th scope="col" class="wide">Machine</th><th scope="col" class="wide">Last word, UTC</th></tr></thead>
<tbody>${runners.slice(0, runnersShownMax).map(runner => runnerRow(runner, now))}</tbody></table>${
        runners.length > runnersShownMax
          ? html`<p class="key">${countText(runners.length - runnersShownMax, 'more runner')}: <code>threadwork doctor</code> has all.</p>`
          : ''
      }</div></section>`

const runnersShownMax = 20

function runnerRow(runner: Runner, now: Date): Html {
  const { tiers, atOnce, cpus, memoryFreeBytes, version, launcher, there } = runnerHealth(runner, now)
  const machine = [
    ...(cpus === null ? [] : [countText(cpus, 'core')]),
    ...(memoryFreeBytes === null ? [] : [`${bytesText(memoryFreeBytes)} free`]),
  ]
  return html`<tr><th scope="row" class="sub"><bdi>${visible(runner.name)}</bdi>${runner.local ? html` <span class="soft">beside the server</span>` : ''}${version === null ? '' : html`<br><span class="soft">Threadwork ${visible(version)}</span>`}</th><td>${there ? html`<span class="chip txt ok"><span aria-hidden="true">✓</span> there</span>` : html`<span class="chip txt warn"><span aria-hidden="true">!</span> silent</span>`}</td><td>${tiers.map(visible).join(', ') || 'none'}${launcher ? html`, <span class="soft">by <bdi>${visible(launcher)}</bdi></span>` : ''}</td><td class="num n" data-w="Builds">${runner.running}${atOnce ? ` of ${atOnce}` : ''}</td><td class="soft">${machine.join(', ')}</td><td class="soft">${runner.seenAt ? shortMinuteOf(runner.seenAt.getTime()) : 'never'}</td></tr>
`
}
