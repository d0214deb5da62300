// The mailing lists we track, as rows. The configuration names them; everything else in the database hangs on
// their ids, so a list that leaves the configuration keeps its row, its mails and its pages.
import { type Kysely, type Selectable, sql } from 'kysely'
import { type ListId, listId } from '../base/ids.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import type { RosterEntry, Rules } from '../tracker/topic/rules.ts'
import { dateRoster } from './date-roster.ts'
import type { ListAnswers, Tables } from './tables.ts'
import { wake } from './wake.ts'

export interface List {
  readonly id: ListId
  readonly name: string
  /** Where people post to. */
  readonly address: string
  /** Without angle brackets. */
  readonly listId: string | null
  readonly description: string
  /** The word that the list puts into subjects, without brackets. */
  readonly prefix: string | null
  /** Under which we are subscribed to a list that another server runs. */
  readonly subscribed: string | null
  readonly repository: string | null
  /** Patterns of the branches that are followed; empty for the repository's own. */
  readonly branches: readonly string[]
  /** A file of the repository. */
  readonly maintainersFile: string | null
}

/** What the configuration says of a list. */
export interface ConfiguredList {
  readonly name: string
  readonly address: string
  readonly listId?: string | null | undefined
  readonly description?: string | undefined
  readonly prefix?: string | null | undefined
  readonly subscribed?: string | null | undefined
  readonly repository?: string | null | undefined
  readonly branches?: readonly string[] | undefined
  readonly maintainers?: string | null | undefined
  readonly commitUrl?: string | null | undefined
  /** Whether mails of people who never posted wait for a maintainer. */
  readonly moderate?: 'first' | 'no' | null | undefined
  readonly answers?: ListAnswers | undefined
  /** Who may do what; the address in any case. */
  readonly people?: readonly ConfiguredPerson[]
  readonly trust?: Rules['trust']
  readonly history?: boolean
  readonly needs?: Rules['needs']
}

interface ConfiguredPerson {
  readonly name?: string | null | undefined
  readonly address: string
  readonly role: RosterEntry['role']
  readonly paths?: readonly string[]
  readonly aliases?: readonly string[]
}

/** Writes the configured lists by name and answers their rows in the same order. */
export async function saveLists(db: Kysely<Tables>, configured: readonly ConfiguredList[]): Promise<List[]> {
  const saved: List[] = []
  for (const list of configured) saved.push(await saveList(db, list))
  return saved
}

/** The list of this name; undefined when there is none. */
export async function findList(db: Kysely<Tables>, name: string): Promise<List | undefined> {
  const row = await db
    .selectFrom('list')
    .selectAll()
    .where('name', '=', toStorableText(name))
    .executeTakeFirst()
  return row && toList(row)
}

/** Every list that has a row, by name. */
export async function allLists(db: Kysely<Tables>): Promise<List[]> {
  const rows = await db.selectFrom('list').selectAll().orderBy('name').execute()
  return rows.map(toList)
}

async function saveList(db: Kysely<Tables>, { name, ...rest }: ConfiguredList): Promise<List> {
  const values = {
    address: toStorableText(rest.address),
    list_id: storable(rest.listId),
    description: toStorableText(rest.description ?? ''),
    prefix: storable(rest.prefix),
    subscribed: storable(rest.subscribed),
    repository: storable(rest.repository),
    branches: toStorableJson(rest.branches ?? []),
    maintainers_file: storable(rest.maintainers),
    commit_url: storable(rest.commitUrl),
    moderate: rest.moderate === 'first' ? rest.moderate : null,
    answers: JSON.stringify(rest.answers ?? {}),
    people: toStorableJson((rest.people ?? []).map(toRosterEntry)),
    trust: rest.trust ?? 'verified',
    history: rest.history ?? true,
    needs: toStorableJson(rest.needs ?? {}),
  }
  return db.transaction().execute(async trx => {
    await refoldWhenRulesChange(trx, name, values)
    if (values.moderate !== null) await letInEarlierSenders(trx, name)
    const row = await trx
      .insertInto('list')
      .values({ name: toStorableText(name), ...values })
      .onConflict(conflict =>
        conflict.column('name').doUpdateSet({
          ...values,
          // What another file said holds no more.
          maintainers: sql`case when list.maintainers_file is not distinct from ${values.maintainers_file}
            then list.maintainers else '[]' end`,
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
    await dateRoster(trx, row)
    return toList(row)
  })
}

interface RuleValues {
  readonly people: string
  readonly trust: string
  readonly history: boolean
  readonly needs: string
}

/** The states of a list depend on who is its maintainer and how sure it wants to be: other rules fold all of it again. */
async function refoldWhenRulesChange(db: Kysely<Tables>, name: string, rules: RuleValues): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select id from list where name = ${toStorableText(name)}
      and (people, trust, history, needs) is distinct from
        (${rules.people}::jsonb, ${rules.trust}::text, ${rules.history}::boolean, ${rules.needs}::jsonb)`.execute(
    db,
  )
  for (const { id } of rows) {
    // As a fold does it: clusters first, then the row of the list.
    await wake(db, sql`select id from cluster where list_id = ${id}`, 'late')
    await sql`update list set version = version + 1 where id = ${id}`.execute(db)
  }
}

/** When moderation begins, whoever has a mail on the list is no newcomer. */
async function letInEarlierSenders(db: Kysely<Tables>, name: string): Promise<void> {
  await sql`
    insert into let_in
    select distinct l.id, coalesce(nullif(f.data->'sender'->>'address', ''), lower(f.data->'sender'->>'name'))
    from list l join fact f on f.list_id = l.id where l.name = ${toStorableText(name)} and l.moderate is null
    on conflict do nothing`.execute(db)
}

const toRosterEntry = ({ name, address, role, paths, aliases }: ConfiguredPerson): RosterEntry => ({
  person: { name: name ?? '', address: address.toLowerCase() },
  ...(aliases?.length ? { aliases: aliases.map(alias => alias.toLowerCase()) } : {}),
  role,
  paths: paths ?? [],
})

const storable = (text: string | null | undefined) => (text == null ? null : toStorableText(text))

const toList = (row: Selectable<Tables['list']>): List => ({
  id: listId(row.id),
  name: row.name,
  address: row.address,
  listId: row.list_id,
  description: row.description,
  prefix: row.prefix,
  subscribed: row.subscribed,
  repository: row.repository,
  branches: row.branches,
  maintainersFile: row.maintainers_file,
})
