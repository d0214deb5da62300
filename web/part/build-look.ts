// How a build stands, as a sign, a word and a tone; lines of builds; times.
import { html } from 'hono/html'
import type { BuildState } from '../../base/build-state.ts'
import { secondsText } from '../../base/seconds-text.ts'
import type { Look } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import { addressText } from './address.ts'
import { words } from './chip.ts'
import { type Html, shortMinuteOf, titleOf, visible } from './text.ts'

const looks: Readonly<Record<BuildState, Look>> = {
  waiting: { sign: '○', word: 'waits for a maintainer', tone: 'warn' },
  queued: { sign: '○', word: 'queued', tone: 'info' },
  running: { sign: '◌', word: 'running', tone: 'info' },
  success: { sign: '✓', word: 'passed', tone: 'ok' },
  warning: { sign: '!', word: 'passed with warnings', tone: 'warn' },
  failure: { sign: '✕', word: 'failed', tone: 'bad' },
  timeout: { sign: '✕', word: 'ran too long', tone: 'bad' },
  error: { sign: '!', word: 'could not be built', tone: 'warn' },
  cancelled: { sign: '–', word: 'cancelled', tone: 'idle' },
  refused: { sign: '–', word: 'refused', tone: 'warn' },
  conflict: { sign: '✕', word: 'applies to no branch', tone: 'bad' },
  superseded: { sign: '–', word: 'superseded', tone: 'idle' },
}

export const buildLook = (state: BuildState): Look => looks[state]
export const buildChip = (state: BuildState): Html => words(looks[state])

/** "main in tarn", "nightly of 2026-03-02", or the title of the patchset. */
export const buildName = (line: BuildLine): Html =>
  line.kind === 'push'
    ? html`<bdi>${branchText(line.ref)}</bdi> in <bdi>${visible(line.repository)}</bdi>`
    : line.kind === 'nightly'
      ? html`${nightlyText(line)}`
      : html`${titleOf(line.title ?? line.topicId ?? 'a patchset')} <span class="rev">v${line.version}</span>`

/** A ref that a name of ours ends: its date. */
export const nightlyText = ({ ref }: Pick<BuildLine, 'ref'>): string =>
  visible(`nightly of ${ref.replace(/^.*\//, '')}`)

export const branchText = (ref: string): string => visible(ref.replace(/^refs\/heads\//, '')).slice(0, 200)

export const submitterText = ({ submitter }: Pick<BuildLine, 'submitter'>): string => addressText(submitter)

export const shortCommit = (commit: string | null): Html | string =>
  commit === null ? '' : html`<code>${commit.slice(0, 12)}</code>`

/** How long it ran, or runs; empty while it does not. */
export function tookText(
  { startedAt, endedAt }: Pick<BuildLine, 'startedAt' | 'endedAt'>,
  now: Date,
): string {
  if (startedAt === null) return ''
  const seconds = ((endedAt ?? now).getTime() - startedAt.getTime()) / 1_000
  return secondsText(seconds) + (endedAt === null ? ' so far' : '')
}

export interface BuildTableOptions {
  readonly now: Date
  /** Says of which list each one is. */
  readonly lists?: boolean
  /** Shows what releases each. */
  readonly tags?: boolean
  /** All are of one branch or patchset, which the page names: each is told by its commit. */
  readonly alike?: boolean
}

export const buildTable = (
  lines: readonly BuildLine[],
  { now, lists = false, tags = false, alike = false }: BuildTableOptions,
): Html => html`<div class="card rows"><table class="flat">
<thead><tr><th scope="col" class="num slim">Build</th><th scope="col">Of</th>${tags ? html`<th scope="col" class="wide">Released by</th>` : html`<th scope="col" class="wide">State</th>`}<th scope="col" class="num wide">Time</th><th scope="col" class="wide">Since, UTC</th></tr></thead>
<tbody>${lines.map(line => buildRow(line, { now, lists, tags, alike }))}</tbody></table></div>`

const buildRow = (
  line: BuildLine,
  { now, lists, tags, alike }: BuildTableOptions,
): Html => html`<tr><td class="num n"><a href="${paths.build(line.number)}">${line.number}</a></td><th scope="row" class="sub">${alike ? alikeName(line) : html`<a class="s" href="${paths.build(line.number)}">${buildName(line)}</a><br><span class="soft">${lists && line.list !== null ? html`<bdi>${visible(line.list)}</bdi>, ` : ''}${shortCommit(line.commit)} <bdi>${submitterText(line)}</bdi></span>`}</th><td>${
  tags && line.digest !== null ? html`<code>CI: test ${line.digest}</code>` : buildChip(line.state)
}</td><td class="num n">${tookText(line, now)}</td><td class="soft">${shortMinuteOf((line.endedAt ?? line.startedAt ?? line.madeAt).getTime())}</td></tr>
`

const alikeName = (line: BuildLine): Html =>
  html`<a href="${paths.build(line.number)}">${shortCommit(line.commit) || 'no commit'}</a>${line.version === null ? '' : html` <span class="rev">v${line.version}</span>`} <span class="soft"><bdi>${submitterText(line)}</bdi></span>`

/** Beside a patchset: its builds, newest first. `all`: the page that has every one. */
export const buildsSection = (
  lines: readonly BuildLine[],
  heading = 'Builds',
  all?: string,
): Html | string =>
  lines.length === 0
    ? ''
    : html`<section><h2>${heading}</h2><ul class="quiet">${lines.map(
        line =>
          html`<li>${buildLink(line)} <span class="soft">build ${line.number}${line.version === null ? '' : `, v${line.version}`}</span></li>`,
      )}${all === undefined ? '' : html`<li><a href="${all}">All of them</a></li>`}</ul></section>`

const buildLink = (line: BuildLine): Html => {
  const { sign, word, tone } = looks[line.state]
  return html`<a class="chip txt ${tone}" href="${paths.build(line.number)}"><span aria-hidden="true">${sign}</span> ${word}</a>`
}
