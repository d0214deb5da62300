// How to take part in a list: the lines to copy for sending a patch, answering, reviewing, reporting a bug and reading along, with
// this list's own address in them.
import { html } from 'hono/html'
import { gitAddress } from '../../base/git-address.ts'
import { bugTags, patchTags } from '../part/aside.ts'
import { frame } from '../part/frame.ts'
import { jumps } from '../part/jumps.ts'
import type { OfferedTag } from '../part/reply.ts'
import { type Html, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface TakePartView {
  readonly list: ListRow
  /** Where the world sees the pages; empty where that is not known. */
  readonly base: string
}

export const takePartPage = (view: TakePartView): Html => {
  const { list } = view
  return frame({
    title: 'how to take part',
    list,
    here: 'take-part',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Take part' }],
    skipTo: 'instructions',
    main: html`<h1>How to take part</h1>
<p class="meta"><span>All of it by mail to <a href="mailto:${list.address}">${visible(list.address)}</a>; nothing needs an account here</span></p>
${jumps([
  { words: 'Send a patch', path: '#h-send' },
  { words: 'Review', path: '#h-review' },
  { words: 'Set a state', path: '#h-state' },
  { words: 'Report a bug', path: '#h-bug' },
  { words: 'Read along', path: '#h-read' },
])}
${sendSection(view)}
${reviewSection(view)}
${stateSection()}
${bugSection(list)}
${readSection(view)}`,
  })
}

const section = (id: string, words: string, body: Html): Html =>
  html`<section aria-labelledby="${id}"><div class="hd"><h2 id="${id}">${words}</h2></div>
${body}</section>`

const lines = (...all: readonly string[]): Html => html`<code class="cmd">${visible(all.join('\n'))}</code>`

function sendSection({ list, base }: TakePartView): Html {
  const address = gitAddress(list.address)
  return section(
    'h-send',
    'Send a patch',
    html`<p>Once, in your checkout, so that it need not be said each time:</p>
${lines(`git config sendemail.to ${address}`)}
<p>The newest commit, or the newest three with a cover letter:</p>
${lines('git send-email -1', 'git send-email -3 --cover-letter --annotate')}
<p>A newer version, as an answer to the first mail of the one before:</p>
${lines("git send-email -v2 -3 --cover-letter --annotate --in-reply-to='MESSAGE-ID'")}
<p>With b4, which keeps the cover letter and the versions in a branch:</p>
${lines(`git config b4.send-series-to ${address}`, 'b4 prep -n NAME-OF-THE-CHANGE', 'b4 prep --edit-cover', 'b4 send')}
${
  list.webSubmission
    ? html`<p>Without a mail server <a href="${paths.submission()}"><code>b4 send</code> over HTTP</a>:</p>
${lines(`git config b4.send-endpoint-web ${base}${paths.submission()}`, 'b4 send --web-auth-new')}`
    : ''
}
<p>A bug that the patch fixes is closed by a line in its message: <code>Closes: #12</code>, or with the Message-ID of the report.</p>`,
  )
}

const reviewSection = ({ list, base }: TakePartView): Html =>
  section(
    'h-review',
    'Review',
    html`<p>Answer the patch and quote the lines that you speak of; the answer shows below these lines. A trailer on a line of its own says what you think of it:</p>
${lines('Reviewed-by: Your Name <you@example.org>', 'Acked-by: Your Name <you@example.org>', 'Tested-by: Your Name <you@example.org>')}
${
  base === ''
    ? html`<p>Each page of a patchset has the line that applies it, ready to be copied.</p>`
    : html`<p>To try a patchset, with the trailers given so far:</p>
${lines(`b4 am -c ${base}${paths.list(list.name)}MESSAGE-ID/`, `curl -sf ${base}${paths.list(list.name)}MESSAGE-ID/am.mbox | git am`)}`
}
<p><a href="${paths.topics(list.name, 'review')}">What needs review</a>, <a href="${paths.waits(list.name)}">what waits longest, and for whom</a></p>`,
  )

const stateSection = (): Html =>
  section(
    'h-state',
    'Set a state',
    html`<p>A line of its own in an answer, to the cover letter for all patches or to one patch for that one:</p>
${tagTable([...patchTags('new'), { words: 'Give it to somebody', tag: 'Delegate: ADDRESS' }, { words: 'Take back what a mail did', tag: 'Undo: <MESSAGE-ID>' }])}
<p class="soft">Beside each patchset and each bug stand the lines that make sense there, as links that begin such a mail.</p>`,
  )

const bugSection = (list: ListRow): Html =>
  section(
    'h-bug',
    'Report a bug',
    html`<p>A mail with <code>[BUG]</code> before its subject: <a href="mailto:${list.address}?subject=%5BBUG%5D%20">begin one</a>. Lines of their own in it, or in an answer, say more:</p>
${tagTable([
  ...bugTags('new'),
  { words: 'How bad it is', tag: 'Severity: high' },
  { words: 'What it is about', tag: 'Labels: +regression' },
  { words: 'When it should be done', tag: 'Target: 1.0' },
])}
<p><a href="${paths.bugs(list.name)}">Open bugs</a></p>`,
  )

const readSection = ({ list, base }: TakePartView): Html => {
  const address = `${base}${paths.list(list.name)}`
  return section(
    'h-read',
    'Read along',
    html`<p>New mails as a <a href="${paths.list(list.name)}new.atom">feed</a>; every search and thread has one of its own. All mails as one <a href="${paths.list(list.name)}all.mbox.gz">mailbox</a>, and <a href="${paths.text(list.name, 'mirror')}">as a mirror</a>. What is new since a day is marked: <a href="${paths.list(list.name)}?since=2026-03-01"><code>?since=2026-03-01</code></a> behind any address.</p>
${
  base === ''
    ? ''
    : html`<p>So that b4 asks this archive:</p>
${lines(`git config b4.midmask '${address}%s'`, `git config b4.linkmask '${address}%s/'`, `git config b4.searchmask '${address}?x=m&t=1&q=%s'`)}`
}`,
  )
}

const tagTable = (tags: readonly OfferedTag[]): Html =>
  html`<div class="card"><table class="flat"><thead><tr><th scope="col">Line</th><th scope="col">What it does</th></tr></thead>
<tbody>${tags.map(({ words, tag }) => html`<tr><th scope="row" class="sub"><code>${tag}</code></th><td>${words}</td></tr>`)}</tbody></table></div>`
