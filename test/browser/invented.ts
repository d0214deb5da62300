// Lists as the test of habits invents them, with topics of every kind, and the right answer about each: what a page shows is
// measured against what was written, and never against what we made of it.
import type { Kysely } from 'kysely'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { type Invented, inventList } from '../habits/invent.ts'
import { lists } from '../habits/lists.ts'
import { isLong } from './form.ts'

const names: readonly string[] = ['kettle', 'quern']
const first = Number(process.env.BROWSER_SEED ?? 1)
/** Another one draws other mails, and other topics of them: `BROWSER_SEED=7`. */
export const seeds = isLong ? [first, first + 1, first + 2] : [first]
const mailsOfEach = isLong ? 160 : 100

/** The lists of a seed by the names that they have here; the same each time. */
export const inventedLists = (seed: number): ReadonlyMap<string, Invented> =>
  new Map(customsOf(seed).map(customs => [customs.name, inventList(customs, seed, mailsOfEach)]))

const customsOf = (seed: number) =>
  lists
    .filter(({ name }) => names.includes(name))
    .map(customs => {
      const name = `${customs.name}${seed}`
      const address = `${name}@lists.example.org`
      return { ...customs, name, dress: { ...customs.dress, address, listId: `${name}.lists.example.org` } }
    })

export async function fillInvented(db: Kysely<Tables>): Promise<void> {
  const invented = new Map(seeds.flatMap(seed => [...inventedLists(seed)]))
  const customs = seeds.flatMap(customsOf)
  const saved = await saveLists(
    db,
    customs.map(({ name, dress: { address, listId } }) => ({
      ...{ name, address, listId },
      people: invented.get(name)?.robots.map(robot => ({ ...robot, role: 'robot' as const })) ?? [],
    })),
  )
  for (const list of saved) {
    const mails = invented.get(list.name)?.mails ?? []
    await append(
      db,
      list.id,
      mails.map(bytes => ({ bytes, envelope: { road: 'import' } })),
    )
    await sortAll(db, list.id)
  }
}
