// The same question asked of the whole program: the mails imported into one list, and the mails with their second
// deliveries, shuffled, into another one. Some copies wear a footer that the list has to teach first.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { type List, saveLists } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { exportState } from '../../tracker/export/state.ts'
import { makeChance } from '../fuzz/chance.ts'
import { all } from '../ingest/mails.ts'
import { differing, roads } from '../roads/roads.ts'
import { shuffled } from '../tracker/threads.ts'
import { redressed } from './dress.ts'

export interface Imported {
  readonly mails: number
  readonly topics: number
  /** Ids of topics that are not the same with the copies as without. */
  readonly differing: readonly string[]
  /** Footers and prefixes that the list with the copies has taught. */
  readonly learnt: number
}

/** `directory` is for the archives. */
export async function compareThroughDatabase(
  mails: readonly Buffer[],
  seed: number,
  { db, directory }: { readonly db: Kysely<Tables>; readonly directory: string },
): Promise<Imported> {
  const chance = makeChance(seed)
  const originals = mails.filter(mail => !messageIdOf(mail).made)
  const copies = originals.map(mail => redressed(mail, chance, true))
  const alone = await imported('alone', originals)
  const both = await imported('both', shuffled([...originals, ...copies], seed))
  return {
    mails: originals.length,
    topics: alone.state.split('\n').length - 1,
    differing: differing(alone.state, both.state),
    learnt: await countLearnt(both.list),
  }

  async function imported(name: string, arriving: readonly Buffer[]) {
    const [list] = await saveLists(db, [{ name, address: 'tarn@lists.example.net' }])
    if (list === undefined) throw new Error('No list was saved')
    const place = join(directory, name)
    mkdirSync(place)
    await roads.mboxrd?.(arriving, { db, list, directory: place })
    const state = (await all(exportState(db, list.id, { numbers: false }))).join('')
    return { list, state: state.replaceAll(`"list":"${name}"`, '"list":""') }
  }

  async function countLearnt(list: List): Promise<number> {
    const rows = await db
      .selectFrom('mark_count')
      .select('mark')
      .where('list_id', '=', list.id)
      .where('learnt', '=', true)
      .execute()
    return rows.length
  }
}
