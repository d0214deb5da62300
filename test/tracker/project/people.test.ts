// Lines that must not count, on a list with people (fixtures/people): each case is its mails and what was seen of their
// senders, and must come out so through PostgreSQL whichever mail is sorted first.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import type { RosterEntry } from '../../../tracker/topic/rules.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { testDatabase } from '../../database.ts'
import { arrivalOf, shuffled } from '../threads.ts'

const folder = join(import.meta.dirname, '../../../fixtures/people')
const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'))
const people: RosterEntry[] = read('people.json')
const cases = readdirSync(folder)
  .filter(name => name !== 'people.json')
  .sort()

/** What was seen when the mail came, so many hours after it was said; null for a mail of an archive. */
type Seen = (Pick<Verdict, 'grade' | 'how' | 'covers'> & { hours?: number }) | null

let db: Kysely<Tables>
beforeAll(async () => {
  db = (await testDatabase()).db
})
afterAll(() => db.destroy())

describe.each(cases)('%s', name => {
  const seen: [string, Seen][] = Object.entries(read(name, 'verdicts.json'))
  const expected = read(name, 'expected.json')

  it('comes out as its story says, in any order and after a rebuild', { timeout: 240_000 }, async () => {
    for (let order = 0; order < 4; order++) {
      const list = await newList(`${name}-${order}`)
      for (const [file, verdict] of order === 0 ? seen : shuffled(seen, order)) {
        await arrive(list, readFileSync(join(folder, name, file)), verdict)
        await sortAll(db, list)
      }
      expect(await topicsOf(list)).toEqual(expected)
      await rebuild(db, list)
      expect(await topicsOf(list)).toEqual(expected)
    }
  })
})

async function newList(name: string) {
  const configured = people.map(({ person, ...rest }) => ({ ...person, ...rest }))
  const [list] = await saveLists(db, [{ name, address: `${name}@lists.example.org`, people: configured }])
  if (!list) throw new Error('No list was saved')
  return list.id
}

async function arrive(list: Awaited<ReturnType<typeof newList>>, bytes: Buffer, seen: Seen): Promise<void> {
  const came = new Date(arrivalOf(bytes).facts.said + (seen?.hours ?? 0) * 3_600_000)
  const envelope = seen ? { road: 'smtp', trace: came.toISOString() } : { road: 'import' }
  const [kept] = await append(db, list, [{ bytes, envelope }])
  if (!kept || !seen) return
  await db
    .updateTable('mail')
    .set({ known_at: came })
    .where('list_id', '=', list)
    .where('seq', '=', kept.seq)
    .execute()
  const { grade, covers } = seen
  const how = JSON.stringify(seen.how)
  if (grade !== 'I')
    await db
      .insertInto('verdict')
      .values({ list_id: list, seq: kept.seq, grade, how, data: JSON.stringify(covers ? { covers } : {}) })
      .execute()
}

async function topicsOf(list: Awaited<ReturnType<typeof newList>>) {
  const rows = await db
    .selectFrom('topic')
    .select(['kind', 'id', 'state', 'data'])
    .where('list_id', '=', list)
    .orderBy('id')
    .execute()
  return rows.map(({ kind, id, state, data }) => ({
    kind,
    id,
    state,
    history: data.history.map(({ mail, what, effect }) => [mail, what, effect]),
  }))
}
