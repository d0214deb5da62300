// `/LIST/MESSAGE-ID/d/`: how the texts differ that came with one Message-ID, each beside the one that came before it.
import { html } from 'hono/html'
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { textDelta } from '../../tracker/topic/patch-delta.ts'
import { linesBlock } from '../part/delta.ts'
import { frame } from '../part/frame.ts'
import { type Html, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'

/** In the order in which they came. */
export interface Text {
  readonly hash: string
  readonly bytes: Buffer
}

export function textsPage(list: ListRow, id: MessageId, texts: readonly Text[], others: number): Html {
  return frame({
    title: 'Texts of one mail',
    list,
    skipTo: 'texts',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: 'mail', path: paths.mail(list.name, id) },
      { text: 'texts' },
    ],
    main: html`<h1>What came with one Message-ID</h1>
<p class="soft"><code>${visible(id)}</code></p>
${texts.length < 2 ? html`<p>Only one text came with it.</p>` : texts.slice(1).map((text, at) => between(list, id, texts, text, at))}
${others > 0 ? html`<p>${others} more are among <a href="${paths.raw(list.name, id)}">all of them, raw</a>.</p>` : ''}`,
  })
}

function between(list: ListRow, id: MessageId, texts: readonly Text[], now: Text, at: number): Html {
  const was = texts[at] ?? now
  const lines = textDelta(linesOf(was), linesOf(now))
  const link = (text: Text, number: number) =>
    html`<a href="${paths.copy(list.name, id, text.hash)}">text ${number}</a>`
  return html`<h2>${link(was, at + 1)} and ${link(now, at + 2)}</h2>
${lines.length === 0 ? html`<p>They differ in nothing that is shown here.</p>` : linesBlock(lines, { was: String(at + 1), now: String(at + 2) }, 'mail')}`
}

const linesOf = ({ bytes }: Text) => bytes.toString().split('\n').slice(0, limits.textLinesComparedMax)
