// The table of a revision: patches by reviewers, with what became of them, lines and checks. It answers at a glance
// which patch still waits for somebody.

import { html } from 'hono/html'
import type { Person } from '../../tracker/mail/facts.ts'
import type { PatchPair } from '../../tracker/topic/compare.ts'
import type { ReviewThread } from '../../tracker/topic/patch-review.ts'
import {
  countChecks,
  isShown,
  patchChecks,
  personKey,
  type Review,
  type Reviewer,
  reviewersOf,
  reviewsOf,
} from '../../tracker/topic/reviews.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { checkCount } from './checks.ts'
import { stateWords } from './chip.ts'
import { commentAnchor } from './comments.ts'
import { type Html, linesOf, nameText, titleOf, visible } from './text.ts'

/** More columns make the table unreadable; the others are counted in one more. */
const reviewersShownMax = 4

export interface PatchTable {
  readonly list: string
  readonly topic: Topic
  readonly revision: Revision
  /** Those of the revision; a partial reroll is completed by earlier ones. */
  readonly patches: readonly TopicPatch[]
  /** Open comments, by patch. */
  readonly open: ReadonlyMap<string, readonly ReviewThread[]>
  readonly since: Since | null
}

/** What became of the patches since the revision before, and where that is shown. */
export interface Since {
  readonly name: string
  readonly path: string
  readonly pairs: readonly PatchPair[]
}

export function patchTable(table: PatchTable): Html {
  const { list, topic, revision, patches, open, since } = table
  const reviews = new Map(patches.map(patch => [patch.id, reviewsOf(topic, revision, patch)]))
  const all = peopleOf([...reviews.values()], [...open.values()].flat())
  const reviewers = all.slice(0, reviewersShownMax)
  const others = all.slice(reviewersShownMax)
  const mixed = revision.state === 'mixed'
  const checked = patches.some(patch => patchChecks(topic, revision, patch).length > 0)
  const head = html`<thead><tr><th scope="col" class="num">#</th><th scope="col">Subject</th>${since ? html`<th scope="col">Since ${since.name}</th>` : ''}${mixed ? html`<th scope="col">State</th>` : ''}${reviewers.map(({ person }) => html`<th scope="col" class="mid">${columnName(person)}</th>`)}${others.length > 0 ? html`<th scope="col" class="mid">+${others.length}<span class="vh"> more people</span></th>` : ''}<th scope="col" class="num">Lines</th>${checked ? html`<th scope="col">Checks</th>` : ''}</tr></thead>`
  const row = (patch: TopicPatch) => {
    const cell = (people: readonly Reviewer[]) =>
      reviewCell(table, people, reviews.get(patch.id) ?? [], patch, open.get(patch.id) ?? [])
    return html`<tr><td class="num soft">${patch.number}</td><th scope="row" class="sub"><a href="${paths.mail(list, patch.id)}">${titleOf(patch.title)}</a></th>${since ? sinceCell(since, patch) : ''}${mixed ? html`<td>${stateWords(patch.state)}</td>` : ''}${reviewers.map(reviewer => cell([reviewer]))}${others.length > 0 ? cell(others) : ''}<td class="num n">${linesOf(patch.added, patch.removed)}</td>${checked ? html`<td>${checkCount(countChecks(patchChecks(topic, revision, patch)))}</td>` : ''}</tr>
`
  }
  return html`<div class="card scroll"><table class="quiet flat">${head}
<tbody>${patches.map(row)}</tbody></table>
${keyLine([...reviews.values()].flat(), [...open.values()].flat())}</div>`
}

/** Who gave a trailer, then who waits for an answer. */
function peopleOf(reviews: readonly (readonly Review[])[], open: readonly ReviewThread[]): Reviewer[] {
  const people = new Map(reviewersOf(reviews).map(reviewer => [reviewer.key, reviewer]))
  for (const { first } of open) {
    const key = personKey(first.author)
    if (!people.has(key)) people.set(key, { key, person: first.author })
  }
  return [...people.values()]
}

function sinceCell({ name, path, pairs }: Since, patch: TopicPatch): Html {
  const pair = pairs.find(({ now }) => now === patch)
  if (pair === undefined) return html`<td></td>`
  return pair.change === 'changed'
    ? html`<td data-w="Since ${name}"><a href="${path}#p${patch.number}">changed</a></td>`
    : html`<td data-w="Since ${name}" class="soft">${pair.change}</td>`
}

/** One cell: the letters that these people gave and their open comments; a dash when there are none. */
function reviewCell(
  { list }: PatchTable,
  people: readonly Reviewer[],
  given: readonly Review[],
  patch: TopicPatch,
  open: readonly ReviewThread[],
): Html {
  const keys = new Set(people.map(({ key }) => key))
  const counted = given.filter(review => isShown(review) && keys.has(personKey(review.who)))
  const newest = new Map(counted.map(review => [review.letter + personKey(review.who), review]))
  const waiting = open.find(({ first }) => keys.has(personKey(first.author)))
  const name = people.length === 1 && people[0] ? firstName(people[0].person) : 'Others'
  if (newest.size === 0 && !waiting) return html`<td data-w="${name}" class="mid soft no">–</td>`
  return html`<td data-w="${name}" class="mid">${[...newest.values()].map(review => letterOf(list, review))}${
    waiting
      ? html`<a class="tr w" href="${paths.mail(list, patch.id)}#${commentAnchor(waiting.first)}">!<span class="vh"> Open comment</span></a>`
      : ''
  }</td>`
}

/** The box with R, A, T or N: filled when given on this revision, an outline when carried over, dashed when nobody said it here. */
export function letterOf(list: string, { letter, key, mail, from, counts }: Review): Html {
  const own = counts === 'message' ? ' kept' : from === null ? ' new' : ''
  const look = `tr${own}${letter === 'N' ? ' c' : ''}`
  const origin =
    counts === 'message' ? ', in the commit message only' : from === null ? '' : `, carried from v${from}`
  const rest = `${visible(key).slice(1)}${origin}`
  return html`<a class="${look}" href="${paths.mail(list, mail)}">${letter}<span class="vh">${rest}</span></a>`
}

const columnName = (person: Person): Html => {
  const first = firstName(person)
  return html`<bdi>${first}</bdi><span class="vh">${nameText(person).slice(first.length)}</span>`
}

const firstName = (person: Person) => nameText(person).split(' ')[0] ?? ''

const letterWords: readonly (readonly [string, string])[] = [
  ['R', 'Reviewed-by'],
  ['A', 'Acked-by'],
  ['T', 'Tested-by'],
  ['N', 'Nacked-by'],
]

function keyLine(reviews: readonly Review[], open: readonly ReviewThread[]): Html | string {
  const counted = reviews.filter(isShown)
  if (counted.length === 0 && open.length === 0) return ''
  const used = letterWords.filter(([letter]) => counted.some(review => review.letter === letter))
  const carried = counted.some(({ from }) => from !== null)
  const kept = counted.some(({ counts }) => counts === 'message')
  return html`<p class="key">${used.map(([letter, words]) => html`<span><b class="tr new${letter === 'N' ? ' c' : ''}" aria-hidden="true">${letter}</b> ${words}</span> `)}${
    carried ? html`<span><b class="tr" aria-hidden="true">R</b> carried from an earlier revision</span> ` : ''
  }${kept ? html`<span><b class="tr kept" aria-hidden="true">R</b> in the commit message only</span> ` : ''}${open.length > 0 ? html`<span><b class="tr w" aria-hidden="true">!</b> open comment</span>` : ''}</p>`
}
