// One process that uses the embedded server of a data directory: says its URL, keeps what each line of its
// standard input names as a list, and leaves when that input ends.
import { createInterface } from 'node:readline'
import { saveLists } from '../../sql/lists.ts'
import { openDatabase } from '../../sql/server.ts'

const log = { info: console.error, warn: console.error }
const { db, url, close } = await openDatabase(
  { data: process.argv[2] ?? '', dataChosen: true, database: null },
  log,
)
console.log(url)
for await (const name of createInterface({ input: process.stdin })) {
  await saveLists(db, [{ name, address: `${name}@example.org` }])
  console.log(name)
}
await close()
