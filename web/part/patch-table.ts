// The table of a revision: patches by reviewers, with lines and checks. It answers at a glance which patch still
// waits for somebody.
import { html } from 'hono/html'
import type { Person } from '../../tracker/mail/facts.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { checkCount, patchChecks } from './checks.ts'
import { stateWords } from './chip.ts'
import { personKey, type Review, type Reviewer, reviewersOf, reviewsOf } from './reviews.ts'
import { type Html, linesOf, nameText, titleOf, visible } from './text.ts'

/** More columns make the table unreadable; the others are counted in one more. */
const reviewersShownMax = 4

export function patchTable(list: string, topic: Topic, revision: Revision): Html {
  const reviews = new Map(revision.patches.map(patch => [patch.id, reviewsOf(topic, revision, patch)]))
  const all = reviewersOf([...reviews.values()])
  const reviewers = all.slice(0, reviewersShownMax)
  const others = all.slice(reviewersShownMax)
  const mixed = revision.state === 'mixed'
  const checked = revision.patches.some(patch => patchChecks(topic.checks, revision, patch).length > 0)
  const head = html`<thead><tr><th scope="col" class="num">#</th><th scope="col">Subject</th>${mixed ? html`<th scope="col">State</th>` : ''}${reviewers.map(({ person }) => html`<th scope="col" class="mid">${columnName(person)}</th>`)}${others.length > 0 ? html`<th scope="col" class="mid">+${others.length}</th>` : ''}<th scope="col" class="num">Lines</th>${checked ? html`<th scope="col">Checks</th>` : ''}</tr></thead>`
  const row = (patch: TopicPatch) => {
    const given = reviews.get(patch.id) ?? []
    return html`<tr><td class="num soft">${patch.number}</td><th scope="row" class="sub"><a href="${paths.mail(list, patch.id)}">${titleOf(patch.title)}</a></th>${mixed ? html`<td>${stateWords(patch.state)}</td>` : ''}${reviewers.map(reviewer => reviewCell(list, [reviewer], given))}${others.length > 0 ? reviewCell(list, others, given) : ''}<td class="num n">${linesOf(patch.added, patch.removed)}</td>${checked ? html`<td>${checkCount(patchChecks(topic.checks, revision, patch))}</td>` : ''}</tr>
`
  }
  return html`<div class="card scroll"><table class="quiet flat">${head}
<tbody>${revision.patches.map(row)}</tbody></table>
${keyLine([...reviews.values()].flat())}</div>`
}

/** One cell: the letters that these people gave; a dash when none did. */
function reviewCell(list: string, people: readonly Reviewer[], given: readonly Review[]): Html {
  const keys = new Set(people.map(({ key }) => key))
  const counted = given.filter(review => review.counts === 'yes' && keys.has(personKey(review.who)))
  const newest = new Map(counted.map(review => [review.letter + personKey(review.who), review]))
  const name = people.length === 1 && people[0] ? firstName(people[0].person) : 'Others'
  if (newest.size === 0) return html`<td data-w="${name}" class="mid soft no">–</td>`
  return html`<td data-w="${name}" class="mid">${[...newest.values()].map(review => letter(list, review))}</td>`
}

function letter(list: string, { letter, key, mail, from }: Review): Html {
  const look = `tr${from === null ? ' new' : ''}${letter === 'N' ? ' c' : ''}`
  const rest = `${visible(key).slice(1)}${from === null ? '' : `, carried from v${from}`}`
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

function keyLine(reviews: readonly Review[]): Html | string {
  const counted = reviews.filter(({ counts }) => counts === 'yes')
  if (counted.length === 0) return ''
  const used = letterWords.filter(([letter]) => counted.some(review => review.letter === letter))
  const carried = counted.some(({ from }) => from !== null)
  return html`<p class="key">${used.map(([letter, words]) => html`<span><b class="tr new${letter === 'N' ? ' c' : ''}" aria-hidden="true">${letter}</b> ${words}</span>`)}${
    carried ? html`<span><b class="tr" aria-hidden="true">R</b> carried from an earlier revision</span>` : ''
  }</p>`
}
