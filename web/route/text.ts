// Small files that programs ask an archive for: its description and its texts.
import type { Context } from 'hono'
import { html } from 'hono/html'
import { answerPage } from '../answer.ts'
import { archiveText } from '../archive/archive-text.ts'
import { frame } from '../part/frame.ts'
import { visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { Place } from '../read/place.ts'

export const answerDescription = (c: Context, { description }: Place): Response => c.text(`${description}\n`)

/** `/LIST/_/text/KEY/` as a page, `/LIST/_/text/KEY/raw` as it is. */
export function answerText(c: Context, place: Place): Promise<Response> | Response {
  const key = c.req.param('key') ?? ''
  const text = archiveText(key, place, c.get('base'))
  if (text === null) return c.text('There are the texts help, mirror, config and color.\n', 404)
  if (c.req.param('form') === 'raw') return c.text(text)
  const [only] = place.lists.length === 1 ? place.lists : []
  const page = frame({
    title: key,
    ...(only ? { list: only } : {}),
    crumbs: [{ text: place.name, path: paths.list(place.name) }, { text: key }],
    skipTo: 'text',
    main: html`<h1>${key.charAt(0).toUpperCase() + key.slice(1)}</h1>
<p><a href="${paths.text(place.name, key)}raw">As plain text</a></p>
<div class="card"><pre class="mail" tabindex="0">${visible(text)}</pre></div>`,
  })
  return answerPage(c, page)
}

/** Pages may be read by robots; what is made on request, or is the same once more, need not. */
export const answerRobots = (c: Context): Response =>
  c.text(`User-agent: *
Disallow: /*?q=
Disallow: /builds/
Disallow: /*/raw$
Disallow: /*/d/$
Disallow: /*/s/
Disallow: /*/git/
Disallow: /*.mbox.gz$
Disallow: /*.atom$
`)
