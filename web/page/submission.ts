// How to send patches over HTTP, what of them did not arrive, and whose keys were confirmed for that.
import { createHash } from 'node:crypto'
import { html } from 'hono/html'
import type { ReturnedSubmission } from '../../sql/returned-submissions.ts'
import type { SubmissionKey } from '../../sql/submission-keys.ts'
import { frame } from '../part/frame.ts'
import { countText, dayOf, type Html, visible } from '../part/text.ts'
import { paths } from '../paths.ts'

export interface SubmissionView {
  /** Where b4 is to post to. */
  readonly url: string
  /** That take patches so. */
  readonly lists: readonly { readonly name: string; readonly address: string }[]
  /** The newest first. */
  readonly keys: readonly SubmissionKey[]
  /** Of all that there are. */
  readonly count: number
  readonly returned: readonly ReturnedSubmission[]
}

export const submissionPage = ({ url, lists, keys, count, returned }: SubmissionView): Html =>
  frame({
    title: 'Patches over HTTP',
    skipTo: 'instructions',
    crumbs: [{ text: 'All lists', path: paths.lists() }, { text: 'Patches over HTTP' }],
    main: html`<h1>Patches over HTTP</h1>
<p>Who has no mail server sends with <code>b4 send</code> to ${lists.map(({ name, address }, at) => html`${at > 0 ? ', ' : ''}<a href="${paths.list(name)}">${visible(address)}</a>`)}. The mails go to the list under the signature of their author.</p>
<section><h2>Once</h2>
<code class="cmd">patatt genkey
git config b4.send-endpoint-web ${visible(url)}
b4 send --web-auth-new</code>
<p>A mail with a word comes. It shows that the address is yours, and the signature that the key is.</p>
<code class="cmd">b4 send --web-auth-verify WORD</code></section>
<section><h2>Then</h2>
<code class="cmd">b4 prep --edit-cover
b4 send</code>
<p>with the list in To or Cc. <code>b4 send --reflect</code> sends the mails to you alone.</p></section>
${returned.length === 0 ? '' : returnedTable(returned)}
<section aria-labelledby="h-keys"><div class="hd"><h2 id="h-keys">Keys</h2><p class="soft">${count > keys.length ? `The newest of ${countText(count, 'key')}` : countText(count, 'key')}</p></div>
${keys.length === 0 ? html`<p>None was confirmed yet.</p>` : keyTable(keys)}</section>`,
  })

const returnedTable = (
  returned: readonly ReturnedSubmission[],
): Html => html`<section aria-labelledby="h-returned"><div class="hd"><h2 id="h-returned">Not delivered</h2><p class="soft">In the last four weeks</p></div>
<div class="card rows"><table class="flat"><thead><tr><th scope="col">Mail</th><th scope="col">Of</th><th scope="col">To</th><th scope="col">When</th><th scope="col">Why</th></tr></thead>
<tbody>${returned.map(
  one =>
    html`<tr><th scope="row" class="sub"><code>${visible(one.messageId)}</code></th><td><bdi>${visible(one.identity)}</bdi></td><td>${visible(one.recipient)}</td><td>${dayOf(one.at.getTime())}</td><td>${one.state === 'bounced' ? 'Came back: ' : 'Refused: '}<bdi>${visible(one.reply ?? 'no answer')}</bdi></td></tr>
`,
)}</tbody></table></div></section>`

const keyTable = (
  keys: readonly SubmissionKey[],
): Html => html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Whose</th><th scope="col">Selector</th><th scope="col">Key, SHA-256</th><th scope="col">Confirmed</th><th scope="col">Last used</th><th scope="col">Revoked</th></tr></thead>
<tbody>${keys.map(
  key =>
    html`<tr><th scope="row" class="sub"><bdi>${visible(key.identity)}</bdi></th><td>${visible(key.selector)}</td><td>${key.algorithm} <code>${hashOf(key.key)}</code></td><td>${dayOf(key.verified_at.getTime())}</td><td>${key.used_at ? dayOf(key.used_at.getTime()) : 'never'}</td><td>${key.revoked_at ? dayOf(key.revoked_at.getTime()) : ''}</td></tr>
`,
)}</tbody></table></div>`

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16)
