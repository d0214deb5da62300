// The first thing a page says: whose turn it is and why, in one sentence whose words link to their mails.
import { html } from 'hono/html'
import type { Look, Sentence } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { filledChip } from './chip.ts'
import { type Html, visible } from './text.ts'

/** `more` is a second paragraph, for what the page itself has to add. */
export const standingBox = (
  list: string,
  standing: Look & { readonly sentence: Sentence },
  more?: Html,
): Html =>
  html`<div class="stand tone-${standing.tone}">${filledChip(standing)}<div><p>${sentence(list, standing.sentence)}</p>${more ? html`<p>${more}</p>` : ''}</div></div>`

export const sentence = (list: string, parts: Sentence): Html[] =>
  parts.map(part =>
    typeof part === 'string'
      ? html`${visible(part)}`
      : html`<a href="${paths.mail(list, part.mail)}">${visible(part.text)}</a>`,
  )
