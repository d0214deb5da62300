// The lines by which a report says how to see it happen: "C reproducer: https://...", as robots and people write them.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { paths } from '../paths.ts'
import { type Html, visible } from './text.ts'

interface Reproducer {
  readonly mail: string
  readonly words: string
}

/** Links to the mails that hold one; empty when none does. */
export function reproducersSection(list: string, mails: ReadonlyMap<string, DecodedMail>): Html | string {
  const found = [...mails]
    .flatMap(([id, mail]) => reproducersIn(id, mail))
    .slice(0, limits.reproducersShownMax)
  if (found.length === 0) return ''
  return html`<section><h2>Reproducers</h2><ul class="quiet">${found.map(
    ({ mail, words }) => html`<li><a href="${paths.mail(list, mail)}">${visible(words)}</a></li>`,
  )}</ul></section>`
}

function reproducersIn(id: string, mail: DecodedMail): Reproducer[] {
  const lines = mail.body.split('\n').filter(line => reproducer.test(line.slice(0, 200)))
  const files = [...mail.parts, ...mail.others].flatMap(({ filename }) =>
    filename && /^repro/i.test(filename) ? [filename] : [],
  )
  return [...lines.slice(0, 4).map(line => line.trim().slice(0, 80)), ...files].map(words => ({
    mail: id,
    words,
  }))
}

const reproducer =
  /^\s{0,8}(?:(?:c|syz|syzkaller|python|shell|minimal)\s{1,3})?repro(?:ducer)?\s{0,3}:\s{0,8}\S/i
