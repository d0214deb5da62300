// One build: how it stands, and why, in a sentence; then its run (build-run.ts), or what lets it run (build-waiting.ts).
import { html } from 'hono/html'
import { failedStep, testWords } from '../../tracker/build/result-text.ts'
import type { Look } from '../../tracker/topic/topic.ts'
import { buildCrumbs } from '../part/build-crumbs.ts'
import { buildFacts } from '../part/build-facts.ts'
import {
  branchText,
  buildLook,
  buildName,
  buildsSection,
  nightlyText,
  shortCommit,
  submitterText,
  tookText,
} from '../part/build-look.ts'
import type { BuildView } from '../part/build-view.ts'
import { filledChip } from '../part/chip.ts'
import { frame } from '../part/frame.ts'
import { sentence } from '../part/sentence.ts'
import { stepBeforeSection } from '../part/step-before.ts'
import { countText, type Html, minuteOf, nameOf, titleText, visible } from '../part/text.ts'
import { paths, replyByMail } from '../paths.ts'
import { runSections } from './build-run.ts'
import { waitingAside, waitingSections } from './build-waiting.ts'

export const buildPage = (view: BuildView): Html => {
  const { line, list } = view
  const { number } = line
  const title = titleOfBuild(view)
  return frame({
    title: `Build ${number} ${buildLook(line.state).word}: ${title}`,
    ...(list ? { list } : {}),
    here: 'builds',
    crumbs: buildCrumbs(list, { text: `build ${number}` }),
    skipTo: 'build',
    main: html`<h1>Build ${number} of ${line.kind === 'patchset' ? html`“<bdi>${title}</bdi>”` : buildName(line)}</h1>
${metaLine(view)}
<div class="stand tone-${buildLook(line.state).tone}">${filledChip(capital(buildLook(line.state)))}<div>${verdict(view)}</div></div>
<div class="cols"><div>
${line.state === 'waiting' ? waitingSections(view) : runSections(view)}
</div>
<aside class="side" aria-label="About this build">
${line.state === 'waiting' ? waitingAside(view) : ''}
${buildFacts(view)}
${buildsSection(view.others, othersWords[line.kind], othersPath(view))}
${stepBeforeSection(view)}
${againSection(view)}
</aside></div>`,
  })
}

const othersWords = { push: 'This branch', patchset: 'This patchset', nightly: 'Nights before' } as const

function othersPath({ line, list }: BuildView): string | undefined {
  if (line.kind === 'push') return paths.buildsOfBranch(line.repository, line.ref)
  return line.kind === 'patchset' && list && line.topicId
    ? paths.buildsOfPatchset(list.name, line.topicId)
    : undefined
}

function titleOfBuild({ line }: BuildView): string {
  if (line.kind === 'push') return `${branchText(line.ref)} in ${line.repository}`
  return line.kind === 'nightly' ? nightlyText(line) : titleText(line.title ?? '')
}

const capital = (look: Look): Look => ({
  ...look,
  word: `${look.word[0]?.toUpperCase()}${look.word.slice(1)}`,
})

function metaLine({ line, list, topic, row, now, earlier }: BuildView): Html {
  // A cover letter is among the mails.
  const patches =
    topic?.revisions.find(({ digest }) => digest === line.digest)?.patches.length ?? row.mails.length
  return html`<p class="meta">${
    line.kind === 'patchset' && list && line.topicId
      ? html`<span><a href="${paths.mail(list.name, line.topicId)}">${countText(patches, 'patch', 'patches')}</a> <span class="rev">v${line.version}</span></span>`
      : html`<span>${shortCommit(line.commit)}</span>`
  } ${topic ? html`<span>${nameOf(topic.author)}${earlier === 0 ? ', first patchset here' : ''}</span>` : html`<span><bdi>${submitterText(line)}</bdi></span>`} ${
    line.startedAt
      ? html`<span>started ${minuteOf(line.startedAt.getTime())}</span>`
      : html`<span>since ${minuteOf(line.madeAt.getTime())}</span>`
  } ${line.startedAt ? html`<span class="n">${tookText(line, now)}</span>` : ''}</p>`
}

function verdict(view: BuildView): Html {
  const { line, result, row, elsewhere } = view
  const failed = failedStep(result)
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

function listWords(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(name => visible(name))
  const rest = names.length - shown.length
  const words = rest > 0 ? [...shown, `${rest} more`] : shown
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function againSection({ line, list, topic, result }: BuildView): Html | string {
  if (line.kind !== 'patchset' || !list || !topic || line.endedAt === null || line.topicId === null) return ''
  if (line.commit === null || line.state === 'superseded') return ''
  const failed = failedStep(result)
  const tag = `CI: retest${failed && failed.name !== 'build' ? ` ${failed.name}` : ''}`
  const subject = topic.mails.find(({ id }) => id === line.topicId)?.subject ?? topic.title
  return html`<section><h2>Build again</h2>
<p><a href="${replyByMail({ to: list.address, subject, inReplyTo: line.topicId, body: tag })}">Reply</a> to the patchset with</p>
<code class="cmd">${tag}</code></section>`
}
