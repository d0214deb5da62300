// What a build that waits for a maintainer shows: the line that lets it run, what to look at before a stranger's code does, what it
// would get and run; and beside it, what its author can do.
import { html } from 'hono/html'
import { addressText } from '../part/address.ts'
import { appliedSection } from '../part/build-applied.ts'
import { buildName, shortCommit } from '../part/build-look.ts'
import type { BuildView } from '../part/build-view.ts'
import { words } from '../part/chip.ts'
import { lookSection } from '../part/look-before.ts'
import { countText, type Html, nameOf, shortMinuteOf, visible } from '../part/text.ts'
import { paths, replyByMail } from '../paths.ts'

export const waitingSections = (view: BuildView): Html => html`${releaseSection(view)}
${lookSection(view)}
${stepsSection(view)}
${appliedSection(view)}`

/** Of the mail that is answered; null where there is none to answer. */
function answered({ line, list, topic }: BuildView) {
  if (!list || !topic || line.topicId === null) return null
  const subject = topic.mails.find(({ id }) => id === line.topicId)?.subject ?? topic.title
  return { to: list.address, subject, inReplyTo: line.topicId, path: paths.mail(list.name, line.topicId) }
}

function releaseSection(view: BuildView): Html | string {
  const { line, row } = view
  const to = answered(view)
  if (to === null || line.digest === null) return ''
  const tag = `CI: test ${line.digest}`
  const one = row.mails.length === 1
  return html`<section aria-labelledby="h-ok">
<div class="hd"><h2 id="h-ok">To let it run</h2><p class="soft">${whoMay(view)}</p></div>
<div class="card"><div class="mail say"><p>Reply to <a href="${to.path}">${one ? 'the patch' : 'the series'}</a> with this line, alone and not quoted:</p>
<code class="cmd"><b>${tag}</b></code>
<p><a class="btn" href="${replyByMail({ ...to, body: tag })}">Write that mail</a></p>
<p>The digits name exactly ${one ? 'this mail' : `these ${row.mails.length} mails`} and what ${one ? 'it changes' : 'they change'}. Another version gets new ones. The line counts when the mail is signed by the key or the domain of somebody who may.</p></div></div>
</section>`
}

function whoMay({ approvers }: BuildView): Html {
  if (approvers.length === 0)
    return html`Nobody may yet: the list names no maintainer of all its files and no approver`
  const shown = approvers.slice(0, approversShownMax)
  const more = approvers.length - shown.length
  const names = shown.map(
    ({ name, address }) => html`<bdi>${name === '' ? addressText(address) : visible(name)}</bdi>`,
  )
  if (more > 0) names.push(html`${countText(more, 'other')}`)
  return html`For ${names.map((name, at) => html`${at === 0 ? '' : at === names.length - 1 ? ' or ' : ', '}${name}`)}`
}

const approversShownMax = 6

/** As far as git tells them without running anything. */
function stepsSection({ row, forecast }: BuildView): Html | string {
  const commit = forecast?.commit ?? null
  if (commit === null) return ''
  const put = html`<tr><td class="num soft">1</td><th scope="row" class="sub">Put on ${shortCommit(row.base)}</th><td>${words({ sign: '✓', word: 'done', tone: 'ok' })}</td><td class="soft"></td></tr>`
  return html`<section aria-labelledby="h-steps">
<div class="hd"><h2 id="h-steps">Steps</h2><p class="soft">As the commit has them</p></div>
<div class="card"><table class="flat">
<thead><tr><th scope="col" class="num">#</th><th scope="col">Step</th><th scope="col">Result</th><th scope="col">Remark</th></tr></thead>
<tbody>${put}${commit.steps.map(
    ({ name, script }, at) =>
      html`<tr${at === 0 ? html` class="now"` : ''}><td class="num soft">${at + 2}</td><th scope="row" class="sub">${visible(name)}</th><td>${words(at === 0 ? waits : notYet)}</td><td class="soft">${scriptWords[script]}</td></tr>
`,
  )}</tbody></table>${commit.problem === null ? '' : html`<p class="key">It would fail at once: ${visible(commit.problem.slice(0, 300))}.</p>`}</div>
</section>`
}

const waits = { sign: '○', word: 'waits', tone: 'warn' } as const
const notYet = { sign: '–', word: 'not yet', tone: 'idle' } as const

const scriptWords = {
  same: '',
  changed: html`<span class="warn txt"><span aria-hidden="true">!</span> the patch changes its script</span>`,
  new: html`<span class="warn txt"><span aria-hidden="true">!</span> the patch brings its script</span>`,
} as const

export const waitingAside = (view: BuildView): Html => html`${authorSection(view)}${waitingTooSection(view)}`

function authorSection(view: BuildView): Html | string {
  const { topic } = view
  const to = answered(view)
  if (!topic || to === null) return ''
  return html`<section><h2>For ${nameOf(topic.author)}</h2>
<p>Nothing to do: a maintainer or an approver reads it first, and lets it run. ${advice(view)}</p>
<p><a href="${replyByMail({ ...to, body: 'Could somebody let it be built?' })}">Ask for it in the thread</a>. A new version waits for itself.</p></section>`
}

/** What would have had it built at once, as far as that is the author's to change. */
function advice({ evidence, sender }: BuildView): string {
  const isSure = sender !== null && typeof sender !== 'string' && sender.grade !== 'C'
  if (!isSure)
    return 'Sign the next version, by your key or by DKIM of your domain: nothing vouches for who sent this one.'
  return (evidence.guarded ?? []).length > 0
    ? 'It changes how it is built, which is read first whoever sends it; what does not may come as a patchset of its own.'
    : 'Whoever runs this server says whose patches are built without asking; a maintainer may ask for yours.'
}

function waitingTooSection({ waitingToo }: BuildView): Html | string {
  if (waitingToo.length === 0) return ''
  return html`<section><h2>Waiting too</h2><ul class="quiet">${waitingToo.map(
    line =>
      html`<li><a href="${paths.build(line.number)}">${buildName(line)}</a><br><span class="soft">build ${line.number}, ${shortMinuteOf(line.madeAt.getTime())}</span></li>`,
  )}</ul></section>`
}
