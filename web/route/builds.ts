// The addresses of builds: the queue, those of a list, a branch or a patchset, and badges. One build is in build.ts.
import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { Kysely } from 'kysely'
import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import { toStorableText } from '../../base/storable.ts'
import { buildCounts } from '../../sql/build-state.ts'
import { listRunners } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import { keptNights } from '../../tracker/build/kept-commit.ts'
import type { PlaceOptions } from '../../tracker/build/place.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { badge } from '../badge.ts'
import { branchesPage } from '../page/branches.ts'
import { buildsPage, type Night } from '../page/builds.ts'
import { buildsOfPage } from '../page/builds-of.ts'
import { queuePage } from '../page/queue.ts'
import { isQueuePart, type QueuePart, queueParts } from '../page/queue-parts.ts'
import { branchText, buildChip, shortCommit } from '../part/build-look.ts'
import { titleOf, titleText, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import {
  countEndedBuilds,
  readBranchResult,
  readBranchResults,
  readBuildsIn,
  readBuildsOfBranch,
  readBuildsOfList,
  readBuildsOfNights,
  readBuildsOfTopic,
  readBuildsVersion,
  readEndedBuilds,
  readNewestBranches,
} from '../read/builds.ts'
import { findListRow, type ListRow } from '../read/located-mail.ts'
import { readTopicOf } from '../read/topic.ts'

/** With names of a usual length a page of so many stays below 30 kB. */
const rows = 40
const queueRows = 8
const newestRows = 25
const branchRows = 12

export function addBuilds(app: Hono, db: Kysely<Tables>): void {
  app.get('/builds', c => c.redirect(paths.queue(), 301))
  app.get('/builds/', c => {
    const { repository, branch, state = '' } = c.req.query()
    if (repository !== undefined && branch !== undefined) return answerBranch(c, db, repository, branch)
    return isQueuePart(state) ? answerPart(c, db, state) : answerQueue(c, db)
  })
}

async function answerQueue(c: Context, db: Kysely<Tables>): Promise<Response> {
  const now = new Date()
  const lines = async (part: QueuePart) => (await readPart(db, part, null)).slice(0, queueRows)
  const [running, queued, waiting, ended, counts, endedCount, runners] = await Promise.all([
    lines('running'),
    lines('queued'),
    lines('waiting'),
    lines('ended'),
    buildCounts(db),
    countEndedBuilds(db, limits.buildsCountedMax),
    listRunners(db),
  ])
  const parts = {
    running: { lines: running, count: counts.running },
    queued: { lines: queued, count: counts.queued },
    waiting: { lines: waiting, count: counts.waiting },
    ended: { lines: ended, count: endedCount },
  }
  return answerPage(c, queuePage({ now, parts, runners, countMax: limits.buildsCountedMax }))
}

/** One more than a page of them when there are more. `behind`: the number of the last one before them. */
const readPart = (db: Kysely<Tables>, part: QueuePart, behind: string | null) =>
  part === 'ended'
    ? readEndedBuilds(db, { limit: rows + 1, before: behind })
    : readBuildsIn(db, part, { limit: rows + 1, after: behind })

const numberIn = (c: Context, name: string): string | null => {
  const given = c.req.query(name) ?? ''
  return /^\d{1,18}$/.test(given) ? given : null
}

/** `/builds/?state=waiting`. */
async function answerPart(c: Context, db: Kysely<Tables>, part: QueuePart): Promise<Response> {
  const behind = numberIn(c, 'behind')
  const { shown, next } = pageOf(await readPart(db, part, behind))
  const { words, meaning } = queueParts[part]
  const first = behind === null ? null : paths.buildsIn(part)
  return answerPage(
    c,
    buildsOfPage({
      title: words,
      heading: html`${words}`,
      meta: html`${meaning === '' ? '' : html`<span>${meaning}</span>`} <a href="${paths.queue()}">The whole queue</a>`,
      list: undefined,
      lines: shown,
      table: { now: new Date(), lists: true, tags: part === 'waiting' },
      pages: { first, next: next && paths.buildsIn(part, next), words: onwards },
    }),
  )
}

const onwards = { first: 'From the first', next: 'More' } as const

/** Of one more than a page: that page, and the number behind which the next one begins. */
function pageOf<Line extends { readonly number: string }>(found: readonly Line[], count = rows) {
  const shown = found.slice(0, count)
  return { shown, next: found.length > count ? (shown.at(-1)?.number ?? null) : null }
}

/** `/builds/?repository=tarn&branch=main`. */
async function answerBranch(
  c: Context,
  db: Kysely<Tables>,
  repository: string,
  branch: string,
): Promise<Response> {
  const before = numberIn(c, 'before')
  const ref = branch.startsWith('refs/') ? branch : `refs/heads/${branch}`
  const { shown, next } = pageOf(await readBuildsOfBranch(db, repository, ref, { limit: rows + 1, before }))
  const [newest] = shown
  const list = newest?.list ? await findListRow(db, newest.list) : undefined
  const name = branchText(ref)
  return answerPage(
    c,
    buildsOfPage({
      title: `${name} in ${visible(repository.slice(0, 64))}`,
      heading: html`Builds of <bdi>${name}</bdi>`,
      meta: html`<span>in <bdi>${visible(repository.slice(0, 64))}</bdi></span>${
        newest && before === null
          ? html` <span>${buildChip(newest.state)} at ${shortCommit(newest.commit)}</span>`
          : ''
      } ${list ? html`<a href="${paths.badge(list.name, ref.replace(/^refs\/heads\//, ''))}">Badge</a>` : ''}`,
      list,
      lines: shown,
      table: { now: new Date(), alike: true },
      pages: {
        first: before === null ? null : paths.buildsOfBranch(repository, ref),
        next: next && paths.buildsOfBranch(repository, ref, next),
      },
    }),
  )
}

/** `/LIST/builds/`. */
export async function answerBuilds(
  c: Context,
  db: Kysely<Tables>,
  list: ListRow,
  place: PlaceOptions | null,
): Promise<Response> {
  const { patchset, branches: all } = c.req.query()
  if (patchset !== undefined) return answerPatchset(c, db, list, patchset)
  if (all !== undefined) return answerBranches(c, db, list)
  const before = numberIn(c, 'before')
  const version = await readBuildsVersion(db, list.id)
  const refs =
    place === null || before !== null ? new Map<string, string>() : await keptNights(list.name, place)
  const versions = [before ?? '', pagesVersion(list), list.version, version, JSON.stringify([...refs])]
  return answerFresh(c, ['builds', ...versions], async () => {
    const [branches, nights, found] = await Promise.all([
      before === null ? readNewestBranches(db, list.id, branchRows) : { lines: [], count: 0 },
      nightsOf(db, list, refs),
      readBuildsOfList(db, list.id, { limit: newestRows + 1, before }),
    ])
    const { shown: lines, next } = pageOf(found, newestRows)
    const view = { list, now: new Date(), branches, nights, lines, next, continued: before !== null }
    return answerPage(c, buildsPage(view))
  })
}

async function nightsOf(
  db: Kysely<Tables>,
  list: ListRow,
  refs: ReadonlyMap<string, string>,
): Promise<Night[]> {
  if (refs.size === 0) return []
  const builds = await readBuildsOfNights(db, list.id, [...refs.values()])
  return [...refs]
    .slice(0, limits.nightlyRefsMax)
    .map(([ref, commit]) => ({ ref, commit, build: builds.get(commit) }))
}

/** `/LIST/builds/?branches=all`. */
async function answerBranches(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const behind = numberIn(c, 'behind')
  const found = await readBranchResults(db, list.id, { limit: rows + 1, behind })
  const { shown: lines, next } = pageOf(found)
  return answerPage(c, branchesPage({ list, lines, next, continued: behind !== null }))
}

/** `/LIST/builds/?patchset=MID`. */
async function answerPatchset(c: Context, db: Kysely<Tables>, list: ListRow, id: string): Promise<Response> {
  const before = numberIn(c, 'before')
  const found = await readTopicOf(db, list.id, messageId(toStorableText(id)))
  const portion = { limit: rows + 1, before }
  const { shown, next } = pageOf(found ? await readBuildsOfTopic(db, list.id, found.key, portion) : [])
  const title = titleText(found?.title ?? id)
  return answerPage(
    c,
    buildsOfPage({
      title: `Builds of ${title}`,
      heading: html`Builds of “${titleOf(found?.title ?? id)}”`,
      meta: html`<a href="${paths.mail(list.name, id)}">The patchset</a>`,
      list,
      lines: shown,
      table: { now: new Date(), alike: true },
      pages: {
        first: before === null ? null : paths.buildsOfPatchset(list.name, id),
        next: next && paths.buildsOfPatchset(list.name, id, next),
      },
    }),
  )
}

/** `/LIST/badge.svg?branch=main`: the last result of a branch; without one of main or master, else of what was built last. */
export async function answerBadge(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const given = c.req.query('branch')
  const line = await readBranchResult(db, list.id, given ?? null)
  const label = given ?? line?.ref.replace(/^refs\/heads\//, '') ?? 'build'
  const svg = badge(label, line?.state ?? null)
  const response = await answerFresh(c, ['badge', list.name, svg], async () =>
    c.body(svg, 200, { 'Content-Type': 'image/svg+xml; charset=utf-8' }),
  )
  response.headers.set('Cache-Control', 'public, max-age=60')
  return response
}
