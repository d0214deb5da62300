import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { sendNext } from '../../sql/attempt.ts'
import { saveInstance } from '../../sql/instance.ts'
import { saveLists } from '../../sql/lists.ts'
import { type OwedMail, oweMail } from '../../sql/outbox.ts'
import { listOutbox, outboxState, retryMail } from '../../sql/outbox-rows.ts'
import { markBounced, ownAddress, unsubscribe } from '../../sql/own-address.ts'
import { makeRelay, type Relay } from '../../sql/relay.ts'
import { type MailServer, type MailServerOptions, startMailServer } from '../answer/mail-server.ts'
import { testDatabase } from '../database.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-relay-'))
afterAll(() => rmSync(directory, { recursive: true }))
const closers: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function outbox() {
  const { db } = await testDatabase()
  await saveInstance(db, 'Threadwork@lists.example.net')
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (list === undefined) throw new Error('No list')
  const mail = (more: Partial<OwedMail> = {}): OwedMail => ({
    key: 'error demo 1@example.org',
    list: list.id,
    to: 'ada@example.org',
    subject: 'Re: [PATCH] net: count the drops',
    body: '> Patch-Status: acepted\n\nNot understood.\n',
    inReplyTo: '1@example.org',
    references: ['0@example.org', '1@example.org'],
    kind: 'error',
    ...more,
  })
  const owe = (more?: Partial<OwedMail>) => db.transaction().execute(trx => oweMail(trx, mail(more)))
  const states = async () => (await listOutbox(db, { sent: true })).map(({ state }) => state)
  return { db, list, mail, owe, states }
}

async function server(options?: MailServerOptions): Promise<MailServer> {
  const started = await startMailServer(options)
  closers.push(() => started.close())
  return started
}

function relayTo(config: Parameters<typeof makeRelay>[0]): Relay {
  const relay = makeRelay(config)
  closers.push(() => relay.close())
  return relay
}

const later = (hours: number) => new Date(Date.now() + hours * 3_600_000)
const send = (relay: Relay, now = new Date(), perHourMax?: number) => ({
  now,
  perHourMax,
  attempt: relay.send,
})

describe('a mail that is owed', () => {
  test('leaves with all that tells programs not to answer, and with a way back for bounces', async () => {
    const { db, owe } = await outbox()
    const { mails, config } = await server()
    expect(await owe()).toBe('owed')
    expect(await sendNext(db, send(relayTo(config())))).toMatchObject({ result: 'sent' })
    const [mail] = mails
    expect(mail?.to).toEqual(['ada@example.org'])
    expect(mail?.from).toMatch(/^bounce\+[0-9a-f]{32}@lists\.example\.net$/)
    expect(mail?.messageId).toMatch(/^tw\.[0-9a-f]{32}@lists\.example\.net$/)
    for (const line of [
      'From: Threadwork <threadwork@lists.example.net>',
      'To: ada@example.org',
      'Subject: Re: [PATCH] net: count the drops',
      'Auto-Submitted: auto-replied',
      'X-Loop: threadwork@lists.example.net',
      'In-Reply-To: <1@example.org>',
      'References: <0@example.org> <1@example.org>',
      'List-ID: Threadwork <threadwork.lists.example.net>',
      '> Patch-Status: acepted',
    ])
      expect(mail?.text.split('\r\n')).toContain(line)
    expect(mail?.text).not.toContain('List-Unsubscribe')
    expect(await sendNext(db, send(relayTo(config())))).toBeNull()
  })

  test('is owed once for its key, and not at all when its transaction fails', async () => {
    const { db, mail, owe, states } = await outbox()
    await expect(
      db.transaction().execute(async trx => {
        await oweMail(trx, mail())
        throw new Error('the fold failed')
      }),
    ).rejects.toThrow('the fold failed')
    expect(await states()).toEqual([])
    expect([await owe(), await owe()]).toEqual(['owed', 'known'])
    expect(await states()).toEqual(['owed'])
  })

  test('has the same Message-ID whenever it is owed, and another on another instance', async () => {
    const ids = []
    for (const address of ['a@lists.example.net', 'a@lists.example.net', 'a@lists.example.com']) {
      const { db, owe } = await outbox()
      await saveInstance(db, address)
      await owe()
      ids.push((await listOutbox(db, { sent: false }))[0]?.messageId)
    }
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).not.toBe(ids[0])
  })

  test('goes to no address that a header or a relay could read in another way', async () => {
    const { owe, states } = await outbox()
    for (const to of [
      '',
      'ada',
      'ada@example.org, bob@example.org',
      'ada@example.org\r\nBcc: bob@example.org',
      '"ada lovelace"@example.org',
      '<ada@example.org>',
    ])
      expect(await owe({ to })).toBe('refused')
    expect(await owe({ subject: 'Re: a\r\nBcc: bob@example.org\r\n\r\nbody' })).toBe('owed')
    expect(await states()).toEqual(['owed'])
  })

  test('waits until its time', async () => {
    const { db, owe } = await outbox()
    const { config, mails } = await server()
    const relay = relayTo(config())
    await owe({ notBefore: later(0.5) })
    expect(await sendNext(db, send(relay))).toBeNull()
    expect(await sendNext(db, send(relay, later(0.6)))).toMatchObject({ result: 'sent' })
    expect(mails).toHaveLength(1)
  })
})

describe('the relay', () => {
  test('that says "not now" is asked again, each time as the same bytes and ever more rarely', async () => {
    const { db, owe } = await outbox()
    const texts: string[] = []
    let busy = 3
    const { mails, config } = await server({ data: () => (busy-- > 0 ? '451 4.3.0 Try again' : undefined) })
    const relay = relayTo(config())
    const start = Date.now()
    await owe()
    const at = (minutes: number) => new Date(start + minutes * 60_000 + 5_000)
    const attempt = async (minutes: number) => {
      const done = await sendNext(db, send(relay, at(minutes)))
      const [row] = await db.selectFrom('outbox').select('bytes').execute()
      texts.push(row?.bytes?.toString() ?? '')
      return done === null || done === 'quiet' ? done : done.result
    }
    expect([await attempt(0), await attempt(0.5), await attempt(1)]).toEqual(['later', null, 'later'])
    expect([await attempt(2.5), await attempt(3.5), await attempt(7), await attempt(8)]).toEqual([
      null,
      'later',
      null,
      'sent',
    ])
    expect(new Set(texts)).toEqual(new Set([mails[0]?.text]))
  })

  test('that never takes it is given up after five days', async () => {
    const { db, owe, states } = await outbox()
    const { config } = await server({ recipient: () => '450 4.2.0 Mailbox busy' })
    const relay = relayTo(config())
    await owe()
    const waits: number[] = []
    for (let now = new Date(); (await states())[0] === 'owed'; ) {
      await sendNext(db, send(relay, now))
      const [row] = await db.selectFrom('outbox').select('next_at').execute()
      if (row && row.next_at > now) waits.push(Math.round((+row.next_at - +now) / 60_000))
      now = row && row.next_at > now ? row.next_at : new Date(+now + 1000)
    }
    expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240])
    expect(Math.max(...waits)).toBe(240)
    expect(waits.reduce((sum, wait) => sum + wait, 0) / 1440).toBeGreaterThan(4.8)
    expect(await listOutbox(db, { sent: false })).toMatchObject([
      {
        state: 'dead',
        reply: expect.stringMatching(/^given up after \d+ attempts: 450 4\.2\.0 Mailbox busy/),
      },
    ])
  })

  test('that refuses it ends it at once, and the operator may try again', async () => {
    const { db, owe, states } = await outbox()
    let known = false
    const { config, mails } = await server({
      recipient: () => (known ? undefined : '550 5.1.1 No such user'),
    })
    const relay = relayTo(config())
    await owe()
    expect(await sendNext(db, send(relay))).toMatchObject({ result: 'refused' })
    const [row] = await listOutbox(db, { sent: false })
    expect(row).toMatchObject({ state: 'dead', attempts: 1, reply: expect.stringContaining('550 5.1.1') })
    expect(await outboxState(db)).toMatchObject({ owed: 0, failed: 1 })
    known = true
    expect(await retryMail(db, row?.id ?? '')).toBe(true)
    expect(await sendNext(db, send(relay))).toMatchObject({ result: 'sent' })
    expect(await states()).toEqual(['sent'])
    expect(await retryMail(db, row?.id ?? '')).toBe(false)
    expect(mails).toHaveLength(1)
  })

  test('that is not there costs no mail its life', async () => {
    const { db, owe, states } = await outbox()
    const gone = await startMailServer()
    await gone.close()
    await owe()
    expect(await sendNext(db, send(relayTo(gone.config())))).toMatchObject({ result: 'unreachable' })
    expect(await states()).toEqual(['owed'])
  })

  test('that wants another password is no reason to lose a mail', async () => {
    const { db, owe, states } = await outbox()
    const { config, mails, port } = await server({ password: 'right', ...selfSigned() })
    const passwordFile = join(directory, 'password')
    writeFileSync(passwordFile, 'right\n')
    const tls = { tls: 'required' as const, ca: join(directory, 'own.pem') }
    await owe()
    const wrong = relayTo({ ...config(tls), url: `smtp://ada:wrong@127.0.0.1:${port}` })
    expect(await sendNext(db, send(wrong))).toMatchObject({ result: 'unreachable', reply: /535/ })
    expect(await states()).toEqual(['owed'])
    const right = relayTo(config({ ...tls, user: 'ada', passwordFile }))
    expect(await sendNext(db, send(right, later(1)))).toMatchObject({ result: 'sent' })
    expect(mails).toMatchObject([{ secure: true, user: 'ada' }])
  })

  test('is spoken to only by TLS that can be verified, unless the operator says otherwise', async () => {
    const { db, owe } = await outbox()
    const { config, mails } = await server(selfSigned())
    const plain = await server()
    await owe()
    const required = { tls: 'required' as const }
    const attempt = (relay: Relay, hours: number) => sendNext(db, send(relay, later(hours)))
    expect(await attempt(relayTo(config(required)), 0)).toMatchObject({
      result: 'unreachable',
      reply: expect.stringMatching(/self-signed/),
    })
    expect(await attempt(relayTo(plain.config(required)), 1)).toMatchObject({ result: 'unreachable' })
    expect([...mails, ...plain.mails]).toEqual([])
    const believed = relayTo(config({ ...required, ca: join(directory, 'own.pem') }))
    expect(await attempt(believed, 2)).toMatchObject({ result: 'sent' })
    expect(mails).toMatchObject([{ secure: true }])
  })
})

function selfSigned(): Pick<MailServerOptions, 'tls'> & { tls: object } {
  const [key, cert] = [join(directory, 'own.key'), join(directory, 'own.pem')]
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=relay'
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]
  execFileSync('openssl', [...request.split(' '), ...names], { stdio: 'ignore' })
  return { tls: { key: readFileSync(key), cert: readFileSync(cert) } }
}

describe('limits', () => {
  test('of one answer to somebody about a thread in an hour, and of five in a day', async () => {
    const { db, owe } = await outbox()
    const about = (key: string, thread: string, to = 'ada@example.org') => owe({ key, thread, to })
    expect([await about('1', 'a'), await about('2', 'a'), await about('3', 'a', 'bob@example.com')]).toEqual([
      'owed',
      'limited',
      'owed',
    ])
    await db
      .updateTable('outbox')
      .set({ made_at: later(-2) })
      .execute()
    expect(await about('4', 'a')).toBe('owed')
    for (const thread of ['b', 'c', 'd']) expect(await about(thread, thread)).toBe('owed')
    expect(await about('e', 'e')).toBe('limited')
    await db
      .updateTable('outbox')
      .set({ made_at: later(-25) })
      .execute()
    expect(await about('f', 'e')).toBe('owed')
  })

  test('of mails in an hour: then nothing leaves, doctor says so, and an hour later it goes on', async () => {
    const { db, owe } = await outbox()
    const { config, mails } = await server()
    const relay = relayTo(config())
    for (let n = 0; n < 4; n++) await owe({ key: `${n}`, to: `p${n}@example.org` })
    for (let n = 0; n < 3; n++)
      expect(await sendNext(db, send(relay, new Date(), 3))).toMatchObject({ result: 'sent' })
    expect(await sendNext(db, send(relay, new Date(), 3))).toBe('quiet')
    expect(await outboxState(db)).toMatchObject({ owed: 1, quietUntil: expect.any(Date) })
    expect(await sendNext(db, send(relay, later(0.9), 3))).toBe('quiet')
    expect(mails).toHaveLength(3)
    // No loop asks for these, and many of them close nobody else's way.
    await owe({ key: 'word', to: 'ada@example.org', kind: 'challenge' })
    expect(await sendNext(db, send(relay, later(0.9), 3))).toMatchObject({ result: 'sent' })
    expect(mails[3]?.to).toEqual(['ada@example.org'])
    expect(await sendNext(db, send(relay, later(1.1), 3))).toMatchObject({ result: 'sent' })
  })
})

test('what nobody asked for can be ended by each reader, for one list', async () => {
  const { db, list, owe } = await outbox()
  const { config, mails } = await server()
  await owe({ kind: 'state' })
  await sendNext(db, send(relayTo(config())))
  const address = /^List-Unsubscribe: +<mailto:([^?]*)\?subject=Unsubscribe>/m.exec(
    mails[0]?.text.replaceAll('\r\n ', ' ') ?? '',
  )?.[1]
  expect(mails[0]?.text).toContain(`Reply-To: ${address}`)
  const own = await ownAddress(db, address ?? '')
  expect(own).toMatchObject({ what: 'unsubscribe' })
  await unsubscribe(db, own?.id ?? '')
  expect(await owe({ key: '2', kind: 'ack' })).toBe('unsubscribed')
  expect(await owe({ key: '3', kind: 'error' })).not.toBe('unsubscribed')
  expect(await owe({ key: '4', kind: 'ack', to: 'bob@example.com' })).toBe('owed')
  const [other] = await saveLists(db, [{ name: 'bpf', address: 'bpf@lists.example.net' }])
  expect(await owe({ key: '5', kind: 'digest', list: other?.id ?? list.id })).toBe('owed')
})

test('a bounce finds its mail by the address it comes to, and nobody can invent one', async () => {
  const { db, owe } = await outbox()
  const { config, mails } = await server()
  await owe()
  await sendNext(db, send(relayTo(config())))
  const from = mails[0]?.from ?? ''
  const own = await ownAddress(db, from.toUpperCase())
  expect(own?.what).toBe('bounce')
  for (const address of [
    'bounce+1@lists.example.net',
    from.replace(/\+.{8}/, '+00000000'),
    from.replace('.net', '.com'),
  ])
    expect(await ownAddress(db, address)).toBeNull()
  await markBounced(db, own?.id ?? '', 'Undelivered Mail Returned to Sender')
  expect(await listOutbox(db, { sent: false })).toMatchObject([{ state: 'bounced', reply: /Undelivered/ }])
  expect(await outboxState(db)).toMatchObject({ failed: 1 })
})
