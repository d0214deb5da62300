// What a build that ran, or runs, shows of itself: its steps, the last lines of the one that failed, how to repeat it, its attempts
// and who was told.
import { html } from 'hono/html'
import { secondsText } from '../../base/seconds-text.ts'
import { testWords } from '../../tracker/build/result-text.ts'
import type { StoredStep } from '../../tracker/build/stored-result.ts'
import { appliedSection } from '../part/build-applied.ts'
import { buildChip, buildLook, shortCommit } from '../part/build-look.ts'
import { mailedSection } from '../part/build-mailed.ts'
import type { BuildView, StepLine } from '../part/build-view.ts'
import { logLines } from '../part/log-lines.ts'
import { sentence } from '../part/sentence.ts'
import { countText, type Html, minuteOf, shortMinuteOf, visible } from '../part/text.ts'
import { paths } from '../paths.ts'

export const runSections = (view: BuildView): Html => html`${stepsSection(view)}
${tailSection(view)}
${repeatSection(view)}
${appliedSection(view)}
${attemptsSection(view)}
${mailedSection(view)}`

function stepsSection(view: BuildView): Html | string {
  const { steps, line } = view
  const longest = Math.max(0.001, ...steps.map(({ step }) => step?.seconds ?? 0))
  if (steps.length === 0 && line.state !== 'running') return ''
  return html`<section aria-labelledby="h-steps">
<div class="hd"><h2 id="h-steps">Steps</h2>${stepLinks(view)}</div>
<div class="card">${
    steps.length === 0
      ? html`<p class="mail">The first one has not begun yet.</p>`
      : html`<table class="flat">
<thead><tr><th scope="col" class="num">#</th><th scope="col">Step</th><th scope="col">Result</th><th scope="col" class="num">Time</th><th scope="col" class="no"><span class="vh">Share</span></th><th scope="col">Remark</th></tr></thead>
<tbody>${steps.map((each, at) => stepRow(view, each, at, longest))}</tbody></table>`
  }
${line.state === 'running' ? liveLine(view) : ''}</div>
</section>`
}

function stepLinks(view: BuildView): Html | string {
  const { line, steps } = view
  const links = [
    ...(view.artefactBytes > 0
      ? [html`<a href="${paths.artefacts(line.number, attemptOf(view) ?? 1)}">Files that it handed back</a>`]
      : []),
    ...(steps.some(({ hasLog }) => hasLog)
      ? [html`<a href="${paths.wholeLog(line.number, shownAttempt(view))}">Whole log</a>`]
      : []),
  ]
  return links.length === 0
    ? ''
    : html`<p class="soft">${links.map((link, at) => html`${at > 0 ? ', ' : ''}${link}`)}</p>`
}

const attemptOf = ({ attempts }: Pick<BuildView, 'attempts'>): number | undefined => attempts.at(-1)?.number

const liveLine = ({ line, now, url }: BuildView): Html =>
  html`<p class="key"><span><b class="txt info"><span aria-hidden="true">◌</span> Live</b> as of ${minuteOf(now.getTime())}.</span> <span><a href="${paths.buildTail(line.number)}">Follow in this window</a>: the page stays open and grows line by line</span> ${url === null ? '' : html`<span>or <code>curl -N ${url}${paths.buildTail(line.number)}</code></span>`}</p>`

function stepRow(view: BuildView, { name, step, hasLog }: StepLine, at: number, longest: number): Html {
  const tone = step && buildLook(step.outcome).tone === 'bad' ? 'bad' : step ? 'idle' : 'info'
  const share = step ? step.seconds / longest : 1
  const path = paths.buildLog(view.line.number, name, shownAttempt(view))
  return html`<tr${step ? '' : html` class="now"`}><td class="num soft">${at + 1}</td><th scope="row" class="sub">${hasLog ? html`<a href="${path}">${visible(name)}</a>` : visible(name)}</th><td>${buildChip(step ? step.outcome : 'running')}</td><td class="num n">${step ? secondsText(step.seconds) : ''}</td><td class="bar no">${bar(share, tone)}</td><td class="soft">${remark(step)}</td></tr>
`
}

/** Of a build with one attempt its address says nothing of it. */
const shownAttempt = (view: BuildView): { attempt?: number } =>
  view.attempts.length > 1 ? { attempt: attemptOf(view) ?? 1 } : {}

/** A drawing: no style may stand in a page. */
const bar = (share: number, tone: string): Html =>
  html`<svg class="${tone}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${Math.max(1, Math.round(share * 100))}" height="4"/></svg>`

function remark(step: StoredStep | undefined): Html | string {
  if (step === undefined) return ''
  const { tests, why, leftOutBytes } = step
  const failing = tests?.failing.slice(0, 3) ?? []
  return html`${tests ? testWords(tests) : step.outcome === 'success' ? '' : visible((why ?? '').slice(0, 200))}${
    failing.length > 0
      ? html`: ${failing.map((name, at) => html`${at > 0 ? ', ' : ''}<bdi>${visible(name.slice(0, 80))}</bdi>`)}${(tests?.failed ?? 0) > failing.length ? ' …' : ''}`
      : ''
  }${tests && tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}${leftOutBytes > 0 ? ' (log cut)' : ''}`
}

function tailSection(view: BuildView): Html | string {
  const { tail, line } = view
  if (tail === null || tail.lines.length === 0) return ''
  return html`<section aria-labelledby="log">
<div class="hd"><h2 id="log">${visible(tail.step)} <span class="soft">last ${countText(tail.lines.length, 'line')}</span></h2><a href="${paths.buildLog(line.number, tail.step, shownAttempt(view))}">All ${countText(tail.total, 'line')} of this step</a></div>
<div class="card">${logLines(tail.lines, tail.from)}</div>
</section>`
}

function repeatSection({ repeat, line, row, kept }: BuildView): Html | string {
  if (repeat.length === 0 || line.state === 'refused') return ''
  if (line.kind !== 'push' && kept?.fetched === false)
    return html`<section><h2>Repeat it at home</h2><p class="soft">It cannot be fetched any more: <code>${visible(line.ref)}</code> is gone, or leads to something newer.</p></section>`
  return html`<section aria-labelledby="h-rep">
<div class="hd"><h2 id="h-rep">Repeat it at home</h2><p class="soft">The same tree</p></div>
<div class="card"><div class="mail say"><code class="cmd">${repeat.join('\n')}</code>${row.base && line.kind !== 'push' ? html`<p>Its parent is ${shortCommit(row.base)}.</p>` : ''}</div></div>
</section>`
}

function attemptsSection({ attempts }: BuildView): Html | string {
  if (attempts.length < 2) return ''
  return html`<section aria-labelledby="h-try">
<div class="hd"><h2 id="h-try">Attempts</h2></div>
<div class="card"><table class="flat"><thead><tr><th scope="col" class="num">#</th><th scope="col">Runner</th><th scope="col">Started</th><th scope="col">End</th></tr></thead>
<tbody>${attempts.slice(-20).map(
    one =>
      html`<tr><td class="num soft">${one.number}</td><th scope="row" class="sub"><bdi>${visible(one.runner)}</bdi></th><td>${shortMinuteOf(one.started_at.getTime())}</td><td>${one.ended_at === null ? 'runs' : endWords[one.how ?? 'done']}${one.why ? html`, <span class="soft">${sentence(one.why)}</span>` : ''}</td></tr>
`,
  )}</tbody></table></div>
</section>`
}

const endWords = { done: 'ended', lost: 'was lost', returned: 'was given back' } as const
