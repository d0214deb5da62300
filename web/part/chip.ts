// A look as a chip: a state in rows and in the standing box, the result of a check.
import { html } from 'hono/html'
import { lookOf } from '../../tracker/topic/look.ts'
import type { Check, Look, State } from '../../tracker/topic/topic.ts'
import { type Html, visible } from './text.ts'

const checkLooks: Record<Check['state'], Look> = {
  success: { sign: '✓', word: 'passed', tone: 'ok' },
  warning: { sign: '!', word: 'passed with warnings', tone: 'warn' },
  fail: { sign: '✕', word: 'failed', tone: 'bad' },
  pending: { sign: '◌', word: 'running', tone: 'info' },
}

export const checkLook = (state: Check['state']): Look => checkLooks[state]

/** The state as coloured words, for tables and lists: twelve filled pills on a page are noise. */
export const stateWords = (state: State): Html => words(lookOf(state))

export const words = ({ sign, word, tone }: Look): Html =>
  html`<span class="chip txt ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`

/** The filled chip of the standing box. */
export const filledChip = ({ sign, word, tone }: Look): Html =>
  html`<span class="chip ${tone}"><span aria-hidden="true">${sign}</span> ${visible(word)}</span>`
