// People as patchwork lists them: whoever posted, answered, was delegated or reported. Only for programs with a token, as there.
import type { Context } from 'hono'
import { type Kysely, sql } from 'kysely'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { given, words } from './filters.ts'
import { answerPaged, type Found, type Page, pageOf } from './pages.ts'
import { maintainersOf, readProjects, userObject } from './projects.ts'
import { type Api, apiOf, needsToken, notFound } from './request.ts'
import { itemNumber } from './rows.ts'

/** The numbers of those who have one, by address. */
export async function readPeopleIds(
  db: Kysely<Tables>,
  people: readonly { address: string }[],
): Promise<ReadonlyMap<string, number>> {
  const keys = people.map(({ address }) => indexKey(address))
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{ id: number; person: string }>`
    select id, person from api_person where person = any(${keys}::text[])`.execute(db)
  return new Map(rows.map(({ id, person }) => [person, id]))
}

interface PersonRow {
  readonly id: number
  readonly name: string
  readonly address: string
}

/** Only who has a mail that can be seen; the name is that of the newest one. */
const seen = sql`
  select p.id, w.name, w.address from api_person p cross join lateral (
    select data->'who'->>'name' as name, data->'who'->>'address' as address from api_item i
    where i.person = p.id order by i.known_at desc limit 1) w`

async function findPeople(db: Kysely<Tables>, c: Context, { size, offset }: Page): Promise<Found<PersonRow>> {
  const asked = given(c, 'q')
  const where = asked.length === 0 ? sql`true` : words(asked, sql`concat_ws(' ', name, address)`)
  const { rows } = await sql<PersonRow & { count: number }>`
    select *, count(*) over ()::int as count from (${seen}) p where ${where} order by id
    limit ${size} offset ${offset}`.execute(db)
  return { rows, count: rows[0]?.count ?? 0 }
}

const personObject = (api: Api, { id, name, address }: PersonRow) => ({
  id,
  url: api.url(`/people/${id}/`),
  name: name === '' ? null : name,
  email: address,
  user: null,
})

export async function answerPeople(c: Context, db: Kysely<Tables>): Promise<Response> {
  if (c.get('caller') === null) return needsToken(c)
  const api = apiOf(c)
  return answerPaged(
    c,
    api,
    pageOf(c),
    page => findPeople(db, c, page),
    rows => rows.map(row => personObject(api, row)),
  )
}

export async function answerPerson(c: Context, db: Kysely<Tables>): Promise<Response> {
  if (c.get('caller') === null) return needsToken(c)
  const row = await findPerson(db, c.req.param('id'))
  return row ? c.json(personObject(apiOf(c), row)) : notFound(c)
}

async function findPerson(db: Kysely<Tables>, id: string | undefined): Promise<PersonRow | undefined> {
  const number = itemNumber(id)
  if (number === null || number >= 2 ** 31) return undefined
  return (await sql<PersonRow>`select * from (${seen}) p where id = ${number}`.execute(db)).rows[0]
}

/** Users are whom something can be delegated to: the maintainers. */
async function readUsers(db: Kysely<Tables>): Promise<PersonRow[]> {
  const { all } = await readProjects(db)
  const people = [...new Map(all.flatMap(maintainersOf).map(one => [one.address, one])).values()]
  const ids = await readPeopleIds(db, people)
  return people
    .flatMap(one => (ids.has(one.address) ? [{ ...one, id: ids.get(one.address) ?? 0 }] : []))
    .toSorted((a, b) => a.id - b.id)
}

/** The user of this number. */
export const findUser = async (db: Kysely<Tables>, id: string): Promise<PersonRow | undefined> =>
  (await readUsers(db)).find(user => String(user.id) === id)

export async function answerUsers(c: Context, db: Kysely<Tables>): Promise<Response> {
  if (c.get('caller') === null) return needsToken(c)
  const api = apiOf(c)
  const asked = given(c, 'q').flatMap(text => text.toLowerCase().split(/[\s,]+/))
  const found = (await readUsers(db)).filter(({ name, address }) =>
    asked.every(word => `${name} ${address}`.toLowerCase().includes(word)),
  )
  const find = async ({ offset, size }: Page) => ({
    rows: found.slice(offset, offset + size),
    count: found.length,
  })
  return answerPaged(c, api, pageOf(c), find, rows => rows.map(row => userObject(api, row)))
}

export async function answerUser(c: Context, db: Kysely<Tables>): Promise<Response> {
  if (c.get('caller') === null) return needsToken(c)
  const user = await findUser(db, c.req.param('id') ?? '')
  return user ? c.json(userObject(apiOf(c), user)) : notFound(c)
}
