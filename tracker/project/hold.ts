// Moderation of newcomers. On a list with `moderate = "first"` a live mail of somebody who never had one there waits: it
// is in the log and in nothing that is made from it, until a maintainer releases it. What was decided is kept, so a
// rebuild shows the same mails; an imported archive is never held.

import { type Kysely, sql, type Transaction } from 'kysely'
import { type IndexKey, type ListId, listId, type MessageId, type Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { toStorableText } from '../../base/storable.ts'
import { noteInboxChange } from '../../sql/inbox-change.ts'
import { renewPages } from '../../sql/pages-version.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../mail/facts.ts'
import { addressesOf, type Roster } from '../topic/rules.ts'
import { lockAssignment } from './lock.ts'
import { type SortingRules, sortingRulesOf } from './people.ts'
import type { ReadMail } from './read-mails.ts'

/** What came of hiding, purging, showing or releasing a mail. */
export interface Moderated {
  /** Lists that have the mail, or hold it; empty when none does, and then nothing was done. */
  readonly lists: readonly { readonly id: ListId; readonly name: string }[]
  /** Arrivals that were in sight, or had bytes, until now. */
  readonly changed: number
}

type Trx = Transaction<Tables>

/** Takes out of sight what must wait, and answers the rest. Call it under the list's assignment lock. */
export async function holdNewcomers<T extends { readonly mail: ReadMail }>(
  trx: Trx,
  list: ListId,
  taken: readonly T[],
  { roster, moderate }: Pick<SortingRules, 'roster' | 'moderate'>,
): Promise<T[]> {
  if (moderate === 'no') return [...taken]
  const decided = await decidedOf(trx, list, taken)
  const known = await knownOf(trx, list, taken, roster)
  const waits = ({ mail }: T) =>
    mail.live && !mail.note && !decided.has(mail.seq) && !known.has(personOf(mail.facts.sender))
  await hold(trx, list, taken.filter(waits))
  const shown = taken.filter(one => !waits(one))
  await letIn(
    trx,
    list,
    shown.filter(({ mail }) => !mail.note).map(({ mail }) => personOf(mail.facts.sender)),
  )
  return shown
}

/** Lets a mail pass, on one list or on each where it waits, and its sender from now on: all that waited of him is shown. */
export async function release(
  db: Kysely<Tables>,
  asked: { readonly list?: ListId | undefined; readonly messageId: MessageId; readonly who: string },
): Promise<Moderated> {
  const key = indexKey(asked.messageId)
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from list l where (${asked.list ?? null}::integer is null or id = ${asked.list ?? null}::integer)
      and exists (select from held h where h.list_id = l.id and h.message_key = ${key} and h.released_at is null)
    order by name`.execute(db)
  const lists = rows.map(({ id, name }) => ({ id: listId(id), name }))
  let changed = 0
  for (const { id } of lists)
    changed += await db.transaction().execute(async trx => {
      await lockAssignment(trx, id)
      return releaseOn(trx, id, key, asked.who)
    })
  return { lists, changed }
}

/**
 * Looks at lines `Release:` whose mail has its verdict by now. A maintainer's is obeyed when his mail is authenticated
 * (grade A or B); every other is without effect for ever. Answers how many mails it showed.
 */
export async function obeyReleases(db: Kysely<Tables>, list: ListId): Promise<number> {
  const waiting = await db
    .selectFrom('release_line')
    .select('seq')
    .where('list_id', '=', list)
    .where('obeyed', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (!waiting) return 0
  return db.transaction().execute(async trx => {
    await lockAssignment(trx, list)
    const { roster } = await sortingRulesOf(trx, list)
    let mails = 0
    for (const line of await linesWithVerdict(trx, list)) {
      const obeyed = line.grade !== 'C' && isMaintainer(roster, line.identity)
      await trx
        .updateTable('release_line')
        .set({ obeyed })
        .where('list_id', '=', list)
        .where('seq', '=', line.seq)
        .where('message_key', '=', line.message_key)
        .execute()
      if (obeyed) mails += await releaseOn(trx, list, line.message_key, `${line.identity} by mail`)
    }
    return mails
  })
}

/** The lines of these mails wait for the verdicts. */
export async function writeReleaseLines(
  trx: Trx,
  list: ListId,
  taken: readonly { readonly mail: ReadMail }[],
): Promise<void> {
  const lines = taken.flatMap(({ mail }) =>
    (mail.facts.releases ?? []).map(id => ({ seq: mail.seq, key: indexKey(id) })),
  )
  if (lines.length === 0) return
  await sql`
    insert into release_line (list_id, seq, message_key)
    select ${list}, * from unnest(${lines.map(({ seq }) => seq)}::bigint[], ${lines.map(({ key }) => key)}::text[])
    on conflict do nothing`.execute(trx)
}

/** As long as a name is all that is left of a rewritten From, it stands for the person. */
const personOf = ({ name, address }: Person) => indexKey(toStorableText(address || name.toLowerCase()))

const isMaintainer = (roster: Roster, address: string | null) =>
  address !== null &&
  roster.some(entry => entry.role === 'maintainer' && addressesOf(entry).includes(address))

type Taken = readonly { readonly mail: ReadMail }[]

/** Mails that waited once, or for which a maintainer's line is there already. */
async function decidedOf(trx: Trx, list: ListId, taken: Taken): Promise<Set<string>> {
  const { rows } = await sql<{ seq: Seq }>`
    select m.seq from unnest(${taken.map(({ mail }) => mail.seq)}::bigint[], ${taken.map(({ mail }) => mail.key)}::text[])
      as m (seq, key)
    where exists (select from held h where h.list_id = ${list} and h.seq = m.seq)
      or exists (select from release_line r where r.list_id = ${list} and r.message_key = m.key and r.obeyed)`.execute(
    trx,
  )
  return new Set(rows.map(row => row.seq))
}

async function knownOf(trx: Trx, list: ListId, taken: Taken, roster: Roster): Promise<Set<string>> {
  const people = [...new Set(taken.map(({ mail }) => personOf(mail.facts.sender)))]
  const { rows } = await sql<{ person: string }>`
    select person from let_in where list_id = ${list} and person = any(${people}::text[])`.execute(trx)
  const roles = roster.flatMap(entry =>
    addressesOf(entry).map(address => personOf({ ...entry.person, address })),
  )
  return new Set([...rows.map(row => row.person), ...roles])
}

async function hold(trx: Trx, list: ListId, taken: Taken): Promise<void> {
  if (taken.length === 0) return
  const mails = taken.map(({ mail }) => mail)
  await sql`update mail set hidden = true where list_id = ${list} and seq = any(${mails.map(({ seq }) => seq)}::bigint[])`.execute(
    trx,
  )
  await sql`
    insert into held (list_id, seq, message_key, person)
    select ${list}, * from unnest(${mails.map(({ seq }) => seq)}::bigint[], ${mails.map(({ key }) => key)}::text[],
      ${mails.map(({ facts }) => personOf(facts.sender))}::text[])`.execute(trx)
  await noteInboxChange(
    trx,
    list,
    mails.map(({ seq }) => seq),
    'hidden',
  )
  await renewPages(trx, list)
}

async function letIn(trx: Trx, list: ListId, people: readonly string[]): Promise<void> {
  if (people.length === 0) return
  await sql`
    insert into let_in select ${list}, unnest(${[...new Set(people)]}::text[]) on conflict do nothing`.execute(
    trx,
  )
}

/** A mail with a tombstone on it stays out of sight. */
async function releaseOn(trx: Trx, list: ListId, key: IndexKey, who: string): Promise<number> {
  const people = await trx
    .selectFrom('held')
    .select('person')
    .distinct()
    .where('list_id', '=', list)
    .where('message_key', '=', key)
    .where('released_at', 'is', null)
    .execute()
  const persons = people.map(row => row.person)
  await letIn(trx, list, persons)
  const { rows } = await sql<{ seq: Seq }>`
    update held set released_at = now(), released_by = ${toStorableText(who)}
    where list_id = ${list} and person = any(${persons}::text[]) and released_at is null returning seq`.execute(
    trx,
  )
  return showAgain(
    trx,
    list,
    rows.map(row => row.seq),
  )
}

/** Back to whoever sorts, where nothing keeps them away any more. Answers how many. */
export async function showAgain(trx: Trx, list: ListId, seqs: readonly Seq[]): Promise<number> {
  const { rows } = await sql<{ seq: Seq }>`
    with shown as (
      update mail m set hidden = false
      where m.list_id = ${list} and m.seq = any(${seqs}::bigint[]) and m.hidden
        and not exists (select from tombstone t where t.message_key = m.message_key and t.lifted_at is null
          and (t.list_id is null or t.list_id = m.list_id) and (t.raw_hash is null or t.raw_hash = m.raw_hash))
        and not exists (select from held h where h.list_id = m.list_id and h.seq = m.seq and h.released_at is null)
        and exists (select from raw r where r.hash = m.raw_hash and r.encoding <> 'purged')
      returning m.list_id, m.seq),
    queued as (insert into unsorted (list_id, seq) select list_id, seq from shown on conflict do nothing)
    select seq from shown`.execute(trx)
  await noteInboxChange(
    trx,
    list,
    rows.map(row => row.seq),
    'shown',
  )
  if (rows.length > 0) await renewPages(trx, list)
  return rows.length
}

interface LineWithVerdict {
  seq: Seq
  message_key: IndexKey
  grade: 'A' | 'B' | 'C'
  identity: string | null
}

async function linesWithVerdict(trx: Trx, list: ListId): Promise<LineWithVerdict[]> {
  const { rows } = await sql<LineWithVerdict>`
    select r.seq, r.message_key, case when v.data ? 'astray' then 'C' else v.grade end as grade, lower(v.identity) as identity
    from release_line r join verdict v using (list_id, seq)
    where r.list_id = ${list} and r.obeyed is null order by r.seq, r.message_key`.execute(trx)
  return rows
}
