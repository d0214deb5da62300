// Beside a build: what it is a build of, on what, where it ran, who was told, and why it was built or is not.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { paths } from '../paths.ts'
import { addressText } from './address.ts'
import { branchText, shortCommit } from './build-look.ts'
import type { BuildView } from './build-view.ts'
import { countText, type Html, minuteOf, titleText, visible } from './text.ts'

export function buildFacts(view: BuildView): Html {
  const { line, row, attempts, result, list, applications, mailed, kept } = view
  const last = attempts.at(-1)
  const branch = applications.find(one => one.outcome === 'applied' && one.base === row.base)?.branch
  return html`<section><h2>Build</h2><dl class="quiet">
${list && line.topicId && line.kind === 'patchset' ? html`<dt>Patchset</dt><dd><a href="${paths.mail(list.name, line.topicId)}"><bdi>${titleText(line.title ?? '')}</bdi></a></dd>` : html`${placeFact(view)}`}
<dt>In</dt><dd><bdi>${visible(line.repository)}</bdi></dd>
${row.base ? html`<dt>${line.kind === 'push' ? 'Before' : 'Base'}</dt><dd>${shortCommit(row.base)}${branch ? html` <span class="soft">on <bdi>${branchText(branch)}</bdi></span>` : ''}</dd>` : ''}
${row.commit ? html`<dt>Commit</dt><dd>${shortCommit(row.commit)}</dd>` : ''}
${kept?.tree ? html`<dt>Tree</dt><dd>${shortCommit(kept.tree)}</dd>` : ''}
${last ? html`<dt>Runner</dt><dd><bdi>${visible(last.runner)}</bdi>${result?.tier ? html`, <span class="soft">${result.tier}</span>` : ''}</dd>` : ''}
${mailed.length > 0 ? html`<dt>Mailed</dt><dd><a href="#h-mail">${countText(mailed.length, 'mail')}</a></dd>` : ''}
${row.queued_at ? html`<dt>Queued</dt><dd>${minuteOf(row.queued_at.getTime())}</dd>` : ''}
${line.state === 'waiting' ? html`<dt>Ends unrun</dt><dd>${minuteOf(row.made_at.getTime() + limits.waitingDaysMax * 24 * 3_600_000)}</dd>` : ''}
<dt>${line.state === 'refused' ? 'Found' : 'Started by'}</dt><dd>${startedBy(view)}</dd></dl></section>`
}

const placeFact = ({ line }: BuildView): Html =>
  line.kind === 'push'
    ? html`<dt>Branch</dt><dd><a href="${paths.buildsOfBranch(line.repository, line.ref)}"><bdi>${branchText(line.ref)}</bdi></a></dd>`
    : html`<dt>Ref</dt><dd><code>${visible(line.ref)}</code></dd>`

function startedBy(view: BuildView): Html {
  const words = [...wordsOfMail(view), ...wordsOfPush(view)]
  if (words.length === 0) words.push(withoutEvidence(view))
  const { said } = view.evidence
  return html`${words.map((word, at) => html`${at > 0 ? html`<br>` : ''}${word}`)}${
    said && said.length > 0
      ? html`<details><summary>What was found</summary><pre class="t">${said.slice(0, 20).map(text => `${visible(text.slice(0, 300))}\n`)}</pre></details>`
      : ''
  }`
}

function wordsOfMail({ evidence: { by, who, how, mail }, list }: BuildView): Html[] {
  if (!by) return []
  if (by === 'approver' || by === 'request')
    return [
      html`<bdi>${addressText(who ?? 'a maintainer')}</bdi>${mail && list ? html`, in <a href="${paths.mail(list.name, mail)}">this mail</a>` : ''}`,
    ]
  return [
    html`the mail itself: <bdi>${addressText(who ?? '')}</bdi> is ${by === 'signer' ? 'a signer' : 'known here'}${how ? html`, ${visible(how.slice(0, 200))}` : ''}`,
  ]
}

function wordsOfPush({ evidence: { proof, signer, key, user } }: BuildView): Html[] {
  const words: Html[] = []
  if (proof) words.push(html`${visible(proof)}${signer ? html` of <bdi>${visible(signer)}</bdi>` : ''}`)
  if (key) words.push(html`<code>${visible(key.slice(0, 120))}</code>`)
  if (user) words.push(html`pushed by <bdi>${addressText(user)}</bdi>`)
  return words
}

function withoutEvidence({ line, row }: BuildView): Html {
  if (line.state === 'waiting') return html`nobody yet`
  if (row.kind === 'push') return html`<bdi>${addressText(line.submitter)}</bdi>`
  return row.kind === 'nightly'
    ? html`the clock: all open patchsets that were let in and apply together`
    : html`the mails`
}
