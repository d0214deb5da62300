// The whole log of a build: some lines of it, over the bounds of steps, each with its address.
import { html } from 'hono/html'
import { buildCrumbs } from '../part/build-crumbs.ts'
import { frame } from '../part/frame.ts'
import { logLines } from '../part/log-lines.ts'
import { logPages } from '../part/log-pages.ts'
import { countText, type Html, numberText, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { LogPart, WholeLog } from '../read/whole-log.ts'

export interface WholeLogView {
  readonly line: BuildLine
  readonly list: ListRow | undefined
  /** Undefined for the last attempt. */
  readonly attempt: number | undefined
  readonly log: WholeLog
  /** Lines of a page. */
  readonly count: number
}

export const wholeLogPage = ({ line, list, attempt, log, count }: WholeLogView): Html => {
  const { number } = line
  const { from, parts, total } = log
  const shown = attempt === undefined ? {} : { attempt }
  const at = (first: number) => paths.wholeLog(number, { ...shown, ...(first > 1 ? { from: first } : {}) })
  return frame({
    title: `Whole log of build ${number}`,
    ...(list ? { list } : {}),
    here: 'builds',
    crumbs: buildCrumbs(list, { text: `build ${number}`, path: paths.build(number) }, { text: 'whole log' }),
    skipTo: 'log',
    main: html`<h1>Whole log of build ${number}</h1>
<p class="meta"><span>${countText(total, 'line')}${attempt === undefined ? '' : `, attempt ${attempt}`}</span> <a href="${paths.wholeLogRaw(number, attempt)}">Raw</a> ${line.endedAt === null ? html`<a href="${paths.buildTail(number)}">Follow it</a>` : ''}</p>
${parts.length === 0 ? html`<p>${total === 0 ? 'It wrote nothing.' : 'There are no such lines.'} <a href="${at(1)}">From the first line</a></p>` : parts.map(part => partSection(number, shown, part))}
${logPages({ from, shown: parts.reduce((sum, part) => sum + part.lines.length, 0), total, count, at })}`,
  })
}

const rangeText = (from: number, to: number): string =>
  from === to ? `line ${numberText(from)}` : `lines ${numberText(from)} to ${numberText(to)}`

const partSection = (
  number: string,
  shown: { attempt?: number },
  { step, from, lines, total }: LogPart,
): Html =>
  html`<section aria-label="${visible(step)}"><div class="hd"><h2>${visible(step)} <span class="soft">${rangeText(from, from + lines.length - 1)}</span></h2><a href="${paths.buildLog(number, step, shown)}">${lines.length === total ? 'This step alone' : `All ${countText(total, 'line')} of this step`}</a></div>
<div class="card">${logLines(lines, from)}</div></section>`
