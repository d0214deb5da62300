// Who vouches for a mail's sender, in one line, with every signature that was found below it.
import { html } from 'hono/html'
import type { ShownCheck, ShownVerdict } from '../read/verdict.ts'
import { type Html, visible } from './text.ts'

export const verdictSection = (verdict: ShownVerdict): Html =>
  html`<section><h2>Sender</h2>${
    typeof verdict === 'string'
      ? html`<p class="quiet">${sentences[verdict]}</p>`
      : html`<p class="quiet">Grade ${verdict.grade} (${grades[verdict.grade]})${reasonOf(verdict.how)}</p>${
          verdict.checks.length === 0 ? '' : html`<ul class="quiet">${verdict.checks.map(checkItem)}</ul>`
        }`
  }</section>`

const sentences: Record<Extract<ShownVerdict, string>, string> = {
  pending: 'Pending: its signatures are being checked',
  imported: 'Imported from an archive; only From says who wrote it',
  unknown: 'Not checked when it came; only From says who wrote it',
}

/** What is stored says the words of grade C once more, for places that show no grade. */
function reasonOf(how: string): string {
  const reason = how.replace(/^only From(?:: )?/, '')
  return reason === '' ? '' : `: ${visible(reason)}`
}

const grades = { A: 'authenticated', B: 'vouched for', C: 'only From' }

const checkItem = ({ method, result, signer, note }: ShownCheck): Html =>
  html`<li>${visible(method)} ${visible(signer)}: ${words[result] ?? visible(result)}${note ? html` <span class="soft">${visible(note)}</span>` : ''}</li>`

const words: Partial<Record<string, string>> = {
  pass: 'holds',
  fail: 'does not hold',
  unknown: 'unknown',
  unused: 'does not count',
}
