// npm run habits -- [--seed N] [--mails 2000] [--list NAME] [--out DIR] [--worst 40]: writes lists with other customs than
// those at hand, imports each by the program itself into a database of its own, and compares the export with what is
// true of them by construction. Ends with 1 when a figure is below its threshold. With `--folded` the mails are read and
// folded in memory, without program and database: the same figures much sooner, save what a database must learn first.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toMboxrd } from '../../base/mboxrd.ts'
import { foldList } from './fold.ts'
import { type Invented, inventList } from './invent.ts'
import { lists } from './lists.ts'
import { type Disagreement, type ExportedTopic, score } from './score.ts'
import { below, named, table, thresholds } from './thresholds.ts'
import type { Customs } from './world.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    mails: { type: 'string', default: '2000' },
    list: { type: 'string' },
    out: { type: 'string' },
    worst: { type: 'string', default: '0' },
    folded: { type: 'boolean', default: false },
  },
})

function main(): number {
  const chosen = lists.filter(({ name }) => values.list === undefined || name === values.list)
  if (chosen.length === 0)
    throw new Error(`There is no list "${values.list}"; allowed: ${lists.map(({ name }) => name).join(', ')}`)
  const [seed, mails] = [wholeNumber('seed', values.seed), wholeNumber('mails', values.mails)]
  const results = chosen.map(customs => {
    const invented = inventList(customs, seed, mails)
    const exported = values.folded ? foldList(invented, customs.dress) : throughProgram(customs, invented)
    const result = score(invented.truth, exported)
    showWorst(customs.name, result.disagreements, invented, wholeNumber('worst', values.worst))
    return { name: customs.name, rates: named(result) }
  })
  process.stdout.write(
    `\nseed ${seed}, ${mails} mails a list, in percent (* below the threshold)\n${table(results)}`,
  )
  return results.some(({ rates }) => below(rates, thresholds).length > 0) ? 1 : 0
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`Cannot take --${name} ${text}; allowed: a whole number`)
  return Number(text)
}

/** The lines of `export state`. */
function throughProgram(customs: Customs, invented: Invented): ExportedTopic[] {
  const directory = mkdtempSync(join(tmpdir(), 'habits-'))
  // PostgreSQL runs under another account when we are root, and must get through.
  chmodSync(directory, 0o711)
  try {
    const out = values.out === undefined ? directory : join(values.out, customs.name)
    mkdirSync(out, { recursive: true })
    const at = (name: string) => join(out, name)
    writeFileSync(at('list.mbox'), Buffer.concat(invented.mails.map(toMboxrd)))
    writeFileSync(at('truth.json'), JSON.stringify(invented.truth, null, 1))
    writeFileSync(at('threadwork.toml'), configuration(customs, invented, join(directory, 'data')))
    const place = ['--config', at('threadwork.toml'), '--list', customs.name]
    threadwork('import', ...place, at('list.mbox'))
    threadwork('export', 'state', ...place, '--out', at('state.jsonl'))
    return readFileSync(at('state.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function configuration({ name, dress }: Customs, { robots }: Invented, data: string): string {
  const people = robots.map(
    ({ name, address }) =>
      `[[lists.people]]\nname = ${JSON.stringify(name)}\naddress = ${JSON.stringify(address)}\nrole = "robot"\n`,
  )
  return `data = ${JSON.stringify(data)}\n\n[[lists]]\nname = "${name}"\naddress = "${dress.address}"\nlist_id = "${dress.listId}"\n\n${people.join('\n')}`
}

function threadwork(...words: readonly string[]): void {
  const main = join(import.meta.dirname, '../../main.ts')
  const { status, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`threadwork ${words.join(' ')} ended with ${status}: ${stderr}`)
}

/** The kinds take turns, so that none drowns the others. */
function showWorst(
  list: string,
  disagreements: readonly Disagreement[],
  { subjects }: Invented,
  count: number,
): void {
  if (count === 0) return
  const sorted = [...disagreements].sort((a, b) => b.weight - a.weight || (a.mail < b.mail ? -1 : 1))
  const kinds = [...Map.groupBy(sorted, ({ kind }) => kind)]
  process.stdout.write(`\n${list}: ${kinds.map(([kind, all]) => `${kind} ${all.length}`).join(', ')}\n`)
  const turns = Array.from({ length: count }, (_, turn) => kinds.flatMap(([, all]) => all[turn] ?? [])).flat()
  for (const { kind, mail, text, other } of turns.slice(0, count))
    process.stdout.write(
      `${kind.padEnd(22)} <${mail}>\n      ${subjects.get(mail) ?? ''}\n      ${text}\n${other === undefined ? '' : `      ~ <${other}>  ${subjects.get(other) ?? ''}\n`}`,
    )
}

process.exitCode = main()
