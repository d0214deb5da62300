// Pages for addresses that lead nowhere: each says what was asked for and shows a way on.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { frame } from '../part/frame.ts'
import { type Html, titleOf, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { NearId } from '../read/near-ids.ts'

const short = (text: string) =>
  visible(
    text.length > limits.addressCharactersShownMax
      ? `${text.slice(0, limits.addressCharactersShownMax)}…`
      : text,
  )

export const missingListPage = (name: string): Html =>
  frame({
    title: 'Not found',
    skipTo: 'answer',
    main: html`<h1>There is no list or mail “<bdi>${short(name)}</bdi>”</h1>
<p>Names of lists are written in the address as <code>/LIST/</code>, mails as <code>/LIST/MESSAGE-ID/</code> without angle brackets. <a href="${paths.lists()}">All lists</a></p>`,
  })

export const missingBuildPage = (number: string): Html =>
  frame({
    title: 'Build not found',
    skipTo: 'answer',
    main: html`<h1>There is no build ${short(number)}</h1>
<p>Builds are numbered as they come. <a href="${paths.queue()}">The newest ones</a></p>`,
  })

/** `at`: where it is after all. `near`: mails here with an id that begins like it. */
export const missingMailPage = (
  list: ListRow,
  id: string,
  at: { readonly list: string; readonly id: string } | null = null,
  near: readonly NearId[] = [],
): Html =>
  frame({
    title: 'Mail not found',
    list,
    skipTo: 'answer',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'not found' }],
    main: html`<h1>This mail is not on ${visible(list.name)}</h1>
<p>No mail here has the Message-ID <code>${short(id)}</code>. ${at ? html`But <a href="${paths.mail(at.list, at.id)}">${visible(at.list)} has ${at.id === id ? 'it' : html`<code>${short(at.id)}</code>`}</a>.</p>` : html`It may still be on its way, or have gone to another list only.</p>`}
${
  near.length === 0
    ? ''
    : html`<section aria-labelledby="h-near"><h2 id="h-near">Ids that begin like it</h2>
<ul class="quiet">${near.map(one => html`<li><a href="${paths.mail(list.name, one.id)}">${titleOf(one.title)}<br><code>${short(one.id)}</code></a></li>`)}</ul></section>`
}
<p>Or <a href="${paths.search(list.name, id.slice(0, limits.addressCharactersShownMax))}">search for it as text</a>, or read <a href="${paths.topics(list.name, 'all')}">what is here</a>.</p>`,
  })

export const busyPage = (): Html =>
  frame({
    title: 'Busy',
    skipTo: 'answer',
    main: html`<h1>Too many such pages are asked for at once</h1>
<p>This one takes long to make, and others wait before it. Try again in a few seconds.</p>`,
  })

export const brokenPage = (): Html =>
  frame({
    title: 'Something went wrong',
    skipTo: 'answer',
    main: html`<h1>This page could not be made</h1>
<p>The error is in the server's log. Nothing is lost: the mails are kept as they came. Try again, or go to <a href="${paths.lists()}">all lists</a>.</p>`,
  })
