// The long form of roads.test.ts: `npm run roads -- ARCHIVE.mbox.gz` carries an archive of real mail by every road into
// a list of its own, on a PostgreSQL of its own, and compares the exports. Ends with 1 when one differs.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFileBytes } from '../../ingest/source/file-bytes.ts'
import { readMbox } from '../../ingest/source/mbox.ts'
import { saveLists } from '../../sql/lists.ts'
import { type Database, openDatabase } from '../../sql/server.ts'
import { exportState } from '../../tracker/export/state.ts'
import { all } from '../ingest/mails.ts'
import { differing, roads } from './roads.ts'

async function main(path: string | undefined): Promise<number> {
  if (path === undefined)
    throw new Error('Cannot compare the roads without mails; allowed: the path of an mbox')
  const mails = await readAll(path)
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-roads-'))
  // Open to the account that the database runs under when root runs this.
  chmodSync(directory, 0o711)
  const place = { data: join(directory, 'data'), dataChosen: true, database: null }
  const database = await openDatabase(place, { info: () => {}, warn: console.warn })
  try {
    return await compare(mails, database, directory)
  } finally {
    await database.close()
    rmSync(directory, { recursive: true })
  }
}

async function compare(mails: readonly Buffer[], { db }: Database, directory: string): Promise<number> {
  let expected: string | undefined
  let wrong = 0
  for (const [road, carry] of Object.entries(roads)) {
    const [list] = await saveLists(db, [{ name: road, address: `${road}@lists.example.net` }])
    if (list === undefined) throw new Error(`No list for ${road}`)
    mkdirSync(join(directory, road))
    const began = performance.now()
    await carry(mails, { db, list, directory: join(directory, road) })
    const seconds = (performance.now() - began) / 1000
    const state = (await all(exportState(db, list.id, { numbers: false }))).join('')
    const unnamed = state.replaceAll(`"list":"${road}"`, '"list":""')
    expected ??= unnamed
    const odd = differing(unnamed, expected)
    if (odd.length > 0) wrong++
    const verdict = odd.length === 0 ? 'equal' : `DIFFERS in ${odd.slice(0, 3).join(', ')}`
    console.log(`${road.padEnd(16)} ${mails.length} mails, ${seconds.toFixed(1).padStart(6)} s, ${verdict}`)
  }
  return wrong === 0 ? 0 : 1
}

async function readAll(path: string): Promise<Buffer[]> {
  const mails: Buffer[] = []
  for await (const { bytes } of readMbox((await openFileBytes(path)).read(0))) if (bytes) mails.push(bytes)
  return mails
}

process.exitCode = await main(process.argv[2])
