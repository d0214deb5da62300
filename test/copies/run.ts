// npm run copies -- PATH...: every mail of these mboxes, files and directories a second time in other dress. Prints how
// many of the second deliveries are taken for another mail, and which lines of the export change, first of the fold
// alone, then of an import into a PostgreSQL of its own; ends with 1 when there is one. `--seed` chooses the dress.
import { parseArgs } from 'node:util'
import { withBenchDatabase } from '../bench/database.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { all } from '../ingest/mails.ts'
import { compareCopies } from './copies.ts'
import { compareThroughDatabase } from './through-database.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' } },
})
const mails = await all(corpus(positionals.length > 0 ? positionals : inventedPaths))
const { mails: count, imposters, lines } = compareCopies(mails, Number(values.seed))
process.stdout.write(
  `${count} mails and a second delivery of each: ${imposters.length} taken for another mail, ${lines.length} lines of the export differ\n`,
)
for (const { id, differs } of imposters) process.stdout.write(`${id}: ${differs}\n`)
for (const { without, withCopies } of lines) process.stdout.write(`- ${without}\n+ ${withCopies}\n`)

const stored = await withBenchDatabase(bench => compareThroughDatabase(mails, Number(values.seed), bench))
process.stdout.write(
  `Through the database: ${stored.mails} mails in ${stored.topics} topics, ${stored.differing.length} topics differ, ${stored.learnt} footers and prefixes learnt\n`,
)
for (const id of stored.differing) process.stdout.write(`${id}: differs\n`)
process.exitCode = stored.differing.length + imposters.length + lines.length > 0 ? 1 : 0
