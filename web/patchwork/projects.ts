// Patchwork's projects: a list, or several lists whose settings name one project. The first of them gives it its number and address.
import { type Kysely, sql } from 'kysely'
import { completeList, type ListConfig } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { paths } from '../paths.ts'
import type { Api } from './request.ts'
import type { EmbeddedProject, Project, User } from './schema.ts'

export interface ProjectRow {
  readonly id: number
  readonly name: string
  readonly lists: readonly ListOfProject[]
}

export interface ListOfProject extends ListConfig {
  readonly id: number
  /** Another one with every change to what the list shows. */
  readonly version: string
}

/** All projects, by number. */
export async function readProjects(db: Kysely<Tables>): Promise<Projects> {
  const { rows } = await sql<{ id: number; settings: ListConfig; version: string }>`
    select id, settings, version from list order by id`.execute(db)
  const lists = rows.map(({ id, settings, version }) => ({ ...completeList(settings), id, version }))
  const byName = Map.groupBy(lists, projectOf)
  return new Projects(
    [...byName].map(([name, of]) => ({ id: Math.min(...of.map(({ id }) => id)), name, lists: of })),
  )
}

const projectOf = ({ project, name }: ListConfig) => project ?? name

export class Projects {
  readonly all: readonly ProjectRow[]
  readonly #byList: ReadonlyMap<number, ProjectRow>

  constructor(all: readonly ProjectRow[]) {
    this.all = all
    this.#byList = new Map(all.flatMap(project => project.lists.map(({ id }) => [id, project] as const)))
  }

  /** By number or name; undefined when there is none. */
  find(word: string): ProjectRow | undefined {
    const name = word.toLowerCase()
    return this.all.find(project => String(project.id) === word || project.name === name)
  }

  ofList(list: number): ProjectRow {
    const project = this.#byList.get(list)
    if (!project) throw new Error(`List ${list} is of no project`)
    return project
  }

  list(id: number): ListOfProject {
    const list = this.ofList(id).lists.find(one => one.id === id)
    if (!list) throw new Error(`There is no list ${id}`)
    return list
  }

  get listIds(): number[] {
    return [...this.#byList.keys()]
  }
}

/** Fields that came later than version 1.0 have the minor version of their first one. */
export function embeddedProject(api: Api, { id, name, lists }: ProjectRow): EmbeddedProject {
  const [list] = lists
  return {
    id,
    url: api.url(`/projects/${id}/`),
    name: list?.description || name,
    link_name: name,
    list_id: list?.listId ?? '',
    list_email: list?.address ?? '',
    web_url: '',
    scm_url: '',
    webscm_url: '',
    ...(api.minor >= 2 ? archiveOf(api, list) : {}),
  }
}

function archiveOf({ origin }: Api, list: ListOfProject | undefined) {
  const archive = list ? `${origin}${paths.list(list.name)}` : ''
  return {
    list_archive_url: archive,
    list_archive_url_format: archive === '' ? '' : `${archive}{}/`,
    commit_url_format: list?.commitUrl?.replace('%s', '{}') ?? '',
  }
}

/** `people`: the numbers of its maintainers, by address. */
export function wholeProject(api: Api, project: ProjectRow, people: ReadonlyMap<string, number>): Project {
  const { list_archive_url, list_archive_url_format, commit_url_format, ...head } = embeddedProject(
    api,
    project,
  )
  const archive = { list_archive_url, list_archive_url_format, commit_url_format }
  return {
    ...head,
    maintainers: maintainersOf(project).flatMap(({ name, address }): User[] => {
      const id = people.get(address)
      return id === undefined ? [] : [userObject(api, { id, name, address })]
    }),
    ...(api.minor >= 1 ? { subject_match: '' } : {}),
    ...(api.minor >= 2 ? archive : {}),
    ...(api.minor >= 4 ? { show_dependencies: true } : {}),
  }
}

export function maintainersOf({ lists }: ProjectRow): { name: string; address: string }[] {
  const all = lists.flatMap(({ people }) => people.filter(({ role }) => role === 'maintainer'))
  return [...new Map(all.map(({ name, address }) => [address, { name, address }])).values()]
}

/** Nobody has an account here: whom patchwork calls a user is a person, by the address. */
export function userObject(
  api: Api,
  { id, name, address }: { id: number; name: string; address: string },
): User {
  return {
    id,
    url: api.url(`/users/${id}/`),
    username: address,
    first_name: name,
    last_name: '',
    email: address,
  }
}
