// A real Postfix in a directory of its own hands mail over by LMTP and by pipe, and swaks plays the clients that are
// rare: this holds the lines of docs/running.md true. Postfix starts only as root.
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lmtp, startLmtp } from '../../ingest/lmtp.ts'
import { type Smtp, startSmtp } from '../../ingest/smtp.ts'
import { connect } from '../../sql/connect.ts'
import { saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { type Doorway, makeDoorway } from '../ingest/doorway.ts'
import { until } from '../ingest/until.ts'
import { type Postfix, startPostfix } from '../postfix.ts'

const main = join(import.meta.dirname, '..', '..', 'main.ts')
let directory: string
let database: Awaited<ReturnType<typeof testDatabase>>
let doorway: Doorway
let behind: ReturnType<typeof connect>
let lmtp: Lmtp
let smtp: Smtp
let postfix: Postfix
let port: number

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'threadwork-postfix-'))
  chmodSync(directory, 0o755)
  database = await testDatabase()
  const lists = await saveLists(database.db, [
    { name: 'lmtp', address: 'lmtp@lists.example.net' },
    { name: 'pipe', address: 'pipe@lists.example.net' },
  ])
  doorway = await makeDoorway(database.url)
  openToAll()
  behind = connect(doorway.url)
  const door = {
    db: behind,
    lists: () => lists,
    hostname: 'mx.example.net',
    log: { info: () => {}, warn: () => {} },
  }
  lmtp = await startLmtp({ ...door, listen: join(directory, 'lmtp') })
  smtp = await startSmtp({ ...door, host: '127.0.0.1', port: 0, mailBytesMax: 100_000 })
  port = await freePort()
  postfix = await startPostfix(directory, {
    port,
    hostname: 'mx.example.net',
    domains: 'lists.example.net',
    transport: `lmtp@lists.example.net   lmtp:unix:${directory}/lmtp\npipe@lists.example.net   threadwork:\nnobody@lists.example.net threadwork:\n`,
    settings: 'threadwork_destination_recipient_limit = 1\n',
    services: `threadwork unix - n n - 2 pipe
  user=nobody argv=${process.execPath} ${main} deliver --database ${doorway.url} --from \${sender} --to \${recipient}
`,
  })
}, 240_000)

afterAll(async () => {
  await postfix.stop()
  await lmtp.close()
  await smtp.close()
  await behind.destroy()
  await doorway.remove()
  rmSync(directory, { recursive: true })
})

/** The pipe runs under another account than the database of the tests, and must get through. */
function openToAll(): void {
  const front = new URL(doorway.url).searchParams.get('host') ?? ''
  chmodSync(front, 0o755)
  for (const name of readdirSync(front)) chmodSync(join(front, name), 0o777)
}

async function swaks(...words: string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout } = await promisify(execFile)('swaks', [
      '--timeout',
      '10',
      '--from',
      'ada@example.org',
      '--to',
      'lmtp@lists.example.net',
      ...words,
    ])
    return { code: 0, said: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number | string; stdout: string }
    if (typeof code === 'string') throw new Error(`Cannot run swaks (${code}): apt-get install swaks`)
    return { code, said: stdout }
  }
}

const post = (id: string, to: string, ...words: string[]) =>
  swaks('--server', `127.0.0.1:${port}`, '--to', to, '--header', `Message-Id: <${id}@example.org>`, ...words)

const placesOf = async (id: string) => {
  const rows = await database.db
    .selectFrom('mail')
    .innerJoin('list', 'list.id', 'mail.list_id')
    .select(['list.name', 'mail.envelope'])
    .where('message_id', '=', `${id}@example.org`)
    .orderBy('list.name')
    .execute()
  return rows.map(({ name, envelope }) => `${name} by ${envelope.road} from ${envelope.from}`)
}

describe('Postfix', { timeout: 240_000 }, () => {
  test('delivers by LMTP and by pipe, one mail to both lists', async () => {
    expect(await post('both', 'lmtp@lists.example.net,pipe@lists.example.net')).toMatchObject({ code: 0 })
    await until(async () => (await placesOf('both')).length === 2)
    expect(await placesOf('both')).toEqual([
      'lmtp by lmtp from ada@example.org',
      'pipe by deliver from ada@example.org',
    ])
  })

  test('gives a mail of no list back to its sender', async () => {
    await post('nobody', 'nobody@lists.example.net', '--h-To', 'nobody@lists.example.net')
    await until(async () => postfix.log().includes('status=bounced'))
    expect(postfix.log()).toMatch(
      /to=<nobody@lists.example.net>.*relay=threadwork.*dsn=5\.1\.1, status=bounced \(user unknown/,
    )
  })

  test('keeps the mail while the database is away, and delivers it later', async () => {
    await doorway.shut()
    await post('away', 'lmtp@lists.example.net,pipe@lists.example.net')
    const deferred = (relay: string) => new RegExp(`relay=${relay}.*status=deferred`).test(postfix.log())
    await until(async () => deferred('threadwork') && deferred('mx.example.net'))
    expect(postfix.log()).toContain('451 4.3.0 Could not store the mail now, try again later')
    await doorway.open()
    openToAll()
    // Its own next look may be far off: one that met a mail under way is not repeated soon.
    await until(async () => {
      if ((await placesOf('away')).length === 2) return true
      postfix.flush()
      return false
    })
  })
})

describe('swaks', () => {
  const direct = (...words: string[]) => swaks('--server', `127.0.0.1:${smtp.port}`, ...words)

  test.each([
    ['in one piece (pipelining)', ['--pipeline'], 0],
    ['from nobody (the null sender)', ['--from', '<>'], 0],
    ['from an address with UTF-8', ['--from', 'jürgen@example.org'], 0],
    ['with a dot at the start of lines', ['--data', 'Subject: dots\n\n.\n..\n.x\n'], 0],
    ['of one long line', ['--body', 'x'.repeat(50_000)], 0],
    ['without a header', ['--data', '\n\nx\n'], 0],
    ['with an old HELO', ['--protocol', 'SMTP'], 0],
    ['for somebody else (24: the recipient is refused)', ['--to', 'x@example.org'], 24],
    ['above the limit (26: the data is refused)', ['--body', 'x\n'.repeat(60_000)], 26],
    ['with a login (28: none is offered)', ['--auth', '--auth-user', 'a', '--auth-password', 'b'], 28],
    ['with TLS (29: none is offered)', ['--tls'], 29],
  ])('a mail %s', async (_, words, code) => {
    expect(await direct(...words)).toMatchObject({ code })
  })

  test('speaks LMTP at the socket', async () => {
    const { code, said } = await swaks(
      '--protocol',
      'LMTP',
      '--socket',
      join(directory, 'lmtp'),
      '--to',
      'lmtp@lists.example.net,pipe@lists.example.net',
    )
    expect({ code, answers: said.match(/250 2\.6\.0 OK: in the log of \w+/g) }).toEqual({
      code: 0,
      answers: ['250 2.6.0 OK: in the log of lmtp', '250 2.6.0 OK: in the log of pipe'],
    })
  })
})
