import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type LmtpOptions, startLmtp } from '../../ingest/lmtp.ts'
import { connect } from '../../sql/connect.ts'
import { saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'
import { makeDoorway } from './doorway.ts'
import { dial, play } from './transcript.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-lmtp-'))
afterAll(() => rmSync(directory, { recursive: true }))
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function lmtp(options: Partial<LmtpOptions> = {}) {
  const { db, url } = await testDatabase()
  const lists = await saveLists(db, [
    { name: 'demo', address: 'demo@lists.example.net' },
    { name: 'bpf', address: 'bpf@lists.example.net' },
  ])
  const server = await startLmtp({
    db,
    lists: () => lists,
    listen: { host: '127.0.0.1', port: 0 },
    hostname: 'mx.example.net',
    log: { info: () => {}, warn: () => {} },
    ...options,
  })
  closers.push(() => server.close())
  const port = typeof server.listen === 'string' ? 0 : server.listen.port
  return { server, port, db, url, kept: () => db.selectFrom('mail').select('list_id').execute() }
}

describe('LMTP', () => {
  test('answers each recipient for itself', async () => {
    const { port, db, kept } = await lmtp()
    await play(
      port,
      `S: 220 mx.example.net LMTP Threadwork
       C: LHLO client.example.org
       S: 250-mx.example.net
       S: 250-PIPELINING
       S: 250-8BITMIME
       S: 250-SMTPUTF8
       S: 250-ENHANCEDSTATUSCODES
       S: 250 SIZE
       C: MAIL FROM:<>
       S: 250 2.1.0
       C: RCPT TO:<demo@lists.example.net>
       S: 250 2.1.5
       C: RCPT TO:<nobody@lists.example.net>
       S: 550 5.1.1
       C: RCPT TO:<bpf@lists.example.net>
       S: 250 2.1.5
       C: DATA
       S: 354
       C: Message-ID: <one@example.org>
       C:
       C: x
       C: .
       S: 250 2.6.0 OK: in the log of demo
       S: 250 2.6.0 OK: in the log of bpf
       C: QUIT
       S: 221
       --`,
    )
    expect(await kept()).toHaveLength(2)
    expect(await db.selectFrom('raw').select('hash').execute()).toHaveLength(1)
    const { envelope } = await db.selectFrom('mail').select('envelope').executeTakeFirstOrThrow()
    expect(envelope).toMatchObject({
      road: 'lmtp',
      from: '',
      to: ['demo@lists.example.net', 'bpf@lists.example.net'],
    })
  })

  test('answers 451 for each recipient while the database is away, and takes the mail later', async () => {
    const { url } = await testDatabase()
    const direct = connect(url)
    const lists = await saveLists(direct, [
      { name: 'demo', address: 'demo@lists.example.net' },
      { name: 'bpf', address: 'bpf@lists.example.net' },
    ])
    const doorway = await makeDoorway(url)
    const db = connect(doorway.url)
    const { port } = await lmtp({ db, lists: () => lists })
    const client = await dial(port)
    await client.line()
    await client.talk('LHLO client.example.org')
    const send = async () => {
      await client.talk(
        'MAIL FROM:<ada@example.org>',
        'RCPT TO:<demo@lists.example.net>',
        'RCPT TO:<bpf@lists.example.net>',
        'DATA',
      )
      client.send('Message-ID: <one@example.org>\r\n\r\nx\r\n.\r\n')
      return [await client.line(), await client.line()]
    }
    await doorway.shut()
    expect(await send()).toEqual([expect.stringMatching(/^451/), expect.stringMatching(/^451/)])
    await doorway.open()
    expect(await send()).toEqual([expect.stringMatching(/^250/), expect.stringMatching(/^250/)])
    client.close()
    await db.destroy()
    await doorway.remove()
  })

  test('speaks at a socket file, which is replaced when stale and gone at the end', async () => {
    const listen = join(directory, 'socket')
    const { server } = await lmtp({ listen })
    const client = await dial(listen)
    expect(await client.line()).toContain('220 mx.example.net LMTP')
    client.close()
    await expect(lmtp({ listen })).rejects.toThrow(
      `Cannot listen for LMTP on "${listen}": another process listens`,
    )
    await server.close()
    expect(existsSync(listen)).toBe(false)
    await leaveStale(listen)
    const { server: next } = await lmtp({ listen })
    expect(existsSync(listen)).toBe(true)
    await next.close()
  })

  test('removes nothing that is not a socket', async () => {
    const listen = join(directory, 'file')
    writeFileSync(listen, 'precious')
    await expect(lmtp({ listen })).rejects.toThrow('there is a file of that name')
    await expect(lmtp({ listen: join(directory, 'x'.repeat(100)) })).rejects.toThrow('more than 107 bytes')
    await expect(lmtp({ listen: join(directory, 'none', 'socket') })).rejects.toThrow(
      'Cannot listen for LMTP',
    )
  })
})

/** What a killed process leaves: the file without anybody behind it. */
async function leaveStale(path: string): Promise<void> {
  const script =
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))'
  await once(spawn(process.execPath, ['-e', script, path]), 'exit')
  expect(existsSync(path)).toBe(true)
}
