// A state as a sign and a word in one of five tones. Colour is never the only sign, and a new state does not
// compile until it has a look.
import { html } from 'hono/html'
import type { BugStatus, Check, PatchState, Standing, Topic } from '../../tracker/topic/topic.ts'
import { type Html, visible } from './text.ts'

type Tone = Standing['tone']
type State = NonNullable<Topic['state']>
interface Look {
  readonly sign: string
  readonly word: string
  readonly tone: Tone
}

const patchLooks: Record<PatchState | 'mixed', Look> = {
  new: { sign: '○', word: 'New', tone: 'idle' },
  'under-review': { sign: '◔', word: 'Under review', tone: 'info' },
  'needs-ack': { sign: '◔', word: 'Needs an ack', tone: 'info' },
  'changes-requested': { sign: '✎', word: 'Changes requested', tone: 'warn' },
  accepted: { sign: '✓', word: 'Accepted', tone: 'ok' },
  rejected: { sign: '✕', word: 'Rejected', tone: 'bad' },
  rfc: { sign: '?', word: 'RFC', tone: 'info' },
  deferred: { sign: '…', word: 'Deferred', tone: 'idle' },
  'awaiting-upstream': { sign: '…', word: 'Awaiting upstream', tone: 'idle' },
  superseded: { sign: '↺', word: 'Superseded', tone: 'idle' },
  'not-applicable': { sign: '–', word: 'Not applicable', tone: 'idle' },
  withdrawn: { sign: '–', word: 'Withdrawn', tone: 'idle' },
  mixed: { sign: '◑', word: 'Mixed', tone: 'info' },
}

const bugLooks: Record<BugStatus, Look> = {
  new: { sign: '○', word: 'New', tone: 'idle' },
  confirmed: { sign: '●', word: 'Confirmed', tone: 'warn' },
  'needs-info': { sign: '?', word: 'Needs information', tone: 'info' },
  fixed: { sign: '✓', word: 'Fixed', tone: 'ok' },
  wontfix: { sign: '–', word: 'Will not be fixed', tone: 'idle' },
  invalid: { sign: '–', word: 'Invalid', tone: 'idle' },
  worksforme: { sign: '–', word: 'Works for me', tone: 'idle' },
  duplicate: { sign: '↺', word: 'Duplicate', tone: 'idle' },
  reopened: { sign: '●', word: 'Reopened', tone: 'warn' },
}

const checkLooks: Record<Check['state'], Look> = {
  success: { sign: '✓', word: 'passed', tone: 'ok' },
  warning: { sign: '!', word: 'passed with warnings', tone: 'warn' },
  fail: { sign: '✕', word: 'failed', tone: 'bad' },
  pending: { sign: '◌', word: 'running', tone: 'info' },
}

const toneSigns: Record<Tone, string> = { ok: '✓', warn: '✎', bad: '✕', info: '◔', idle: '○' }

export const stateLook = (state: State): Look =>
  (patchLooks as Partial<Record<State, Look>>)[state] ?? bugLooks[state as BugStatus]
export const checkLook = (state: Check['state']): Look => checkLooks[state]

/** The state as coloured words, for tables and lists: twelve filled pills on a page are noise. */
export const stateWords = (state: State): Html => words(stateLook(state))

export const words = ({ sign, word, tone }: Look): Html =>
  html`<span class="chip txt ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`

/** The filled chip of the standing box. */
export const standingChip = ({ tone, word }: Standing): Html =>
  html`<span class="chip ${tone}"><span aria-hidden="true">${toneSigns[tone]}</span> ${visible(word)}</span>`
