// The commits that a patch became, or that closed a bug: branch, first release, and a link where commits are shown.
import { html } from 'hono/html'
import type { Landing } from '../../tracker/topic/landing.ts'
import type { TopicPatch } from '../../tracker/topic/topic.ts'
import type { ListRow } from '../read/located-mail.ts'
import { type Html, visible } from './text.ts'

/** Rows for the list of facts; a series of many patches names its first ones. */
export const landedFacts = (list: ListRow, patches: readonly TopicPatch[]): Html[] => {
  const all = patches.flatMap(patch => (patch.landed ?? []).map(landing => ({ patch, landing })))
  return some(all, ({ patch, landing }) =>
    landingLine(list, landing, patches.length > 1 ? patch.number : null),
  )
}

/** The same for a bug or a report. */
export const fixedFacts = (list: ListRow, landed: readonly Landing[]): Html[] =>
  some(landed, landing => landingLine(list, landing, null))

const landingsShownMax = 12

function some<T>(all: readonly T[], line: (one: T) => Html): Html[] {
  const more = all.length - landingsShownMax
  return [
    ...all.slice(0, landingsShownMax).map(line),
    ...(more > 0 ? [html`<dt>Commits</dt><dd>${more} more</dd>`] : []),
  ]
}

function landingLine(list: ListRow, landing: Landing, number: number | null): Html {
  const { how, commit, branch, release, changed, turns } = landing
  const back = turns.length % 2 === 1 ? turns.at(-1) : undefined
  const words = how === 'closes' ? 'Fixed by' : number === null ? 'Commit' : `Commit of ${number}`
  const named = list.commitUrl === null ? html`<code>${visible(commit)}</code>` : commitLink(list, commit)
  return html`<dt>${words}</dt><dd>${named} in ${visible(branch)}${
    release === null ? '' : html`, first in <b>${visible(release)}</b>`
  }${changed ? ', with changes' : ''}${back ? html`, <span class="bad txt">reverted</span> by ${commitLink(list, back.commit)}` : ''}</dd>`
}

export function commitLink(list: Pick<ListRow, 'commitUrl'>, commit: string): Html {
  const short = html`<code>${visible(commit.slice(0, 12))}</code>`
  return list.commitUrl === null
    ? short
    : html`<a href="${list.commitUrl.replace('%s', commit)}">${short}</a>`
}
