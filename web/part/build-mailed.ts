// Who was told of a build, when, and what: by the page of the mail, when it came back over a list, else its text. The address of a
// person is nobody else's business.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { paths } from '../paths.ts'
import type { Mailed } from '../read/build.ts'
import type { ListRow } from '../read/located-mail.ts'
import { addressText } from './address.ts'
import type { BuildView } from './build-view.ts'
import { type Html, minuteOf, visible } from './text.ts'

export function mailedSection({ mailed, list, mailText }: BuildView): Html | string {
  if (mailed.length === 0) return ''
  return html`<section id="h-mail" aria-labelledby="h-told">
<div class="hd"><h2 id="h-told">Mailed</h2></div>
<div class="card"><table class="flat"><thead><tr><th scope="col">To</th><th scope="col">When</th></tr></thead>
<tbody>${mailed.map(
    one => html`<tr><th scope="row" class="sub">${toWords(one, list)}</th><td>${mailedWords(one)}</td></tr>
`,
  )}</tbody></table>${mailText === null ? '' : textOf(mailText)}</div>
</section>`
}

function toWords({ to, messageId, back }: Mailed, list: ListRow | undefined): Html {
  if (!list || to !== list.address.toLowerCase()) return html`<bdi>${addressText(to)}</bdi>`
  return back
    ? html`the list: <a href="${paths.mail(list.name, messageId)}">the answer in the thread</a>`
    : html`the list`
}

const mailedWords = ({ state, at }: Mailed): Html =>
  state === 'owed'
    ? html`leaves after ${minuteOf(at.getTime())}`
    : state === 'sent'
      ? html`${minuteOf(at.getTime())}`
      : html`${{ kept: 'kept here', dead: 'could not be delivered', bounced: 'came back' }[state]}, ${minuteOf(at.getTime())}`

const textOf = (text: string): Html => {
  const shown = text.trimEnd()
  const cut = shown.length > limits.mailedTextCharactersMax
  return html`<details><summary>What it says</summary><div class="mail"><pre class="t">${visible(shown.slice(0, limits.mailedTextCharactersMax))}${cut ? '…' : ''}</pre></div></details>`
}
