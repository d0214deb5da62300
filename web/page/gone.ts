// The page of a mail that was taken out of sight: it says so, and when, so that nobody looks for a fault of his own.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { dayOf, type Html, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { Gone, ListRow } from '../read/located-mail.ts'

/** The sentence of the page, and all of the plain answer. */
export const goneText = ({ kind, who }: Gone): string => {
  if (kind === 'purged') return 'This mail was removed by the operator'
  return who === 'archive' ? 'This mail was deleted in the archive' : 'This mail was hidden by the operator'
}

export const gonePage = (list: ListRow, id: string, gone: Gone): Html =>
  frame({
    title: 'Mail out of sight',
    list,
    skipTo: 'answer',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'out of sight' }],
    main: html`<h1>${goneText(gone)}</h1>
<p>${dayOf(gone.at)}${gone.reason === '' ? '' : html`: ${visible(gone.reason)}`}</p>
<p>Its Message-ID is <code>${visible(id)}</code>. Answers to it stay where they are: <a href="${paths.topics(list.name, 'all')}">what is here</a>.</p>`,
  })
