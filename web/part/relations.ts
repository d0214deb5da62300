// What a revision says of other postings, each with the mail that says it: "Depends on", "Based on", "Supersedes".
import { html } from 'hono/html'
import { lookOf } from '../../tracker/topic/look.ts'
import { revisionName } from '../../tracker/topic/revision-name.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { Relation } from '../read/relations.ts'
import { countText, type Html, titleOf, visible } from './text.ts'

/** Rows of a list of facts. */
export function relationFacts(list: ListRow, topic: Topic, relations: readonly Relation[]): Html[] {
  const unseen = relations.filter(one => one.topic === null && one.by === 'patch-id')
  const others = relations.filter(one => !unseen.includes(one))
  const rows = others.slice(0, shownMax).map(one => row(list, one, whichOf(list, topic, one)))
  const [first] = unseen
  // Nobody reads forty digits twenty times.
  return first
    ? [...rows, row(list, first, html`${countText(unseen.length, 'patch', 'patches')}, not seen here`)]
    : rows
}

const shownMax = 12

const row = (list: ListRow, { what, mail }: Relation, which: Html): Html =>
  html`<dt>${words[what]}</dt><dd>${which}, <a href="${paths.mail(list.name, mail)}">as this mail says</a></dd>`

const words: Readonly<Record<Relation['what'], string>> = {
  supersedes: 'Supersedes',
  depends: 'Depends on',
  based: 'Based on',
}

function whichOf(list: ListRow, topic: Topic, { target, topic: other }: Relation): Html {
  if (!other) return html`<code>${visible(target)}</code>, not seen here`
  if (other.id !== topic.id)
    return html`<a href="${paths.mail(list.name, other.id)}">${titleOf(other.title)}</a>${other.state ? html`, ${lookOf(other.state).word.toLowerCase()}` : ''}`
  const older = topic.revisions.find(
    ({ cover, patches }) => cover === target || patches.some(({ id }) => id === target),
  )
  return html`<a href="${paths.mail(list.name, target)}">${older ? revisionName(topic.revisions, older) : 'an older posting'}</a>`
}
