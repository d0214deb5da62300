// npm run commands -- PATH...: reads the lines of other trackers in the mails of these mboxes, files and directories and
// compares them with fixtures/commands/expected.tsv, which was written by reading the mails. Ends with 1 on any difference.
import { join } from 'node:path'
import { corpus } from '../corpus.ts'
import { compareRows, factsIn, hashed, rowsOf } from './commands.ts'

const rows = rowsOf(join(import.meta.dirname, '../../fixtures/commands/expected.tsv'))
const paths = process.argv.slice(2)
if (paths.length === 0) {
  process.stderr.write('commands: no path given; it takes mboxes, .eml files and directories\n')
  process.exit(64)
}
const met = new Set<string>()
let mails = 0
let agreed = 0
let differing = 0
for await (const raw of corpus(paths)) {
  const facts = factsIn(raw)
  const mail = hashed(facts.messageId)
  const compared = compareRows(facts.tags, rows.get(mail) ?? [])
  met.add(mail)
  mails++
  agreed += compared.agreed.length
  differing += Math.max(compared.missing.length, compared.unexpected.length)
  for (const row of compared.missing) process.stdout.write(`- ${facts.messageId}\t${row}\n`)
  for (const row of compared.unexpected) process.stdout.write(`+ ${facts.messageId}\t${row}\n`)
}
process.stdout.write(
  `${mails} mails: ${agreed} lines agree, ${differing} do not; ${[...rows.keys()].filter(mail => !met.has(mail)).length} mails of the file are not here\n`,
)
process.exitCode = differing > 0 || agreed === 0 ? 1 : 0
