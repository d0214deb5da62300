// The addresses of a list: home, groups of topics, search.

import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage, answerSearched } from '../answer.ts'
import { listHomePage } from '../page/list-home.ts'
import { patchsetGroups } from '../page/patchset-groups.ts'
import { searchPage } from '../page/search.ts'
import { type TopicsView, topicsPage } from '../page/topics.ts'
import { newSince } from '../part/news.ts'
import { paths } from '../paths.ts'
import { findTopics } from '../read/found-topics.ts'
import { readHits } from '../read/hits.ts'
import { readLatestMails } from '../read/latest-mails.ts'
import { readLead } from '../read/lead.ts'
import { readListFacts } from '../read/list-facts.ts'
import { type ListRow, locateMail } from '../read/located-mail.ts'
import { type Place, placeOf } from '../read/place.ts'
import { asksForTopics, readQuery } from '../read/query.ts'
import { spelledOtherwise } from '../read/spelling.ts'
import { readTopicGroups, readTopicRun, type TopicChoice } from '../read/topic-rows.ts'

type Database = Kysely<Tables>

/** Rows of a group on the home page; the group's own page has all. */
const groupRows = 12
const latestRows = 10
const topicRows = 50
const hitRows = 20

/** `/LIST/`, `/LIST/?state=`, `/LIST/?q=`. */
export async function answerList(c: Context, db: Database, list: ListRow): Promise<Response> {
  const { q, state, before } = c.req.query()
  if (q !== undefined) return answerSearch(c, db, placeOf(list), q)
  // They count days, so they are other pages tomorrow.
  const now = Date.now()
  const versions = [pagesVersion(list), list.version, new Date(now).toISOString().slice(0, 10)]
  if (state === undefined) return answerFresh(c, ['home', ...versions], () => home(c, db, list, now))
  const chosen = topicsOf(list, state)
  if (chosen === undefined) return c.redirect(paths.list(list.name), 302)
  return answerFresh(c, ['topics', state, before ?? '', ...versions], () =>
    topics(c, db, chosen, { before, now }),
  )
}

async function home(c: Context, db: Database, list: ListRow, now: number): Promise<Response> {
  const countMax = limits.countShownMax
  const since = newSince(c.req.query('since'))
  const groups = [
    ...patchsetGroups.map(({ turn }) => ({ kind: 'patchset', turn }) as const),
    { kind: 'bug' } as const,
  ]
  const [filled, latest, facts] = await Promise.all([
    readTopicGroups(db, list.id, groups, { limit: groupRows, countMax }),
    readLatestMails(db, list.id, latestRows),
    readListFacts(db, list.id, countMax),
  ])
  const bugs = filled.at(-1) ?? { rows: [], count: 0 }
  const patchsets = new Map(patchsetGroups.map((group, at) => [group, filled[at] ?? { rows: [], count: 0 }]))
  return answerPage(c, listHomePage({ list, groups: patchsets, bugs, latest, facts, countMax, since, now }))
}

interface ChosenTopics {
  readonly choice: Omit<TopicChoice, 'limit' | 'before'>
  readonly view: Omit<TopicsView, 'run' | 'continued' | 'since' | 'now'>
}

/** What `?state=` stands for; undefined for a word that is no state. */
function topicsOf(list: ListRow, state: string): ChosenTopics | undefined {
  const pathOf = (before?: string) => paths.topics(list.name, state, before)
  if (state === 'all')
    return {
      choice: {},
      view: {
        list,
        here: 'archive',
        words: 'Archive',
        meaning: 'Every topic, last mail first',
        shape: 'mixed',
        pathOf,
      },
    }
  if (state === 'spam')
    return {
      choice: { kind: 'spam' },
      view: {
        list,
        here: 'archive',
        words: 'Spam',
        meaning: 'Kept out of lists and search; an answer with the line “Type: discussion” brings it back',
        shape: 'mixed',
        pathOf,
      },
    }
  if (state === 'closed')
    return {
      choice: { kind: 'patchset', open: false },
      view: {
        list,
        here: 'home',
        words: 'Closed patchsets',
        meaning: 'Applied, replaced or given up',
        shape: 'patchsets',
        pathOf,
      },
    }
  const group = patchsetGroups.find(({ key }) => key === state)
  return (
    group && {
      choice: { kind: 'patchset', open: true, turn: group.turn },
      view: { list, here: 'home', words: group.words, meaning: group.meaning, shape: 'patchsets', pathOf },
    }
  )
}

async function topics(
  c: Context,
  db: Database,
  { choice, view }: ChosenTopics,
  { before, now }: { readonly before: string | undefined; readonly now: number },
): Promise<Response> {
  const run = await readTopicRun(db, view.list.id, {
    ...choice,
    limit: topicRows,
    ...(before === undefined ? {} : { before }),
  })
  const since = newSince(c.req.query('since'))
  const waiting = choice.open === true ? now : null
  return answerPage(c, topicsPage({ ...view, run, continued: before !== undefined, since, now: waiting }))
}

/** `?q=` of one list or of all. */
export async function answerSearch(c: Context, db: Database, place: Place, typed: string): Promise<Response> {
  const query = typed.trim().slice(0, limits.queryCharactersMax)
  if (/^<?[^\s<>@]+@[^\s<>@]+>?$/.test(query)) {
    const path = await pathOfMail(db, place, query.replace(/^<|>$/g, ''))
    if (path !== undefined) return c.redirect(path, 302)
  }
  const page = pageNumber(c.req.query('page'), limits.countShownMax / hitRows)
  const versions = place.lists.flatMap(list => [pagesVersion(list), list.version])
  return answerFresh(c, ['search', place.name, query, String(page), ...versions], () =>
    answerSearched(c, async () => {
      const meant = c.req.query('page') === undefined ? await pathMeant(db, place, query) : undefined
      if (meant !== undefined) return c.redirect(meant, 302)
      const range = { offset: (page - 1) * hitRows, limit: hitRows, countMax: limits.countShownMax }
      const read = await readQuery(query, 'said')
      const lists = place.lists.map(({ id }) => id)
      const topics =
        read.query && asksForTopics(read.query) ? await findTopics(db, lists, read.query, range) : null
      const found =
        topics === null && read.query ? await readHits(db, lists, read.query, read.marks, range) : null
      const spelled =
        read.query && found?.count === 0 ? await spelledOtherwise(db, lists, read.query, query) : null
      const trouble = query.length < typed.trim().length ? tooLong : (read.problem ?? read.note)
      const view = { place, query, marks: read.marks, found, topics, spelled, page, pageRows: hitRows }
      return answerPage(c, searchPage({ ...view, countMax: limits.countShownMax, trouble }))
    }),
  )
}

/** What a query names, and does not only describe. */
async function pathMeant(db: Database, { lists }: Place, query: string): Promise<string | undefined> {
  if (query.length > limits.subjectCharactersMax) return undefined
  const lead = await readLead(db, lists, query)
  const name = lists.find(({ id }) => id === lead?.list)?.name
  if (lead === null || name === undefined) return undefined
  return 'person' in lead ? paths.person(name, lead.person) : paths.mail(name, lead.mail)
}

/** Of a mail that one of the lists has; the first of them by name. */
async function pathOfMail(db: Database, { lists }: Place, id: string): Promise<string | undefined> {
  for (const { name } of lists) {
    const located = await locateMail(db, name, id)
    if (located && !('unknown' in located)) return paths.mail(name, located.id)
  }
  return undefined
}

const tooLong = `A search has at most ${limits.queryCharactersMax} characters; the rest was left out.`

/** A page from 1 to `max`; anything else is the first. */
export function pageNumber(text: string | undefined, max: number): number {
  const page = /^\d{1,6}$/.test(text ?? '') ? Number(text) : 1
  return page >= 1 && page <= max ? page : 1
}
