// What an approver wants to know before a stranger's code runs: what it changes, what of that is hard to read, who sent it, and what it
// would get. Facts, no judgement.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { secondsText } from '../../base/seconds-text.ts'
import type { CommitChanges } from '../../tracker/build/commit-changes.ts'
import type { ForeseenCommit, Gets } from '../../tracker/build/forecast.ts'
import type { Revision } from '../../tracker/topic/topic.ts'
import { howWords } from '../../tracker/topic/verdict-words.ts'
import { paths } from '../paths.ts'
import type { ShownVerdict } from '../read/verdict.ts'
import { addressText } from './address.ts'
import type { BuildView } from './build-view.ts'
import { bytesText, countText, type Html, linesOf, visible } from './text.ts'

export function lookSection(view: BuildView): Html | string {
  const { line, list, topic, row, forecast } = view
  const revision =
    topic?.revisions.find(({ digest }) => digest === line.digest) ??
    topic?.revisions.findLast(({ version }) => version === line.version)
  if (!revision || !list) return ''
  return html`<section aria-labelledby="h-look">
<div class="hd"><h2 id="h-look">Worth a look before</h2><a href="${paths.mail(list.name, line.topicId ?? row.topic_id ?? '')}">The patches</a></div>
<div class="card"><table class="flat">
<thead><tr><th scope="col" class="wide">What</th><th scope="col">Found</th></tr></thead>
<tbody>
${fileRows(view, revision)}
${forecast?.commit ? changeRows(forecast.commit.changes) : ''}
${lookRow('Sender', senderWords(view))}
${forecast ? lookRow('It will get', getsWords(forecast.gets, forecast.commit)) : ''}
</tbody></table></div></section>`
}

const lookRow = (what: Html | string, found: Html | string): Html =>
  html`<tr><th scope="row" class="sub">${what}</th><td>${found}</td></tr>
`

function fileRows({ evidence }: BuildView, { patches }: Revision): Html {
  const guarded = evidence.guarded ?? null
  const sum = (of: 'added' | 'removed') => patches.reduce((all, patch) => all + patch[of], 0)
  return html`${lookRow('Files', fileNames([...new Set(patches.flatMap(patch => patch.files))]))}
${guarded === null ? '' : lookRow(html`Build files, <code>.ci</code>`, foundOr(guarded, 'changed', 'untouched'))}
${lookRow('Size', html`${countText(patches.length, 'patch', 'patches')}, ${linesOf(sum('added'), sum('removed'))}`)}`
}

function changeRows(changes: CommitChanges | null): Html {
  if (changes === null) return lookRow('Contents', 'too much to be looked through here')
  const { binary, long, turned, links, executable } = changes
  return html`${lookRow('Binary files', foundOr(binary, 'changed', 'none'))}
${lookRow('Very long lines', foundOr(long, `beyond ${limits.lookLineCharactersMax} characters`, 'none'))}
${turned.length === 0 ? '' : lookRow('Writing direction', foundOr(turned, 'turned', 'as it stands'))}
${links.length === 0 ? '' : lookRow('Links, submodules', foundOr(links, 'made', 'none'))}
${executable.length === 0 ? '' : lookRow('Programs', foundOr(executable, 'made executable', 'none'))}`
}

const foundOr = (files: readonly string[], found: string, none: string): Html =>
  files.length === 0
    ? html`<span class="ok txt"><span aria-hidden="true">✓</span> ${none}</span>`
    : html`<span class="warn txt"><span aria-hidden="true">!</span> ${found}:</span> ${fileNames(files)}`

const filesShownMax = 12

const fileNames = (files: readonly string[]): Html =>
  html`${files.slice(0, filesShownMax).map((file, at) => html`${at > 0 ? ', ' : ''}<code>${visible(file.slice(0, 200))}</code>`)}${files.length > filesShownMax ? ` and ${files.length - filesShownMax} more` : ''}`

const senderWords = ({ line, sender, earlier }: BuildView): Html =>
  html`<bdi>${addressText(line.submitter)}</bdi>, ${vouchedWords(sender)}${earlier === null ? '' : html`; ${earlierWords(earlier)}`}`

function earlierWords(count: number): string {
  if (count === 0) return 'no patchset here before this one'
  const many = count >= limits.earlierCountMax
  return `${many ? `${limits.earlierCountMax} patchsets or more` : countText(count, 'patchset')} here before`
}

function vouchedWords(sender: ShownVerdict | null): string {
  if (sender === null || sender === 'pending' || sender === 'unknown') return 'not checked yet'
  return sender === 'imported' ? 'from an archive' : visible(howWords(sender.how))
}

function getsWords(gets: Gets | string, commit: ForeseenCommit | null): Html {
  if (typeof gets === 'string') return html`nothing: ${visible(gets.slice(0, 300))}`
  const seconds = Math.min(gets.seconds, commit?.secondsMax ?? gets.seconds)
  const costs = `${bytesText(gets.memoryBytes)} of memory, ${bytesText(gets.diskBytes)} of disk, ${timeText(seconds)}`
  return html`${gets.cpus === null ? '' : `${coresText(gets.cpus)}, `}${costs}, no network, no secrets; ${
    gets.sandboxes.length === 0
      ? html`<span class="warn txt"><span aria-hidden="true">!</span> no runner that is there has a sandbox for it</span>`
      : `in ${gets.sandboxes.map(name => sandboxNames.get(name) ?? name).join(' or ')}`
  }`
}

const timeText = (seconds: number): string =>
  seconds % 60 === 0 ? countText(seconds / 60, 'minute') : secondsText(seconds)

const coresText = ({ least, most }: NonNullable<Gets['cpus']>): string =>
  least === most ? countText(most, 'core') : `${least} to ${countText(most, 'core')}`

const sandboxNames = new Map([
  ['gvisor', 'gVisor'],
  ['nspawn', 'systemd-nspawn'],
  ['bwrap', 'bubblewrap'],
])
