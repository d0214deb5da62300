// `threadwork deliver` as a mail server runs it: what it ends with decides what becomes of the mail.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { testDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { mail } from '../ingest/mails.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-deliver-'))
afterAll(() => rmSync(directory, { recursive: true }))
const main = join(import.meta.dirname, '..', '..', 'main.ts')
const config = join(directory, 'threadwork.toml')
const unused = await freePort()
let database: Awaited<ReturnType<typeof testDatabase>>

beforeAll(async () => {
  database = await testDatabase()
  const list = (name: string) =>
    `[[lists]]\nname = "${name}"\naddress = "${name}@lists.example.net"\nlist_id = "${name}.lists.example.net"\n`
  writeFileSync(config, list('demo') + list('bpf'))
})

/** Only the words that matter here: what is wrong must not depend on the database. */
async function deliver(input: Buffer | string, ...words: string[]): Promise<{ code: number; err: string }> {
  const child = spawn(process.execPath, [main, 'deliver', '--config', config, ...words], {
    cwd: directory,
    env: { PATH: process.env.PATH, DATABASE_URL: database.url },
  })
  let err = ''
  child.stderr.on('data', chunk => {
    err += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = await once(child, 'exit')
  return { code, err }
}

const placesOf = async (id: string) => {
  const rows = database.db
    .selectFrom('mail')
    .innerJoin('list', 'list.id', 'mail.list_id')
    .select(['list.name', 'mail.envelope'])
    .where('message_id', '=', `${id}@example.org`)
  return rows.orderBy('list.name').execute()
}

// A program starts in half a second, on a busy machine in several.
describe('deliver', { timeout: 240_000 }, () => {
  test('0 is said when the mail is in the log, with the envelope', async () => {
    expect(await deliver(mail('named'), '--list', 'bpf', '--from', 'ada@example.org')).toEqual({
      code: 0,
      err: '',
    })
    expect(await placesOf('named')).toEqual([
      { name: 'bpf', envelope: { road: 'deliver', from: 'ada@example.org', trace: expect.any(String) } },
    ])
  })

  test('without --list the mail says where it belongs, and may belong to two lists', async () => {
    const both = String(mail('both')).replace('To: ', 'Cc: bpf@lists.example.net\nTo: ')
    expect((await deliver(both)).code).toBe(0)
    expect((await placesOf('both')).map(({ name }) => name)).toEqual(['bpf', 'demo'])
    const bcc = String(mail('bcc')).replace('To: demo@', 'To: x@')
    expect((await deliver(bcc, '--to', 'BPF@lists.example.net')).code).toBe(0)
    expect((await placesOf('bcc')).map(({ name }) => name)).toEqual(['bpf'])
  })

  test.each([
    ['64 for a wrong command line', ['--lsit', 'demo'], mail('x'), 64, 'did you mean --list?'],
    ['65 for nothing', ['--list', 'demo'], '', 65, 'Cannot deliver an empty input'],
    [
      '65 for too much',
      ['--list', 'demo'],
      Buffer.alloc(limits.mailBytesMax + 1, 'x\n'),
      65,
      'allowed: 26214400',
    ],
    [
      '67 for a list that is not there',
      ['--list', 'none'],
      mail('x'),
      67,
      'Cannot find the list "none"; there are: bpf, demo',
    ],
    ['67 for a mail of no list', [], 'To: x@example.org\n\nx\n', 67, 'is for no list here'],
    [
      '75 while the database is away',
      ['--list', 'demo', '--database', `postgres://x@127.0.0.1:${unused}/x`],
      mail('x'),
      75,
      'Cannot reach the database',
    ],
    [
      '78 for a wrong configuration',
      ['--config', 'none.toml'],
      mail('x'),
      78,
      'Cannot read the configuration',
    ],
  ] as const)('%s', async (_, words, input, code, said) => {
    const ended = await deliver(Buffer.from(input), ...words)
    expect(ended).toEqual({ code, err: expect.stringContaining(said) })
    expect(ended.err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('works alone, without a server', () => {
    const data = mkdtempSync(join(tmpdir(), 'threadwork-alone-'))
    const run = (command: string, ...words: string[]) =>
      spawnSync(process.execPath, [main, command, '--config', config, '--data', data, ...words], {
        input: mail('alone'),
        env: { PATH: process.env.PATH },
        encoding: 'utf8',
      })
    spawnSync('chmod', ['711', data])
    expect(run('deliver').status).toBe(0)
    expect(run('export', 'mbox').stdout.match(/^Message-ID/gm)).toHaveLength(1)
    rmSync(data, { recursive: true })
  })
})
