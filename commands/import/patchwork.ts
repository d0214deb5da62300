// `import patchwork URL --project NAME`: what its options say, and the file that says what the states of that patchwork are here.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Arguments } from '../../base/command.ts'
import { patchStates } from '../../base/state-words.ts'
import { hasCome, stopSignal } from '../../base/stop-signal.ts'
import { readTomlFile } from '../../base/toml-file.ts'
import { withDatabase } from '../common/database.ts'

export async function importFromPatchwork(args: Arguments): Promise<number> {
  const [, url, ...more] = args.words
  const project = args.text('project')
  if (url === undefined || more.length > 0 || project === undefined)
    throw new Error('Cannot import from patchwork so; allowed: import patchwork URL --project NAME')
  const { openServer } = await import('../../ingest/patchwork/server.ts')
  const signal = stopSignal()
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`)
  const server = openServer({ url, token: tokenIn(args.text('token-file')), signal, say })
  const states = statesIn(args.text('states'))
  const { PatchworkReport } = await import('../../ingest/patchwork/report.ts')
  const report = new PatchworkReport(args.text('report'))
  const work = withDatabase(
    args,
    async ({ db, config }) => {
      const { listToFill } = await import('../../sql/chosen-lists.ts')
      const { importPatchwork } = await import('../../ingest/patchwork/import.ts')
      const list = await listToFill(db, args.text('list') ?? project, config.lists)
      const given = { db, list, server, project, states, report, say, keepOurs: args.has('keep-ours') }
      const interrupted = hasCome(signal).then(() => 'interrupted' as const)
      const end = await Promise.race([importPatchwork({ ...given, now: new Date() }), interrupted])
      say(end === 'interrupted' ? 'Interrupted; run the same command to go on' : report.text)
      return end === 'interrupted' ? 130 : 0
    },
    signal,
  )
  return work
}

function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  const token = readFileSync(file, 'utf8').trim()
  if (/^[\x21-\x7e]{1,200}$/.test(token)) return token
  throw new Error(`Cannot read a token in "${file}"; allowed: one line with the token alone`)
}

function statesIn(file: string | undefined): ReadonlyMap<string, (typeof patchStates)[number]> {
  if (file === undefined) return new Map()
  const states = z.record(z.string(), z.enum(patchStates, patchStates.join(', ')))
  const { written } = readTomlFile(file, 'the states', states)
  return new Map(
    Object.entries(written).map(([name, state]) => [name.toLowerCase().replace(/[\s_]+/g, '-'), state]),
  )
}
