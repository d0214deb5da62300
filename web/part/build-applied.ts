// Where it was tried to put a patchset, when that is worth telling: more than one try, or none that took it.
import { html } from 'hono/html'
import { branchText, shortCommit } from './build-look.ts'
import type { BuildView } from './build-view.ts'
import { type Html, visible } from './text.ts'

export function appliedSection({ applications, line }: BuildView): Html | string {
  if (applications.length === 0 || (applications.length === 1 && line.state !== 'conflict')) return ''
  return html`<section aria-labelledby="h-base">
<div class="hd"><h2 id="h-base">Where it applies</h2></div>
<div class="card"><table class="flat"><thead><tr><th scope="col">Base</th><th scope="col">Outcome</th><th scope="col">What git said</th></tr></thead>
<tbody>${applications.map(appliedRow)}</tbody></table></div>
</section>`
}

const appliedRow = (one: BuildView['applications'][number]): Html =>
  html`<tr><th scope="row" class="sub">${one.branch ? html`<bdi>${branchText(one.branch)}</bdi> ` : ''}${shortCommit(one.base)} <span class="soft">${foundWords(one.found_by)}</span></th><td>${outcomeWords[one.outcome]}${one.file ? html` in <code>${visible(one.file.slice(0, 200))}</code>` : ''}</td><td class="soft">${visible((one.said ?? '').slice(0, 300))}</td></tr>
`

const outcomeWords = {
  applied: 'applies',
  already: 'is in already',
  conflict: 'conflict',
  'unknown-base': 'is not known here',
  ambiguous: 'is not clear',
  error: 'could not be tried',
} as const

function foundWords(by: string): string {
  if (by === 'default') return 'the usual branch'
  if (by === 'prefix') return 'by its prefix'
  return by === 'blobs' ? 'by its blobs' : `by ${by.slice(0, 40)}`
}
