// `/LIST/OID/s/`: a file as git has it under that name, its lines numbered.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { frame } from '../part/frame.ts'
import { type Html, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import { type Blob, blobDigitsMin } from '../read/blob.ts'
import type { ListRow } from '../read/located-mail.ts'

export function blobPage(list: ListRow, { id, path, bytes, mail }: Blob, raw: string): Html {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return frame({
    title: name,
    list,
    skipTo: 'file',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: id.slice(0, 12) }],
    main: html`<h1><bdi>${visible(path)}</bdi></h1>
<p class="soft">${bytes.length} bytes, blob <code>${id}</code>, named in <a href="${paths.mail(list.name, mail)}">a mail here</a> · <a href="${raw}">raw</a> · <a href="${mailsNaming(list, id)}">all mails that name it</a></p>
${bytes.includes(0) ? html`<p>It is binary.</p>` : linesOf(bytes.toString())}`,
  })
}

function linesOf(text: string): Html {
  const lines = text.replace(/\n$/, '').split('\n')
  const shown = lines.slice(0, limits.blobLinesShownMax)
  return html`<pre class="diff rd" tabindex="0">${shown.map(
    (line, at) => html`<span id="n${at + 1}"><a href="#n${at + 1}">${at + 1}</a>${visible(line)}</span>`,
  )}</pre>${shown.length < lines.length ? html`<p>The other ${lines.length - shown.length} lines are in the raw file.</p>` : ''}`
}

const mailsNaming = (list: ListRow, id: string) =>
  paths.search(list.name, `dfblob:${id.slice(0, blobDigitsMin)}`)

export const missingBlobPage = (list: ListRow, name: string): Html =>
  frame({
    title: 'Blob not found',
    list,
    skipTo: 'answer',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'not found' }],
    main: html`<h1>There is no blob <code>${name}</code> to show</h1>
<p>A blob is shown when a mail of the list names it and a followed branch of the list’s repository has or had it. <a href="${mailsNaming(list, name)}">Mails that name it</a></p>`,
  })
