// How a state looks: a sign, a word and a tone, the same in the box at the top of a page, in rows and in trees. Colour is
// never the only sign, and a new state does not compile until it has a look.
import type { Look, PatchState, State } from './topic.ts'

/**
 * `info` waits for somebody who reviews, sorts or takes it, `warn` for its author or reporter, or for a fix; `ok` and
 * `bad` are how it ended; `idle` rests or is over.
 */
const looks: Record<State, Look> = {
  new: { sign: '○', word: 'New', tone: 'info' },
  mixed: { sign: '◑', word: 'Mixed', tone: 'info' },
  // Of patches.
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
  // Of bugs.
  confirmed: { sign: '●', word: 'Confirmed', tone: 'warn' },
  'needs-info': { sign: '?', word: 'Needs information', tone: 'warn' },
  fixed: { sign: '✓', word: 'Fixed', tone: 'ok' },
  wontfix: { sign: '–', word: 'Will not be fixed', tone: 'idle' },
  invalid: { sign: '–', word: 'Invalid', tone: 'idle' },
  worksforme: { sign: '–', word: 'Works for me', tone: 'idle' },
  duplicate: { sign: '↺', word: 'Duplicate', tone: 'idle' },
  reopened: { sign: '●', word: 'Reopened', tone: 'warn' },
}

export const lookOf = (state: State): Look => looks[state]

/** What one patch of several is or does. */
export const patchIs: Record<PatchState, string> = {
  new: 'waits for review',
  'under-review': 'is under review',
  'needs-ack': 'needs an ack',
  'changes-requested': 'needs changes',
  accepted: 'is accepted',
  rejected: 'is rejected',
  rfc: 'is an RFC',
  deferred: 'is deferred',
  'awaiting-upstream': 'waits for upstream',
  superseded: 'is superseded',
  'not-applicable': 'is not for this tree',
  withdrawn: 'is withdrawn',
}

/** The same of several. */
export const patchesAre: Record<PatchState, string> = {
  new: 'wait for review',
  'under-review': 'are under review',
  'needs-ack': 'need an ack',
  'changes-requested': 'need changes',
  accepted: 'are accepted',
  rejected: 'are rejected',
  rfc: 'are RFCs',
  deferred: 'are deferred',
  'awaiting-upstream': 'wait for upstream',
  superseded: 'are superseded',
  'not-applicable': 'are not for this tree',
  withdrawn: 'are withdrawn',
}

/** What a line does to a patch, or to several. */
export const lineVerbs: Record<PatchState, (object: string) => readonly [string, string]> = {
  new: object => ['set', ` ${object} back to new`],
  'under-review': object => ['began', ` to review ${object}`],
  'needs-ack': object => ['asked for an ack', object === 'it' ? '' : ` of ${object}`],
  'changes-requested': object => ['asked for changes', object === 'it' ? '' : ` to ${object}`],
  accepted: object => ['accepted', ` ${object}`],
  rejected: object => ['rejected', ` ${object}`],
  rfc: object => ['marked', ` ${object} as RFC`],
  deferred: object => ['put off', ` ${object}`],
  'awaiting-upstream': object => ['left', ` ${object} to upstream`],
  superseded: object => ['marked', ` ${object} as superseded`],
  'not-applicable': object => ['marked', ` ${object} as not for this tree`],
  withdrawn: object => ['withdrew', ` ${object}`],
}
