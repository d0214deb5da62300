// A list whose mails came one after the other, each sorted before the next, and its pages.
import { onTestFinished } from 'vitest'
import type { GivenList } from '../../base/list-settings.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { testDatabase } from '../database.ts'

/** `page` is that of a mail of example.org. */
export async function listWith(mails: readonly Buffer[], people: GivenList['people'] = []) {
  const { db } = await testDatabase()
  onTestFinished(() => db.destroy())
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org', people }])
  if (!list) throw new Error('No list was saved')
  for (const bytes of mails) {
    await append(db, list.id, [{ bytes, envelope: { road: 'test' } }])
    await sortAll(db, list.id)
  }
  const app = makeApp({ db })
  const page = async (id: string) => (await app.request(`/tarn/${id}@example.org/`)).text()
  return { db, list, page }
}
