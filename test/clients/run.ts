// npm run clients -- MBOX [--threads 300] [--series 12] [--queries 200] [--seed 1] [--days N]: the same mails here and in public-inbox, side by
// side; with days each query asks for what was said so near to the mail that it was made from. Ends with 1 when a thread, a raw mail, what b4 takes of a series or an exact id differs, or a difference that nothing explains is left.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compareSeries, headsOf } from './compare-series.ts'
import { idOf, readMbox } from './mails.ts'
import { startOurs } from './our-server.ts'
import { inventQueries, readMail, withinDays } from './queries.ts'
import { compareQueries, compareRaws, compareThreads, type Difference, type Sides } from './side-by-side.ts'
import { spamOf } from './spam.ts'
import { startTheirs } from './their-server.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '300' },
    series: { type: 'string', default: '12' },
    queries: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string' },
  },
})
const [mbox] = positionals
if (mbox === undefined) throw new Error('Which mbox?')

const directory = mkdtempSync(join(tmpdir(), 'threadwork-clients-'))
chmodSync(directory, 0o711)
const mails = await readMbox(mbox)
const list = 'list'
const began = performance.now()
const tell = (what: string) =>
  process.stderr.write(`${Math.round((performance.now() - began) / 1_000)} s: ${what}\n`)
const starting = startTheirs(directory, list, mails)
const ours = await startOurs(directory, list, mbox)
tell('imported')
const theirs = await starting
tell('indexed there')
const sides: Sides = { ours: ours.url, theirs: theirs.url, list, mails: Map.groupBy(mails, idOf) }
const ids = [...sides.mails.keys()]
const step = Math.max(1, Math.floor(ids.length / Number(values.threads)))
const chosen = ids.filter((_, at) => at % step === 0).slice(0, Number(values.threads))
const invented = inventQueries(mails, Number(values.queries), Number(values.seed))
const queries = invented.map(asked => {
  const [bytes] = sides.mails.get(asked.from) ?? []
  return values.days === undefined || bytes === undefined
    ? asked
    : withinDays(asked, readMail(bytes).facts.said, Number(values.days))
})
const threads = await compareThreads(sides, chosen)
tell('compared threads')
const raws = await compareRaws(sides, chosen)
tell('compared raw mails')
const heads = headsOf(mails, Number(values.series))
const series = await compareSeries(sides, heads, directory)
tell('compared series')
const found = {
  threads,
  raws,
  series: series.differences,
  queries: await compareQueries(sides, queries, await spamOf(sides)),
}
tell('compared queries')
await ours.close()
await theirs.close()
rmSync(directory, { recursive: true, force: true })

process.stdout.write(
  `${chosen.length} threads, ${chosen.length} raw mails, ${heads.length} series (${series.files} files), ${queries.length} queries\n`,
)
for (const [kind, differences] of Object.entries(found)) {
  process.stdout.write(`${kind}: ${differences.length} differ\n`)
  for (const difference of differences) process.stdout.write(`${show(difference)}\n`)
}
if (Object.values(found).some(all => all.some(({ unexplained }) => unexplained.length > 0)))
  process.exitCode = 1

function show({ about, onlyOurs, onlyTheirs, unexplained, reasons }: Difference): string {
  const why = [
    ...reasons,
    ...(unexplained.length > 0 ? [`UNEXPLAINED ${unexplained.slice(0, 3).join(' ')}`] : []),
  ]
  return `  ${about}\n    ${onlyOurs.length} only here, ${onlyTheirs.length} only there: ${why.join('; ')}`
}
