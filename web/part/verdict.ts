// Who vouches for a mail's sender, in one line, with every signature that was found below it.
import { html } from 'hono/html'
import type { CheckResult } from '../../tracker/topic/verdict.ts'
import { noteWords, reasonWords, signerWords } from '../../tracker/topic/verdict-words.ts'
import type { ShownVerdict } from '../read/verdict.ts'
import { type Html, visible } from './text.ts'

export const verdictSection = (verdict: ShownVerdict): Html =>
  html`<section><h2>Sender</h2>${
    typeof verdict === 'string'
      ? html`<p class="quiet">${sentences[verdict]}</p>`
      : html`<p class="quiet">Grade ${verdict.grade} (${grades[verdict.grade]}): ${visible(reasonWords(verdict.how))}</p>${
          verdict.checks.length === 0 ? '' : html`<ul class="quiet">${verdict.checks.map(checkItem)}</ul>`
        }`
  }</section>`

const sentences: Record<Extract<ShownVerdict, string>, string> = {
  pending: 'Pending: its signatures are being checked',
  imported: 'Imported from an archive; only From says who wrote it',
  unknown: 'Not checked when it came; only From says who wrote it',
}

const grades = { A: 'authenticated', B: 'vouched for', C: 'only From', I: 'of another tracker' }

const checkItem = (check: CheckResult): Html =>
  html`<li>${check.method} ${visible(signerWords(check))}: ${words[check.result]}${check.note ? html` <span class="soft">${visible(noteWords(check.note))}</span>` : ''}</li>`

const words: Record<CheckResult['result'], string> = {
  pass: 'holds',
  fail: 'does not hold',
  unknown: 'unknown',
  unused: 'does not count',
}
