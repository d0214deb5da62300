// Lists as the test of habits invents them, with topics of every kind.
import type { Kysely } from 'kysely'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { inventList } from '../habits/invent.ts'
import { lists } from '../habits/lists.ts'
import { isLong } from './form.ts'

export const inventedNames = ['kettle', 'quern'] as const
/** Another one draws other mails, and other topics of them: `BROWSER_SEED=7`. */
export const seed = Number(process.env.BROWSER_SEED ?? 1)
const mailsOfEach = isLong ? 250 : 100

export async function fillInvented(db: Kysely<Tables>): Promise<void> {
  for (const customs of lists.filter(({ name }) => inventedNames.some(one => one === name))) {
    const { address, listId } = customs.dress
    const invented = inventList(customs, seed, mailsOfEach)
    const people = invented.robots.map(robot => ({ ...robot, role: 'robot' as const }))
    const [list] = await saveLists(db, [{ name: customs.name, address, listId, people }])
    if (!list) throw new Error('The list was not saved')
    await append(
      db,
      list.id,
      invented.mails.map(bytes => ({ bytes, envelope: { road: 'import' } })),
    )
    await sortAll(db, list.id)
  }
}
