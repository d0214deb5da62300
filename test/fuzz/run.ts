// npm run fuzz -- --minutes 10: spoils the invented mails of the repository (and those of each --mbox PATH) and puts
// them through decoding, facts, fold and pages. Prints the seed; --seed begins there. What fails is written to a file
// each, and the command ends with 1.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../sql/server.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { all } from '../ingest/mails.ts'
import { fuzz } from './fuzz.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    mbox: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: join(tmpdir(), 'threadwork-findings') },
  },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
const mails = await all(corpus([...inventedPaths, ...values.mbox]))
process.stdout.write(`seed ${seed}, ${mails.length} mails to spoil\n`)

const directory = mkdtempSync(join(tmpdir(), 'threadwork-fuzz-'))
// PostgreSQL runs under another account when we are root, and must get through.
chmodSync(directory, 0o711)
const database = await openDatabase(
  { database: null, data: join(directory, 'data'), dataChosen: true },
  { info: () => {}, warn: console.warn },
)
try {
  const report = await fuzz({
    db: database.db,
    mails,
    seed,
    milliseconds: Number(values.minutes) * 60_000,
    pagesOnceIn: 12,
    findingsMax: 20,
    onFinding: finding => {
      mkdirSync(values.out, { recursive: true })
      const files = finding.mails.map((mail, index) => {
        const path = join(values.out, `${finding.seed}-${index}.eml`)
        writeFileSync(path, mail)
        return path
      })
      process.stdout.write(`seed ${finding.seed}: ${finding.says}\n  ${files.join('\n  ')}\n`)
    },
  })
  const { groups, groupsOnPages, findings } = report
  process.stdout.write(
    `${report.mails} spoilt mails in ${groups} groups, ${groupsOnPages} of them on pages: ${findings.length} findings\n`,
  )
  process.exitCode = findings.length > 0 ? 1 : 0
} finally {
  await database.close()
  rmSync(directory, { recursive: true })
}
