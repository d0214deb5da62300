// The same mail on other lists: each list has its own topic of it with its own state.
import { html } from 'hono/html'
import { paths } from '../paths.ts'
import type { Twin } from '../read/located-mail.ts'
import { stateWords } from './chip.ts'
import { type Html, visible } from './text.ts'

export const twinsSection = (twins: readonly Twin[]): Html | string =>
  twins.length === 0
    ? ''
    : html`<section><h2>Other lists</h2><ul class="quiet">${twins.map(
        ({ list, id, state }) =>
          html`<li><a href="${paths.mail(list, id)}">Also on ${visible(list)}</a>${state === null ? '' : html` ${stateWords(state)}`}</li>`,
      )}</ul></section>`
