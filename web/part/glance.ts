// What a reader comes to ask, answered in a few lines below the standing: who answered, what changed, who looked at the newest
// revision, what failed, where it was applied, who is asked. Each answer leads to its mail; what nobody can know yet is left out.

import { html } from 'hono/html'
import type { MessageId } from '../../base/ids.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { samePerson } from '../../tracker/topic/person.ts'
import {
  isShown,
  personKey,
  reviewCount,
  reviewsOf,
  revisionChecks,
  weightyChecks,
} from '../../tracker/topic/reviews.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Applied, Revision, Topic, TopicMail, Turn } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { commitLink } from './landings.ts'
import { personLink } from './person-link.ts'
import { countText, dayOf, type Html, nameOf, visible } from './text.ts'

/** `changed`: how many patches did since the revision before, and the page that shows them. */
export function patchsetGlance(
  list: ListRow,
  topic: Topic,
  changed: { readonly words: string; readonly path: string } | null,
): Html {
  const newest = topic.revisions.at(-1)
  return lines([
    newest ? newestLine(list, newest) : null,
    answersLine(list, topic),
    changed && ['Changed', html`<a href="${changed.path}">${changed.words}</a>`],
    newest ? lookedLine(list, topic, newest) : null,
    newest ? failedLine(list, topic, newest) : null,
    appliedLine(list, topic, newest),
    askedLine(list, topic),
  ])
}

export const bugGlance = (list: ListRow, topic: Topic): Html =>
  lines([answersLine(list, topic), appliedLine(list, topic, undefined), askedLine(list, topic)])

type Line = readonly [string, Html]

const lines = (all: readonly (Line | null)[]): Html =>
  html`<dl class="glance">${all.map(line =>
    line === null ? '' : html`<div><dt>${line[0]}</dt> <dd>${line[1]}</dd></div> `,
  )}</dl>`

/** The newest revision, on the pages of the older ones, too. */
function newestLine(list: ListRow, newest: Revision): Line | null {
  const head = headOf(newest)
  return head === null
    ? null
    : ['Newest', html`<a href="${paths.mail(list.name, head)}">v${newest.version}</a>, ${dayOf(newest.said)}`]
}

/** What people wrote, and not its author alone. */
function answersLine(list: ListRow, { mails, author, revisions }: Topic): Line | null {
  const people: readonly Person[] = [author, ...revisions.map(revision => revision.author)]
  const answers = mails.filter(
    mail =>
      mail.role === 'reply' && !mail.automatic && !people.some(person => samePerson(person, mail.author)),
  )
  const latest = answers.at(-1)
  if (!latest) return ['Answers', html`None yet`]
  const link = html`<a href="${paths.mail(list.name, latest.id)}">${nameOf(latest.author)}</a>, ${dayOf(latest.said)}`
  return ['Answers', answers.length === 1 ? link : html`${answers.length}, the latest by ${link}`]
}

/** By a trailer, or by a mail about it. */
function lookedLine(list: ListRow, topic: Topic, newest: Revision): Line {
  const { patches } = reviewCount(topic, newest)
  const given = patches.flatMap(patch => reviewsOf(topic, newest, patch)).filter(isShown)
  const posted = new Set<string | null>([newest.cover, ...newest.patches.map(({ id }) => id)])
  const mails = new Map(topic.mails.map(mail => [mail.id, mail]))
  const answers = topic.mails.filter(
    mail =>
      mail.role === 'reply' &&
      !mail.automatic &&
      !samePerson(mail.author, newest.author) &&
      isBelow(mails, mail, posted),
  )
  const people = new Map<string, { who: Person; mail: string }>()
  for (const { who, mail } of [
    ...given.map(({ who, mail }) => ({ who, mail })),
    ...answers.map(({ author, id }) => ({ who: author, mail: id })),
  ])
    if (!people.has(personKey(who))) people.set(personKey(who), { who, mail })
  const words = `Looked at v${newest.version}`
  if (people.size === 0) return [words, html`Nobody yet`]
  return [
    words,
    some(
      [...people.values()],
      ({ who, mail }) => html`<a href="${paths.mail(list.name, mail)}">${nameOf(who)}</a>`,
    ),
  ]
}

/** Is it below one of the posted mails, and of no other revision? Without recursion: the depth of a thread is a stranger's choice. */
function isBelow(
  mails: ReadonlyMap<MessageId, TopicMail>,
  mail: TopicMail,
  posted: ReadonlySet<string | null>,
): boolean {
  for (let at = mail.parent; at !== null; at = mails.get(at)?.parent ?? null) {
    if (posted.has(at)) return true
    if (mails.get(at)?.role !== 'reply') return false
  }
  return false
}

function failedLine(list: ListRow, topic: Topic, newest: Revision): Line | null {
  const checks = weightyChecks(revisionChecks(topic, newest))
  if (checks.length === 0) return null
  const failed = checks.filter(({ state }) => state === 'fail')
  if (failed.length === 0) return ['Failed', html`None of ${countText(checks.length, 'check')}`]
  return [
    'Failed',
    some(failed, check => html`<a href="${paths.mail(list.name, check.mail)}">${visible(check.context)}</a>`),
  ]
}

/** The branches that hold it; else who said so. Nothing where the standing says it already. */
function appliedLine(list: ListRow, topic: Topic, newest: Revision | undefined): Line | null {
  const told = topic.standing.sentence.some(part =>
    typeof part === 'string'
      ? /\blanded\b|^Fixed in /i.test(part)
      : /\blanded\b/i.test(part.text) || topic.applied.some(({ mail }) => mail === part.mail),
  )
  if (told) return null
  const landed = newest ? newest.patches.flatMap(patch => patch.landed ?? []) : (topic.landed ?? [])
  const standing = landed.filter(({ turns }) => turns.length % 2 === 0)
  const byBranch = [...Map.groupBy(standing, ({ branch }) => branch)]
  if (byBranch.length > 0)
    return [
      newest ? 'Applied' : 'Fixed',
      some(byBranch, ([branch, own]) => {
        const [first] = own
        return html`<bdi>${visible(branch)}</bdi>${first ? html` as ${commitLink(list, first.commit)}` : ''}${first?.release ? `, in ${visible(first.release)}` : ''}`
      }),
    ]
  const said = topic.applied.findLast(({ passing }) => !passing)
  return said ? ['Applied', saidApplied(list, said)] : null
}

const saidApplied = (list: ListRow, { who, mail, said, commit }: Applied): Html =>
  html`<a href="${paths.mail(list.name, mail)}">by ${nameOf(who)}</a>, ${dayOf(said)}${commit ? html`, as ${commitLink(list, commit)}` : ''}`

/** Whom it waits for, where it waits for anybody, and the mail since which it does. */
function askedLine(list: ListRow, topic: Topic): Line | null {
  const whom = askedPeople(list, topic)
  const { since } = topic.standing
  if (whom === null || since === undefined) return whom && ['Asked', whom]
  const mail = [...topic.mails, ...topic.history.map(({ mail: id, said }) => ({ id, said }))].findLast(
    ({ said }) => said === since,
  )
  return mail
    ? ['Asked', html`${whom}, <a href="${paths.mail(list.name, mail.id)}">since ${dayOf(since)}</a>`]
    : ['Asked', whom]
}

function askedPeople(list: ListRow, { standing, delegate, revisions, kind }: Topic): Html | null {
  const { turn, waits, since } = standing
  if (waits) return personLink(list.name, waits)
  if (turn === null) return kind === 'bug' && since !== undefined ? html`Whoever can help` : null
  if (turn === 'nobody') return null
  const author = revisions.at(-1)?.author
  if (turn === 'author' && author) return personLink(list.name, author)
  return delegate ? personLink(list.name, delegate.person) : html`${askedWords[turn]}`
}

const askedWords: Readonly<Record<Exclude<Turn, 'nobody'>, string>> = {
  author: 'Its author',
  reviewer: 'Whoever reviews',
  maintainer: 'The maintainers',
}

function some<T>(all: readonly T[], one: (item: T) => Html): Html {
  const more = all.length - shownMax
  return html`${all.slice(0, shownMax).map((item, at) => html`${at > 0 ? ', ' : ''}${one(item)}`)}${more > 0 ? ` and ${more} more` : ''}`
}

const shownMax = 4
