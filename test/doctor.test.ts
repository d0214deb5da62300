import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { makeLog } from '../base/log.ts'
import { contents } from '../commands/doctor/contents.ts'
import { certificate, disk, permissions } from '../commands/doctor/machine.ts'
import { port } from '../commands/doctor/ports.ts'
import { relay } from '../commands/doctor/relay.ts'
import { repositories } from '../commands/doctor/repositories.ts'
import { serves } from '../commands/doctor/serves.ts'
import { unixSocket } from '../commands/doctor/unix-socket.ts'
import { startSmtp } from '../ingest/smtp.ts'
import { sendNext } from '../sql/attempt.ts'
import { saveLists } from '../sql/lists.ts'
import { append } from '../sql/log.ts'
import { oweMail } from '../sql/outbox.ts'
import { sortAll } from '../tracker/project/projector.ts'
import { startWeb } from '../web/serve.ts'
import { startMailServer } from './answer/mail-server.ts'
import { testDatabase } from './database.ts'
import { Project } from './tracker/branch/project.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-doctor-'))
afterAll(() => rmSync(directory, { recursive: true }))

const mail = (id: string) => ({
  bytes: Buffer.from(`Message-ID: <${id}@example.org>\nSubject: ${id}\n\nx\n`),
  envelope: { road: 'import' },
})

test('a database in order has nothing to mend, and each disorder names its command', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (list === undefined) throw new Error('No list')
  await append(db, list.id, [mail('one'), mail('two')])
  await sortAll(db, list.id)
  const wrong = async () => (await contents(db)).filter(({ well }) => !well)
  expect(await wrong()).toEqual([])

  await sql`update cluster set folded = -1 where id = (select min(id) from cluster)`.execute(db)
  await sql`update topic set cluster = 0 where id = 'two@example.org'`.execute(db)
  await append(db, list.id, [mail('three')])
  await sql`update mail set known_at = now() - interval '1 hour' where message_id = 'three@example.org'`.execute(
    db,
  )
  expect(await wrong()).toEqual([
    {
      well: false,
      what: 'unsorted mails',
      found: '1, the oldest for 3600 s',
      mend: expect.stringContaining('threadwork serve'),
    },
    {
      well: false,
      what: 'failed clusters',
      found: '1 could not be folded and keep the topics they had: the one of <one@example.org> of demo',
      mend: expect.stringContaining('threadwork rebuild'),
    },
    {
      well: false,
      what: 'stale topics',
      found: '1 stand from before a rebuild of demo that has not ended',
      mend: expect.stringContaining('threadwork rebuild'),
    },
  ])

  await sql`update mail set known_at = now() + interval '1 hour'`.execute(db)
  expect((await wrong()).at(-1)).toMatchObject({ what: 'clock', found: '3600 s behind the newest mail' })
})

test('mail that does not leave is told with what shows it', async () => {
  const { db } = await testDatabase()
  const outbox = async () => (await contents(db)).find(({ what }) => what === 'outbox')
  const key = { subject: 'x', body: 'x\n', list: null, kind: 'result' as const }
  for (const to of ['ada@example.org', 'bob@example.com'])
    await db.transaction().execute(trx => oweMail(trx, { ...key, key: to, to }))
  expect(await outbox()).toMatchObject({ well: true, found: '2 owed' })
  const attempt = async () => ({ result: 'refused' as const, reply: '550 5.1.1 No such user' })
  await sendNext(db, { now: new Date(), attempt })
  expect(await outbox()).toMatchObject({
    well: false,
    found: '1 owed, 1 refused or bounced within a week',
    mend: expect.stringContaining('threadwork outbox list'),
  })
  await sendNext(db, { now: new Date(), attempt, perHourMax: 0 })
  expect(await outbox()).toMatchObject({
    well: false,
    found: expect.stringMatching(/^nothing leaves until .*: too many mails within an hour; 1 owed$/),
  })
})

test('a relay is tried without a mail, and never shown with its password', async () => {
  const server = await startMailServer()
  expect(await relay(server.config(), ['tarn'])).toMatchObject({ well: true })
  await server.close()
  const url = `smtp://ada:secret@127.0.0.1:${server.port}`
  const gone = await relay(server.config({ url }), [])
  expect(gone).toMatchObject({ well: false, found: expect.stringContaining('ECONNREFUSED') })
  expect(gone.found).not.toContain('secret')
  expect(await relay(null, [])).toMatchObject({ well: true, found: expect.stringContaining('loopback') })
  expect(await relay(null, ['tarn'])).toMatchObject({
    well: false,
    found: expect.stringContaining('patches over HTTP for tarn are refused'),
    mend: expect.stringContaining('[outgoing]'),
  })
  expect(server.mails).toEqual([])
})

test('an address in use is told with who has it', async () => {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const taken = await port('smtp', endpoint)
  expect(taken).toMatchObject({ well: false, what: 'smtp address', mend: expect.stringContaining('[smtp]') })
  expect(taken.found).toContain(`in use by process ${process.pid} (`)
  server.close()
  await once(server, 'close')
  expect(await port('smtp', endpoint)).toMatchObject({ well: true, found: expect.stringMatching(/, free$/) })
  expect(await port('web', { host: '192.0.2.1', port: 80 })).toMatchObject({
    well: false,
    found: '192.0.2.1:80: EADDRNOTAVAIL',
  })
})

test('an address at which serve listens is told so, whatever account it runs under', async () => {
  // Here it is this process that listens, whose command line is not that of serve.
  const { db } = await testDatabase()
  const anywhere = { host: '127.0.0.1', port: 0, log: makeLog('error', false) }
  const smtp = await startSmtp({ ...anywhere, hostname: 'mx.example.net', db, lists: async () => [] })
  const web = await startWeb({ ...anywhere, db })
  const serves = {
    well: true,
    found: expect.stringContaining(`, threadwork serve runs (process ${process.pid})`),
  }
  expect(await port('smtp', smtp)).toMatchObject(serves)
  expect(await port('web', web)).toMatchObject(serves)
  await Promise.all([smtp.close(), web.close()])
})

test('branches and maintainers that nothing matches are told with what is there', async () => {
  const project = await Project.start()
  project.file(
    'MAINTAINERS',
    'WAL\nM:\tAda Example <ada@example.org>\nL:\ttarn@lists.example.org\nF:\twal.c\n',
  )
  project.git('add', '.')
  project.commit('MAINTAINERS: Ada reads the log')
  const { repository, dir } = project
  const list = {
    name: 'tarn',
    address: 'tarn@lists.example.org',
    repository,
    branches: [],
    maintainers: null,
  }
  const wrong = async (settings: object) =>
    (await repositories([{ ...list, ...settings } as never], dir)).filter(({ well }) => !well)
  expect(await wrong({ branches: ['main', 'ma*'], maintainers: 'MAINTAINERS' })).toEqual([])
  expect(await wrong({ branches: ['main', 'stabel/*'], maintainers: 'MAINTANERS' })).toMatchObject([
    { what: 'branches of tarn', found: '"stabel/*" matches no branch; there are main' },
    { what: 'maintainers of tarn', found: 'the newest commit has no file "MAINTANERS"' },
  ])
  expect(await wrong({ maintainers: 'wal.c' })).toMatchObject([
    { what: 'maintainers of tarn', found: '"wal.c" names nobody for this list' },
  ])
  await project.end()
})

test('two serves that do the same on one data directory are told with their processes', async () => {
  const { db, url } = await testDatabase()
  const use = async (name: string) => {
    const client = new pg.Client({ connectionString: url, application_name: name })
    await client.connect()
    return client
  }
  const first = await use('threadwork serve smtp,worker 12')
  expect(await serves(db)).toMatchObject({ well: true, found: 'process 12 runs smtp,worker' })
  const second = await use('threadwork serve web,worker 34')
  expect(await serves(db)).toMatchObject({
    well: false,
    found: expect.stringMatching(/^worker runs twice on this data directory: process \d\d .*; process \d\d /),
  })
  await Promise.all([first.end(), second.end()])
})

test('a socket that LMTP cannot have is told with what mends it', () => {
  const folder = join(directory, 'run')
  const path = join(folder, 'lmtp')
  expect(unixSocket(path)).toMatchObject({ well: false, mend: `mkdir -p "${folder}"` })
  mkdirSync(folder)
  expect(unixSocket(path)).toEqual({ well: true, what: 'lmtp address', found: path })
  writeFileSync(path, 'a file')
  expect(unixSocket(path)).toMatchObject({ well: false, mend: expect.stringContaining('[lmtp]') })
  expect(unixSocket(join(folder, 'x'.repeat(100)))).toMatchObject({
    well: false,
    found: expect.stringContaining('107 bytes'),
  })
})

test('a data directory that others may write to is told with the command that closes it', () => {
  const data = join(directory, 'data')
  expect(permissions(data)).toMatchObject({ well: true, found: expect.stringContaining('not there yet') })
  mkdirSync(data)
  chmodSync(data, 0o777)
  expect(permissions(data)).toMatchObject({ well: false, mend: `chmod go-w "${data}"` })
  chmodSync(data, 0o711)
  expect(permissions(data)).toMatchObject({ well: true })
  expect(disk(join(data, 'not', 'there')).found).toMatch(/^[\d.]+ GB free of [\d.]+ GB for ".*not\/there"$/)
})

test('a certificate is wrong two weeks before it ends', () => {
  const file = (name: string) => ({ path: join(directory, name), at: 'threadwork.toml:3' })
  const tls = { certificate: file('cert.pem'), key: file('key.pem') }
  const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=mx.example.net'
  execFileSync(
    'openssl',
    ['req', ...request.split(' '), '-keyout', tls.key.path, '-out', tls.certificate.path],
    { stdio: 'ignore' },
  )
  const inDays = (days: number) => certificate(tls, Date.now() + days * 86_400_000)[0]
  expect(certificate(null)).toEqual([])
  expect(inDays(70)).toMatchObject({ well: true, found: expect.stringContaining('valid until') })
  expect(inDays(80)).toMatchObject({ well: false, mend: expect.stringContaining('certbot renew') })
  expect(inDays(91)).toMatchObject({ well: false, found: expect.stringContaining('expired') })
  writeFileSync(tls.certificate.path, 'no certificate')
  expect(inDays(0)).toMatchObject({ well: false, mend: 'correct tls_certificate at threadwork.toml:3' })
})
