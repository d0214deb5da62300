// npm run owed: a thousand mails and three hundred kills. Ends with 1 when a mail was lost or came as another.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../sql/server.ts'
import { killSenders } from './owed.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)
const data = mkdtempSync(join(tmpdir(), 'threadwork-owed-'))
// PostgreSQL runs under another account when we are root.
chmodSync(data, 0o711)
const database = await openDatabase(
  { data, dataChosen: true, database: null },
  { info: () => {}, warn: console.warn },
)
try {
  const figures = await killSenders({ url: database.url, mails: 1_000, kills: 300, say })
  const { kills, deliveries, missing, changed, left } = figures
  say(`1000 mails, ${kills} kills between the relay's 250 and our commit, ${deliveries} deliveries`)
  say(`${missing.length} lost, ${changed.length} under another id or as other bytes, ${left} left behind`)
  process.exitCode = kills < 300 || missing.length + changed.length + left > 0 ? 1 : 0
} finally {
  await database.close()
  rmSync(data, { recursive: true, force: true })
}
