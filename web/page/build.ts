// One build: how it stands, its steps, the last lines of the one that failed, how to repeat it, who was told. One that waits says
// what releases it and what to look at before. All that a build wrote is a stranger's text.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { secondsText } from '../../base/seconds-text.ts'
import { testWords } from '../../tracker/build/result-text.ts'
import type { StoredResult, StoredStep } from '../../tracker/build/stored-result.ts'
import type { Look, Topic } from '../../tracker/topic/topic.ts'
import { howWords } from '../../tracker/topic/verdict-words.ts'
import {
  branchText,
  buildChip,
  buildLook,
  buildName,
  buildsSection,
  nightlyText,
  shortCommit,
  submitterText,
  tookText,
} from '../part/build-look.ts'
import { filledChip } from '../part/chip.ts'
import { frame } from '../part/frame.ts'
import {
  countText,
  type Html,
  linesOf,
  minuteOf,
  nameOf,
  shortMinuteOf,
  titleText,
  visible,
} from '../part/text.ts'
import { paths, replyByMail } from '../paths.ts'
import type { Mailed, WholeBuild } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { ShownVerdict } from '../read/verdict.ts'

export interface BuildView extends WholeBuild {
  readonly now: Date
  /** Undefined for one that belongs to no list. */
  readonly list: ListRow | undefined
  readonly topic: Topic | undefined
  readonly result: StoredResult | null
  /** Files of its steps so far, by name: how many lines each has. */
  readonly steps: readonly StepLine[]
  readonly tail: Tail | null
  /** Lines of a shell. */
  readonly repeat: readonly string[]
  /** Which branch has the same failure, and in which build. */
  readonly elsewhere: { readonly branch: string; readonly number: string } | null
  readonly sender: ShownVerdict | null
  /** Bytes of what it handed back; 0 for nothing. */
  readonly artefactBytes: number
  /** Where the world sees the pages; null when nobody knows. */
  readonly url: string | null
}

export interface StepLine {
  readonly name: string
  /** Absent while it runs. */
  readonly step?: StoredStep
  readonly hasLog: boolean
}

export interface Tail {
  readonly step: string
  readonly lines: readonly string[]
  /** The number of the first of them. */
  readonly from: number
  readonly total: number
}

export const buildPage = (view: BuildView): Html => {
  const { line, list, topic } = view
  const { number } = line
  const title =
    line.kind === 'push'
      ? `${branchText(line.ref)} in ${line.repository}`
      : line.kind === 'nightly'
        ? nightlyText(line)
        : titleText(line.title ?? '')
  return frame({
    title: `Build ${number} ${buildLook(line.state).word}: ${title}`,
    ...(list ? { list } : {}),
    here: 'builds',
    crumbs: list
      ? [
          { text: list.name, path: paths.list(list.name) },
          { text: 'Builds', path: paths.builds(list.name) },
          { text: `build ${number}` },
        ]
      : [{ text: 'Builds', path: paths.queue() }, { text: `build ${number}` }],
    skipTo: 'build',
    main: html`<h1>Build ${number} of ${line.kind === 'patchset' ? html`“<bdi>${title}</bdi>”` : buildName(line)}</h1>
${metaLine(view)}
<div class="stand tone-${buildLook(line.state).tone}">${filledChip(capital(buildLook(line.state)))}<div>${verdict(view)}</div></div>
<div class="cols"><div>
${line.state === 'waiting' ? releaseSection(view) : ''}
${line.state === 'waiting' && topic ? lookSection(view, topic) : ''}
${stepsSection(view)}
${tailSection(view)}
${repeatSection(view)}
${appliedSection(view)}
${attemptsSection(view)}
${mailedSection(view)}
</div>
<aside class="side" aria-label="About this build">
${factsSection(view)}
${buildsSection(view.others, othersWords[line.kind])}
${againSection(view)}
</aside></div>`,
  })
}

const othersWords = { push: 'This branch', patchset: 'This patchset', nightly: 'Nights before' } as const

const capital = (look: Look): Look => ({
  ...look,
  word: `${look.word[0]?.toUpperCase()}${look.word.slice(1)}`,
})

function metaLine({ line, list, topic, row, now }: BuildView): Html {
  const patches = row.mails.length
  return html`<p class="meta">${
    line.kind === 'patchset' && list && line.topicId
      ? html`<span><a href="${paths.mail(list.name, line.topicId)}">${countText(patches, 'patch', 'patches')}</a> <span class="rev">v${line.version}</span></span>`
      : html`<span>${shortCommit(line.commit)}</span>`
  }${topic ? html`<span>${nameOf(topic.author)}</span>` : html`<span><bdi>${submitterText(line)}</bdi></span>`}${
    line.startedAt
      ? html`<span>started ${minuteOf(line.startedAt.getTime())}</span>`
      : html`<span>since ${minuteOf(line.madeAt.getTime())}</span>`
  }${line.startedAt ? html`<span class="n">${tookText(line, now)}</span>` : ''}</p>`
}

function verdict(view: BuildView): Html {
  const { line, result, row, elsewhere } = view
  const failed = failedStep(view)
  const passed = result?.steps.filter(({ outcome }) => outcome === 'success').map(({ name }) => name) ?? []
  const too = elsewhere
    ? html`<p>It fails on <bdi>${branchText(elsewhere.branch)}</bdi> too: <a href="${paths.build(elsewhere.number)}">build ${elsewhere.number}</a>.</p>`
    : ''
  const also = passed.length > 0 && failed ? html` ${listWords(passed)} passed.` : ''
  if (failed)
    return html`<p><a href="#log">${visible(failed.name)}</a>${failed.why ? html`: ${sentence(failed.why)}` : '.'}${failed.tests && failed.tests.failed > 0 ? html` ${testWords(failed.tests)}.` : ''}${also}</p>${too}`
  switch (line.state) {
    case 'waiting':
      return html`<p>It is built once a maintainer says so${row.why ? html`: ${sentence(row.why)}` : '.'}</p>`
    case 'queued':
      return html`<p>A runner takes it when its turn comes.${row.why ? html` ${sentence(row.why)}` : ''}</p>`
    case 'running':
      return html`<p>${row.cancel_at ? 'Somebody wants it ended.' : 'A runner has it.'}</p>`
    case 'refused':
      return html`<p>It was pushed and nobody vouches for it, so it is not built${row.why ? html`: ${sentence(row.why)}` : '.'}</p>`
    case 'success':
      return html`<p>${passed.length === 0 ? 'All of it passed.' : html`${listWords(passed)} passed.`}</p>`
    case 'error':
      return html`<p>The fault is ours, and says nothing of the code${row.why ? html`: ${sentence(row.why)}` : '.'}</p>`
    default:
      return html`<p>${row.why ? sentence(row.why) : `${buildLook(line.state).word}.`}</p>${too}`
  }
}

/** A sentence of ours or of a runner, with its full stop. */
const sentence = (text: string): string => `${visible(text.slice(0, 500)).replace(/\.$/, '')}.`

function listWords(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(name => visible(name))
  const rest = names.length - shown.length
  const words = rest > 0 ? [...shown, `${rest} more`] : shown
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

const failedStep = ({ result }: Pick<BuildView, 'result'>): StoredStep | undefined =>
  result?.steps.find(({ outcome }) => outcome !== 'success' && outcome === result.outcome)

const attemptOf = ({ attempts }: Pick<BuildView, 'attempts'>): number | undefined => attempts.at(-1)?.number

function stepsSection(view: BuildView): Html | string {
  const { steps, line, url } = view
  const longest = Math.max(0.001, ...steps.map(({ step }) => step?.seconds ?? 0))
  if (steps.length === 0 && line.state !== 'running') return ''
  return html`<section aria-labelledby="h-steps">
<div class="hd"><h2 id="h-steps">Steps</h2>${view.artefactBytes > 0 ? html`<a href="${paths.artefacts(line.number, attemptOf(view) ?? 1)}">Files that it handed back</a>` : ''}</div>
<div class="card">${
    steps.length === 0
      ? html`<p class="mail">The first one has not begun yet.</p>`
      : html`<table class="flat">
<thead><tr><th scope="col" class="num">#</th><th scope="col">Step</th><th scope="col">Result</th><th scope="col" class="num">Time</th><th scope="col" class="no"><span class="vh">Share</span></th><th scope="col">Remark</th></tr></thead>
<tbody>${steps.map((each, at) => stepRow(view, each, at, longest))}</tbody></table>`
  }
${line.state === 'running' ? html`<p class="key"><span><b class="txt info"><span aria-hidden="true">◌</span> Live</b> as of ${minuteOf(view.now.getTime())}.</span><span><a href="${paths.buildTail(line.number)}">Follow in this window</a>: the page stays open and grows line by line</span>${url === null ? '' : html`<span>or <code>curl -N ${url}${paths.buildTail(line.number)}</code></span>`}</p>` : ''}</div>
</section>`
}

function stepRow(view: BuildView, { name, step, hasLog }: StepLine, at: number, longest: number): Html {
  const tone = step && buildLook(step.outcome).tone === 'bad' ? 'bad' : step ? 'idle' : 'info'
  const share = step ? step.seconds / longest : 1
  const path = paths.buildLog(view.line.number, name, {
    ...(view.attempts.length > 1 ? { attempt: attemptOf(view) ?? 1 } : {}),
  })
  return html`<tr${step ? '' : html` class="now"`}><td class="num soft">${at + 1}</td><th scope="row" class="sub">${hasLog ? html`<a href="${path}">${visible(name)}</a>` : visible(name)}</th><td>${buildChip(step ? step.outcome : 'running')}</td><td class="num n">${step ? secondsText(step.seconds) : ''}</td><td class="bar no">${bar(share, tone)}</td><td class="soft">${remark(step)}</td></tr>
`
}

/** A drawing: no style may stand in a page. */
const bar = (share: number, tone: string): Html =>
  html`<svg class="${tone}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${Math.max(1, Math.round(share * 100))}" height="4"/></svg>`

function remark(step: StoredStep | undefined): Html | string {
  if (step === undefined) return ''
  const { tests, why, leftOutBytes } = step
  const failing = tests?.failing.slice(0, 3) ?? []
  return html`${tests ? testWords(tests) : step.outcome === 'success' ? '' : visible((why ?? '').slice(0, 200))}${
    failing.length > 0
      ? html`: ${failing.map((name, at) => html`${at > 0 ? ', ' : ''}<bdi>${visible(name.slice(0, 80))}</bdi>`)}${(tests?.failed ?? 0) > failing.length ? ' …' : ''}`
      : ''
  }${tests && tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}${leftOutBytes > 0 ? ' (log cut)' : ''}`
}

function tailSection(view: BuildView): Html | string {
  const { tail, line } = view
  if (tail === null || tail.lines.length === 0) return ''
  const attempt = view.attempts.length > 1 ? { attempt: attemptOf(view) ?? 1 } : {}
  return html`<section aria-labelledby="log">
<div class="hd"><h2 id="log">${visible(tail.step)} <span class="soft">last ${countText(tail.lines.length, 'line')}</span></h2><a href="${paths.buildLog(line.number, tail.step, attempt)}">All ${countText(tail.total, 'line')} of this step</a></div>
<div class="card">${logLines(tail)}</div>
</section>`
}

/** Lines with their numbers, each of which is its address. */
export const logLines = ({ lines, from }: Pick<Tail, 'lines' | 'from'>): Html =>
  html`<pre class="diff gut" tabindex="0" aria-label="Log">${lines.map((text, at) => html`<span><a id="l${from + at}" href="#l${from + at}">${from + at}</a>${visible(text)}</span>`)}</pre>`

function repeatSection({ repeat, line, row }: BuildView): Html | string {
  if (repeat.length === 0 || line.state === 'refused' || line.state === 'waiting') return ''
  return html`<section aria-labelledby="h-rep">
<div class="hd"><h2 id="h-rep">Repeat it at home</h2><p class="soft">The same tree</p></div>
<div class="card"><div class="mail say"><code class="cmd">${repeat.join('\n')}</code>${row.base && line.kind !== 'push' ? html`<p>Its parent is ${shortCommit(row.base)}.</p>` : ''}</div></div>
</section>`
}

/** Where it was tried to put a patchset, when that is worth telling. */
function appliedSection({ applications, line }: BuildView): Html | string {
  if (applications.length === 0 || (applications.length === 1 && line.state !== 'conflict')) return ''
  return html`<section aria-labelledby="h-base">
<div class="hd"><h2 id="h-base">Where it applies</h2></div>
<div class="card"><table class="flat"><thead><tr><th scope="col">Base</th><th scope="col">Outcome</th><th scope="col">What git said</th></tr></thead>
<tbody>${applications.map(
    one =>
      html`<tr><th scope="row" class="sub">${one.branch ? html`<bdi>${branchText(one.branch)}</bdi> ` : ''}${shortCommit(one.base)} <span class="soft">${foundWords(one.found_by)}</span></th><td>${outcomeWords[one.outcome]}${one.file ? html` in <code>${visible(one.file.slice(0, 200))}</code>` : ''}</td><td class="soft">${visible((one.said ?? '').slice(0, 300))}</td></tr>
`,
  )}</tbody></table></div>
</section>`
}

const outcomeWords = {
  applied: 'applies',
  already: 'is in already',
  conflict: 'conflict',
  'unknown-base': 'is not known here',
  error: 'could not be tried',
} as const

const foundWords = (by: string): string =>
  by === 'default'
    ? 'the usual branch'
    : by === 'prefix'
      ? 'by its prefix'
      : by === 'blobs'
        ? 'by its blobs'
        : `by ${by.slice(0, 40)}`

function attemptsSection({ attempts }: BuildView): Html | string {
  if (attempts.length < 2) return ''
  return html`<section aria-labelledby="h-try">
<div class="hd"><h2 id="h-try">Attempts</h2></div>
<div class="card"><table class="flat"><thead><tr><th scope="col" class="num">#</th><th scope="col">Runner</th><th scope="col">Started</th><th scope="col">End</th></tr></thead>
<tbody>${attempts.slice(-20).map(
    one =>
      html`<tr><td class="num soft">${one.number}</td><th scope="row" class="sub"><bdi>${visible(one.runner)}</bdi></th><td>${shortMinuteOf(one.started_at.getTime())}</td><td>${one.ended_at === null ? 'runs' : endWords[one.how ?? 'done']}${one.why ? html`, <span class="soft">${sentence(one.why)}</span>` : ''}</td></tr>
`,
  )}</tbody></table></div>
</section>`
}

const endWords = { done: 'ended', lost: 'was lost', returned: 'was given back' } as const

function mailedSection({ mailed, list }: BuildView): Html | string {
  if (mailed.length === 0) return ''
  return html`<section id="h-mail" aria-labelledby="h-told">
<div class="hd"><h2 id="h-told">Mailed</h2></div>
<div class="card"><table class="flat"><thead><tr><th scope="col">To</th><th scope="col">When</th></tr></thead>
<tbody>${mailed.map(
    one => html`<tr><th scope="row" class="sub">${toWords(one, list)}</th><td>${mailedWords(one)}</td></tr>
`,
  )}</tbody></table></div>
</section>`
}

/** The address of a person is nobody else's business. */
function toWords({ to, messageId }: Mailed, list: ListRow | undefined): Html {
  if (list && to === list.address.toLowerCase())
    return html`the list: <a href="${paths.mail(list.name, messageId)}">the answer in the thread</a>`
  return html`<bdi>${visible(`${to.split('@', 1)[0]}@…`)}</bdi>`
}

const mailedWords = ({ state, at }: Mailed): Html =>
  state === 'owed'
    ? html`leaves after ${minuteOf(at.getTime())}`
    : state === 'sent'
      ? html`${minuteOf(at.getTime())}`
      : html`${{ kept: 'kept here', dead: 'could not be delivered', bounced: 'came back' }[state]}, ${minuteOf(at.getTime())}`

function factsSection(view: BuildView): Html {
  const { line, row, attempts, result, list, applications, mailed } = view
  const last = attempts.at(-1)
  const branch = applications.find(one => one.outcome === 'applied' && one.base === row.base)?.branch
  return html`<section><h2>Build</h2><dl class="quiet">
${list && line.topicId && line.kind === 'patchset' ? html`<dt>Patchset</dt><dd><a href="${paths.mail(list.name, line.topicId)}"><bdi>${titleText(line.title ?? '')}</bdi></a></dd>` : html`<dt>Branch</dt><dd><bdi>${branchText(line.ref)}</bdi></dd>`}
<dt>In</dt><dd><bdi>${visible(line.repository)}</bdi></dd>
${row.base ? html`<dt>${line.kind === 'push' ? 'Before' : 'Base'}</dt><dd>${shortCommit(row.base)}${branch ? html` <span class="soft">on <bdi>${branchText(branch)}</bdi></span>` : ''}</dd>` : ''}
${row.commit ? html`<dt>Commit</dt><dd>${shortCommit(row.commit)}</dd>` : ''}
${last ? html`<dt>Runner</dt><dd><bdi>${visible(last.runner)}</bdi>${result?.tier ? html`, <span class="soft">${result.tier}</span>` : ''}</dd>` : ''}
${mailed.length > 0 ? html`<dt>Mailed</dt><dd><a href="#h-mail">${countText(mailed.length, 'mail')}</a></dd>` : ''}
${row.queued_at ? html`<dt>Queued</dt><dd>${minuteOf(row.queued_at.getTime())}</dd>` : ''}
${line.state === 'waiting' ? html`<dt>Ends unrun</dt><dd>${minuteOf(row.made_at.getTime() + limits.waitingDaysMax * 24 * 3_600_000)}</dd>` : ''}
<dt>${line.state === 'refused' ? 'Found' : 'Started by'}</dt><dd>${whyIt(view)}</dd></dl></section>`
}

function whyIt({ evidence, line, list, row }: BuildView): Html {
  const { by, who, how, mail, proof, signer, key, said, user } = evidence
  const words: Html[] = []
  if (by === 'approver' || by === 'request')
    words.push(
      html`<bdi>${visible(who ?? 'a maintainer')}</bdi>${mail && list ? html`, in <a href="${paths.mail(list.name, mail)}">this mail</a>` : ''}`,
    )
  else if (by)
    words.push(
      html`the mail itself: <bdi>${visible(who ?? '')}</bdi> is ${by === 'signer' ? 'a signer' : 'known here'}${how ? html`, ${visible(how.slice(0, 200))}` : ''}`,
    )
  if (proof) words.push(html`${visible(proof)}${signer ? html` of <bdi>${visible(signer)}</bdi>` : ''}`)
  if (key) words.push(html`<code>${visible(key.slice(0, 120))}</code>`)
  if (user) words.push(html`pushed by <bdi>${visible(user.slice(0, 100))}</bdi>`)
  if (words.length === 0)
    words.push(
      html`${line.state === 'waiting' ? 'nobody yet' : row.kind === 'push' ? html`<bdi>${visible(line.submitter)}</bdi>` : row.kind === 'nightly' ? 'the clock: all open patchsets that were let in and apply together' : 'the mails'}`,
    )
  return html`${words.map((word, at) => html`${at > 0 ? html`<br>` : ''}${word}`)}${
    said && said.length > 0
      ? html`<details><summary>What was found</summary><pre class="t">${said.slice(0, 20).map(text => `${visible(text.slice(0, 300))}\n`)}</pre></details>`
      : ''
  }`
}

function releaseSection({ line, list, row, topic }: BuildView): Html | string {
  if (!list || !topic || line.digest === null || line.topicId === null) return ''
  const tag = `CI: test ${line.digest}`
  const subject = topic.mails.find(({ id }) => id === line.topicId)?.subject ?? topic.title
  const mail = replyByMail({ to: list.address, subject, inReplyTo: line.topicId, body: tag })
  return html`<section aria-labelledby="h-ok">
<div class="hd"><h2 id="h-ok">To let it run</h2><p class="soft">For maintainers and approvers</p></div>
<div class="card"><div class="mail say"><p>Reply to <a href="${paths.mail(list.name, line.topicId)}">${row.mails.length === 1 ? 'the patch' : 'the series'}</a> with this line, alone and not quoted:</p>
<code class="cmd"><b>${tag}</b></code>
<p><a class="btn" href="${mail}">Write that mail</a></p>
<p>The digits name exactly ${row.mails.length === 1 ? 'this patch' : `these ${row.mails.length} patches`} and what ${row.mails.length === 1 ? 'it changes' : 'they change'}. Another version gets new ones. The line counts when the mail is signed by the key or the domain of somebody who may.</p></div></div>
</section>`
}

/** What an approver wants to know before a stranger's code runs. */
function lookSection({ line, list, sender, evidence }: BuildView, topic: Topic): Html | string {
  const revision = topic.revisions.findLast(({ version }) => version === line.version)
  if (!revision || !list) return ''
  const files = [...new Set(revision.patches.flatMap(patch => patch.files))]
  const build = evidence.guarded ?? null
  const sum = (of: 'added' | 'removed') => revision.patches.reduce((all, patch) => all + patch[of], 0)
  return html`<section aria-labelledby="h-look">
<div class="hd"><h2 id="h-look">Worth a look before</h2><a href="${paths.mail(list.name, line.topicId ?? topic.id)}">The patches</a></div>
<div class="card"><table class="flat">
<thead><tr><th scope="col">What</th><th scope="col">Found</th></tr></thead>
<tbody>
<tr><th scope="row" class="sub">Files</th><td>${fileNames(files)}</td></tr>
${build === null ? '' : html`<tr><th scope="row" class="sub">Build files, <code>.ci</code></th><td>${build.length === 0 ? html`<span class="ok txt"><span aria-hidden="true">✓</span> untouched</span>` : html`<span class="warn txt"><span aria-hidden="true">!</span> changed:</span> ${fileNames(build)}`}</td></tr>`}
<tr><th scope="row" class="sub">Size</th><td>${countText(revision.patches.length, 'patch', 'patches')}, ${linesOf(sum('added'), sum('removed'))}</td></tr>
<tr><th scope="row" class="sub">Sender</th><td><bdi>${visible(line.submitter)}</bdi>, ${senderWords(sender)}</td></tr>
<tr><th scope="row" class="sub">It will get</th><td>a sandbox, no network, no secrets</td></tr>
</tbody></table></div></section>`
}

const senderWords = (sender: ShownVerdict | null): string =>
  sender === null || sender === 'pending' || sender === 'unknown'
    ? 'not checked yet'
    : sender === 'imported'
      ? 'from an archive'
      : visible(howWords(sender.how))

const filesShownMax = 12

const fileNames = (files: readonly string[]): Html =>
  html`${files.slice(0, filesShownMax).map((file, at) => html`${at > 0 ? ', ' : ''}<code>${visible(file.slice(0, 200))}</code>`)}${files.length > filesShownMax ? ` and ${files.length - filesShownMax} more` : ''}`

function againSection({ line, list, topic, result }: BuildView): Html | string {
  if (line.kind !== 'patchset' || !list || !topic || line.endedAt === null || line.topicId === null) return ''
  if (line.commit === null || line.state === 'superseded') return ''
  const failed = failedStep({ result })
  const tag = `CI: retest${failed && failed.name !== 'build' ? ` ${failed.name}` : ''}`
  const subject = topic.mails.find(({ id }) => id === line.topicId)?.subject ?? topic.title
  return html`<section><h2>Build again</h2>
<p><a href="${replyByMail({ to: list.address, subject, inReplyTo: line.topicId, body: tag })}">Reply</a> to the patchset with</p>
<code class="cmd">${tag}</code></section>`
}
