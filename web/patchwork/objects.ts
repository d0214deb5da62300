// Rows -> the objects of patchwork's API, in the version that was asked for. All that a list shows comes with its rows: no object asks
// the database for more.
import { paths } from '../paths.ts'
import { embeddedProject, type Projects, userObject } from './projects.ts'
import type { Api } from './request.ts'
import type { ItemRow, SeriesOfItem } from './rows.ts'
import type { Check, Cover, EmbeddedMail, EmbeddedSeries, Own, Patch, Person, Series } from './schema.ts'
import { slugOf } from './states.ts'

/** What all objects of one answer are made with. */
export interface Writing {
  readonly api: Api
  readonly projects: Projects
}

/** `2026-03-02T09:00:00`: of a mail, whose Date has no parts of a second. */
export const dateText = (time: Date | number): string => new Date(time).toISOString().slice(0, 19)

/** The same with six digits behind a point, as patchwork writes the time of its own clock. */
export const exactDateText = (time: Date): string => time.toISOString().replace(/Z$/, '000')

export const msgidText = (id: string): string => `<${id}>`

/** A `/` in a Message-ID is encoded twice: servers before patchwork decode addresses once. */
const idInPath = (id: string) =>
  encodeURIComponent(id.toWellFormed()).replaceAll('%40', '@').replaceAll('%2F', '%252F')

const listName = ({ projects }: Writing, { list }: ItemRow) => projects.list(list).name

/** Where its page is: a short name of it that leads there. */
export const webUrl = (
  { api, projects }: Writing,
  kind: 'patch' | 'cover',
  { list, msgid }: ItemRow,
): string => `${api.origin}/project/${projects.ofList(list).name}/${kind}/${idInPath(msgid)}/`

const archiveUrl = (writing: Writing, row: ItemRow): string =>
  writing.api.origin + paths.mail(listName(writing, row), row.msgid)

export const personObject = (api: Api, { person, data: { who } }: ItemRow): Person => ({
  id: person,
  url: api.url(`/people/${person}/`),
  name: who.name === '' ? null : who.name,
  email: who.address,
})

const delegateObject = (api: Api, { delegate, data: { to } }: ItemRow) =>
  delegate === null || to === undefined ? null : userObject(api, { id: delegate, ...to })

export const embeddedSeries = (
  { api, projects }: Writing,
  list: number,
  { id, said, name, version }: SeriesOfItem,
): EmbeddedSeries => ({
  id,
  url: api.url(`/series/${id}/`),
  ...(api.minor >= 1 ? { web_url: seriesUrl({ api, projects }, list, id) } : {}),
  date: dateText(said),
  name,
  version,
  mbox: `${api.origin}/series/${id}/mbox/`,
})

const seriesUrl = ({ api, projects }: Writing, list: number, id: number) =>
  `${api.origin}/project/${projects.ofList(list).name}/list/?series=${id}`

/** A patch or cover letter within another object. */
export function embeddedMail(writing: Writing, kind: 'patch' | 'cover', row: ItemRow): EmbeddedMail {
  const { api } = writing
  return {
    id: row.id,
    url: api.url(`/${kind === 'patch' ? 'patches' : 'covers'}/${row.id}/`),
    ...(api.minor >= 1 ? { web_url: webUrl(writing, kind, row) } : {}),
    msgid: msgidText(row.msgid),
    ...(api.minor >= 2 ? { list_archive_url: archiveUrl(writing, row) } : {}),
    date: dateText(row.said),
    name: row.name,
    ...(kind === 'patch' || api.minor >= 1 ? { mbox: `${webUrl(writing, kind, row)}mbox/` } : {}),
  }
}

/** Ours, that any row has. */
export function ownOf(writing: Writing, row: ItemRow): Own {
  const list = listName(writing, row)
  return {
    list,
    topic: row.topic,
    topic_url: writing.api.origin + paths.mail(list, row.topic),
    state: row.state ?? 'new',
    turn: row.turn,
  }
}

export function patchObject(writing: Writing, row: ItemRow): Patch {
  const { api, projects } = writing
  return {
    id: row.id,
    url: api.url(`/patches/${row.id}/`),
    ...(api.minor >= 1 ? { web_url: webUrl(writing, 'patch', row) } : {}),
    project: embeddedProject(api, projects.ofList(row.list)),
    msgid: msgidText(row.msgid),
    ...(api.minor >= 2 ? { list_archive_url: archiveUrl(writing, row) } : {}),
    date: dateText(row.said),
    name: row.name,
    commit_ref: row.data.commit ?? null,
    pull_url: row.data.pull ?? null,
    state: slugOf(row.state),
    archived: row.archived,
    hash: row.hash,
    submitter: personObject(api, row),
    delegate: delegateObject(api, row),
    mbox: `${webUrl(writing, 'patch', row)}mbox/`,
    series: row.series ? [embeddedSeries(writing, row.list, row.series)] : [],
    ...(api.minor >= 1 ? { comments: `${api.origin}/api/patches/${row.id}/comments/` } : {}),
    check: (row.checked ?? 'pending') as Check['state'],
    checks: `${api.origin}/api/patches/${row.id}/checks/`,
    tags: {},
    ...(api.minor >= 2 ? { related: [] } : {}),
    threadwork: ownOf(writing, row),
  }
}

export function coverObject(writing: Writing, row: ItemRow): Cover {
  const { api, projects } = writing
  return {
    id: row.id,
    url: api.url(`/covers/${row.id}/`),
    ...(api.minor >= 1 ? { web_url: webUrl(writing, 'cover', row) } : {}),
    project: embeddedProject(api, projects.ofList(row.list)),
    msgid: msgidText(row.msgid),
    ...(api.minor >= 2 ? { list_archive_url: archiveUrl(writing, row) } : {}),
    date: dateText(row.said),
    name: row.name,
    submitter: personObject(api, row),
    ...(api.minor >= 1 ? { mbox: `${webUrl(writing, 'cover', row)}mbox/` } : {}),
    series: row.series ? [embeddedSeries(writing, row.list, row.series)] : [],
    ...(api.minor >= 1 ? { comments: `${api.origin}/api/covers/${row.id}/comments/` } : {}),
    threadwork: ownOf(writing, row),
  }
}

/** What stands in a series, and what it needs and is needed by. */
export interface SeriesParts {
  readonly cover: ItemRow | undefined
  /** In the order of their numbers. */
  readonly patches: readonly ItemRow[]
  readonly needs: readonly number[]
  readonly neededBy: readonly number[]
}

export function seriesObject(writing: Writing, row: ItemRow, parts: SeriesParts): Series {
  const { api, projects } = writing
  const { version = 1, total = 0, received = 0, whole = false } = row.data
  const addresses = (ids: readonly number[]) => ids.map(id => api.url(`/series/${id}/`))
  return {
    id: row.id,
    url: api.url(`/series/${row.id}/`),
    ...(api.minor >= 1 ? { web_url: seriesUrl(writing, row.list, row.id) } : {}),
    project: embeddedProject(api, projects.ofList(row.list)),
    name: row.name,
    date: dateText(row.said),
    submitter: personObject(api, row),
    version,
    total,
    received_total: received,
    received_all: whole,
    mbox: `${api.origin}/series/${row.id}/mbox/`,
    cover_letter: parts.cover ? embeddedMail(writing, 'cover', parts.cover) : null,
    patches: parts.patches.map(patch => embeddedMail(writing, 'patch', patch)),
    ...(api.minor >= 4
      ? { dependencies: addresses(parts.needs), dependents: addresses(parts.neededBy) }
      : {}),
    threadwork: ownOf(writing, row),
  }
}

export function checkObject({ api }: Writing, patch: number, row: ItemRow): Check {
  const { person, known, state, name, data } = row
  return {
    id: row.id,
    url: api.url(`/patches/${patch}/checks/${row.id}/`),
    user: userObject(api, { id: person, ...data.who }),
    date: exactDateText(known),
    state: (state ?? 'pending') as Check['state'],
    target_url: data.url ?? '',
    context: name,
    description: data.description ?? null,
  }
}
