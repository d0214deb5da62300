// Some lines of the log of a step, each with its address.
import { html } from 'hono/html'
import { buildCrumbs } from '../part/build-crumbs.ts'
import { frame } from '../part/frame.ts'
import { logLines } from '../part/log-lines.ts'
import { logPages } from '../part/log-pages.ts'
import { countText, type Html, numberText, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { LogPage } from '../read/build-log.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface BuildLogView {
  readonly line: BuildLine
  readonly list: ListRow | undefined
  readonly step: string
  /** Undefined for the last attempt. */
  readonly attempt: number | undefined
  readonly log: LogPage
  /** Lines of a page. */
  readonly count: number
}

export const buildLogPage = ({ line, list, step, attempt, log, count }: BuildLogView): Html => {
  const { number } = line
  const { from, lines, total } = log
  const at = (first: number) =>
    paths.buildLog(number, step, {
      ...(attempt === undefined ? {} : { attempt }),
      ...(first > 1 ? { from: first } : {}),
    })
  return frame({
    title: `Log of ${step}, build ${number}`,
    ...(list ? { list } : {}),
    here: 'builds',
    crumbs: buildCrumbs(
      list,
      { text: `build ${number}`, path: paths.build(number) },
      { text: `log of ${step}` },
    ),
    skipTo: 'log',
    main: html`<h1>Log of ${visible(step)}, build ${number}</h1>
<p class="meta"><span>${countText(total, 'line')}${attempt === undefined ? '' : `, attempt ${attempt}`}</span> <a href="${paths.buildLogRaw(number, step, attempt)}">Raw</a> ${line.endedAt === null ? html`<a href="${paths.buildTail(number)}">Follow it</a>` : ''}</p>
${lines.length === 0 ? html`<p>${total === 0 ? 'It wrote nothing.' : 'There are no such lines.'} <a href="${at(1)}">From the first line</a></p>` : html`<div class="card"><p class="file"><span>Lines ${numberText(from)} to ${numberText(from + lines.length - 1)}</span><span></span></p>${logLines(lines, from)}</div>`}
${logPages({ from, shown: lines.length, total, count, at })}`,
  })
}
