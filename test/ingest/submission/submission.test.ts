// What b4's endpoint takes, what it sends on, and what it refuses: whoever can reach it can write anything to it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { indexKey } from '../../../base/key.ts'
import { limits } from '../../../base/limits.ts'
import { openKeyring } from '../../../ingest/auth/keyring.ts'
import { checkPatatt } from '../../../ingest/auth/patatt.ts'
import { withProvenKeys } from '../../../ingest/submission/proven-keys.ts'
import { findList } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { markBounced, ownAddress } from '../../../sql/own-address.ts'
import { revokeKeys } from '../../../sql/submission-keys.ts'
import { tellUndelivered } from '../../../tracker/answer/undelivered.ts'
import { makeApp } from '../../../web/app.ts'
import { placeKeys } from '../../hostile/patatt.ts'
import { type Desk, makeDesk, patch, signed, url } from './desk.ts'

const ada = 'ada@example.com'
const directory = mkdtempSync(join(tmpdir(), 'threadwork-submission-'))
afterAll(() => rmSync(directory, { recursive: true }))

let desk: Desk
const own = () => {
  beforeEach(async () => {
    desk = await makeDesk()
  })
  afterEach(() => desk.close())
}
/** One for all of them: what is refused changes nothing. */
const shared = () => {
  beforeAll(async () => {
    desk = await makeDesk()
  })
  afterAll(() => desk.close())
}

describe('a challenge', () => {
  own()

  test('goes to the address, says nothing that its asker wrote, and its word confirms the key once', async () => {
    const asked = await desk.ask(ada, { name: 'Buy now at https://spam.example/' })
    expect(asked).toMatchObject({ status: 200, result: 'success' })
    const [mail] = await desk.owed()
    expect(mail).toMatchObject({ kind: 'challenge', to: ada })
    expect(mail?.body).toContain(url)
    expect(mail?.text).not.toContain('spam.example')
    const word = await desk.wordFor(ada)
    expect(await desk.verify(ada, word, 'mallory@example.com')).toMatchObject({
      status: 403,
      result: 'error',
    })
    expect(await desk.receive(signed(patch()))).toMatchObject({ status: 403 })
    expect(await desk.verify(ada, word)).toMatchObject({ status: 200, result: 'success' })
    expect(await desk.verify(ada, word)).toMatchObject({ status: 403, result: 'error' })
    expect(await desk.receive(signed(patch()))).toMatchObject({ status: 200, result: 'success' })
  })

  test('of another address or another word confirms nothing, with one answer for all', async () => {
    await desk.ask(ada)
    const word = await desk.wordFor(ada)
    const answers = [
      await desk.verify('eve@example.com', word),
      await desk.verify(ada, '0'.repeat(32)),
      await desk.verify(ada, word, 'eve@example.com'),
    ]
    expect(new Set(answers.map(({ status, message }) => `${status} ${message}`)).size).toBe(1)
    await sql`update submission_challenge set expires_at = now()`.execute(desk.db)
    expect(await desk.verify(ada, word)).toEqual(answers[0])
  })

  const from = (network: string) => ({ 'X-Forwarded-For': `9.9.9.9, ${network}` })
  const sent = async () => (await desk.owed()).length

  test('is bounded by address, and one asker uses up nobody else', async () => {
    const first = await desk.ask(ada, {}, from('192.0.2.1'))
    for (let at = 2; at < 6; at++)
      expect(await desk.ask(ada, { selector: `s${at}` }, from(`192.0.2.${at}`))).toEqual(first)
    expect(await sent()).toBe(2)
    for (let at = 0; at < 4; at++) {
      await desk.ask(`Ada+${at}@example.com`, {}, from(`198.51.100.${at}`))
      await desk.ask(`Ada+${at}@example.com`, {}, from(`2001:db8:1:${at}::1`))
      await desk.ask(`Ada+${at}@example.com`, {}, from(`203.0.113.${at}`))
    }
    expect(await sent()).toBe(6)
  })

  test('is bounded by network and by what lies around it, and others are still asked', async () => {
    let asked = 0
    const ask = async (count: number, network: (at: number) => string) => {
      const before = await sent()
      for (let at = 0; at < count; at++) {
        await desk.ask(`p${++asked}@example.com`, {}, from(network(at)))
      }
      return (await sent()) - before
    }
    expect(await ask(12, at => `2001:db8:1:2::${at}`)).toBe(limits.challengesPerNetworkHourMax)
    expect(await ask(30, at => `2001:db8:1:${at + 3}::1`)).toBe(
      limits.challengesPerNeighbourhoodHourMax - limits.challengesPerNetworkHourMax,
    )
    expect(await ask(30, at => `192.0.2.${at}`)).toBe(limits.challengesPerNeighbourhoodHourMax)
    expect(await ask(3, at => `192.0.20.${at}`)).toBe(3)
    expect(await ask(1, () => '2001:db8:10::1')).toBe(1)
    await sql`update submission_challenge set made_at = now() - interval '2 hours'`.execute(desk.db)
    expect(await ask(6, at => `2001:db8:1:2::${at}`)).toBe(6)
    await sql`
      insert into submission_challenge (word_hash, identity, selector, algorithm, key, network, expires_at, made_at)
      select int8send(n), 'q' || n || '@example.com', 's', 'ed25519', 'k', '2001:db8:1:2', now(), now() - interval '3 hours'
      from generate_series(1, ${limits.challengesPerNetworkDayMax - limits.challengesPerNetworkHourMax - 6}::int) n`.execute(
      desk.db,
    )
    expect(await ask(1, () => '2001:db8:1:2::1')).toBe(0)
  })

  test('is bounded in all', async () => {
    await sql`
      insert into submission_challenge (word_hash, identity, selector, algorithm, key, network, expires_at)
      select int8send(n), 'q' || n || '@example.com', 's', 'ed25519', 'k', '10.' || n || '.0.1', now()
      from generate_series(2, ${limits.challengesPerHourMax}::int) n`.execute(desk.db)
    for (const at of [1, 2]) await desk.ask(`p${at}@example.com`)
    expect(await sent()).toBe(1)
  })

  test('is not needed by whom the keyring knows, and gives him no other key', async () => {
    placeKeys(directory, [ada])
    const known = await makeDesk({ keyring: directory })
    expect(await known.ask(ada)).toMatchObject({
      status: 403,
      message: expect.stringContaining('the operator keeps'),
    })
    expect(await known.receive(signed(patch()))).toMatchObject({ status: 200 })
    await known.db
      .insertInto('submission_key')
      .values({ identity: ada, selector: 'mine', algorithm: 'ed25519', key: 'A'.repeat(43) })
      .execute()
    const keys = await withProvenKeys(openKeyring(directory), known.db)()
    expect(keys.people.map(({ selector }) => selector)).toEqual(['default'])
    await known.close()
  })
})

describe('a challenge', () => {
  shared()

  test.each([
    'tarn@lists.example.org',
    'tarn+bug@lists.example.org',
    'threadwork@lists.example.org',
    'robot@example.net',
    'no-reply@example.net',
    'MAILER-DAEMON@example.net',
    'syzbot+0123456789abcdef@syzkaller.appspotmail.com',
  ])('to %s is never sent', async address => {
    const usual = await desk.ask(ada)
    expect((await desk.ask(address)).message.replace(address.toLowerCase(), ada)).toBe(usual.message)
    const asked = (await desk.owed()).map(({ to }) => to)
    expect(asked).toContain(ada)
    expect(asked).not.toContain(address.toLowerCase())
  })

  test.each([
    [{ identity: 'ada@example.com\nBcc: eve@example.com' }],
    [{ identity: 'ada@example.com, eve@example.com' }],
    [{ identity: 'Ada <ada@example.com>' }],
    [{ identity: ['ada@example.com'] }],
    [{ selector: '../../x' }],
    [{ pubkey: 'c2hvcnQ=' }],
    [{ pubkey: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnone\n-----END PGP PUBLIC KEY BLOCK-----\n' }],
    [{ pubkey: 'x'.repeat(100_000) }],
  ])('for %j is refused', async more => {
    const before = await desk.owed()
    expect(await desk.ask(ada, more)).toMatchObject({ status: 400, result: 'error' })
    expect(await desk.owed()).toEqual(before)
  })
})

describe('a series', () => {
  own()
  beforeEach(async () => {
    await desk.confirm(ada)
  })

  test('goes to its lists and those of their people whom it names, byte for byte below our trace, once', async () => {
    const to = 'tarn@lists.example.org, "Ruth" <ruth@example.net>, stranger@example.net'
    const series = [1, 2].map(at =>
      signed(patch({ id: `s${at}@example.com`, subject: `[PATCH ${at}/2] wal: part ${at}`, to })),
    )
    expect(await desk.receive(...series)).toEqual({
      status: 200,
      result: 'success',
      message: `Sent 2 messages for ${ada}/default`,
    })
    const left = await desk.passed()
    expect(left.map(mail => [mail.kind, mail.to, mail.id])).toEqual([
      ['submission', 'tarn@lists.example.org', 's1@example.com'],
      ['submission', 'ruth@example.net', 's1@example.com'],
      ['submission', 'tarn@lists.example.org', 's2@example.com'],
      ['submission', 'ruth@example.net', 's2@example.com'],
    ])
    const trace =
      /^Received: by lists\.example\.org \(Threadwork\) with HTTP; .+\nX-Endpoint-Received: by Threadwork for ada@example\.com\/default\n/
    expect(left[0]?.text.replace(trace, '')).toBe(series[0])
    expect((await desk.receive(...series)).message).toBe(
      `Sent 0 messages for ${ada}/default, and 2 were there before`,
    )
    expect(await desk.passed()).toEqual(left)
  })

  test('comes back to us when it bounces, and is no way to unsubscribe a list', async () => {
    await desk.receive(signed(patch()))
    const [row] = await desk.db.selectFrom('outbox').selectAll().where('kind', '=', 'submission').execute()
    expect(await ownAddress(desk.db, `bounce+${row?.hash}@lists.example.org`)).toMatchObject({
      what: 'bounce',
    })
    expect(await ownAddress(desk.db, `unsubscribe+${row?.hash}@lists.example.org`)).toBeNull()
    const app = makeApp({ db: desk.db })
    const page = async () => (await app.request('/_b4_submit')).text()
    expect(await page()).not.toContain('Not delivered')
    await markBounced(desk.db, row?.id ?? '', 'Undelivered: <no> such list')
    const told = await page()
    expect(told).toContain('Not delivered')
    expect(told).toContain('Came back: <bdi>Undelivered: &lt;no&gt; such list</bdi>')
    for (const word of [row?.message_id ?? 'none', ada, row?.recipient ?? 'none'])
      expect(told).toContain(word)
  })

  test('that does not arrive is told to its author once, and in the log; one whose key is the operator’s alone has the log', async () => {
    const lines: object[] = []
    const log = { warn: (fields: object) => void lines.push(fields) }
    const series = [1, 2].map(at =>
      signed(patch({ id: `s${at}@example.com`, subject: `[PATCH ${at}/2] wal: part ${at}` })),
    )
    await desk.receive(...series)
    const rows = await desk.db.selectFrom('outbox').select('id').where('kind', '=', 'submission').execute()
    await markBounced(desk.db, rows[0]?.id ?? '', 'Buy at shop.example')
    await desk.db
      .updateTable('outbox')
      .set({ state: 'dead', reply: '550 5.7.1 Only subscribers may post', ended_at: new Date() })
      .where('id', '=', rows[1]?.id ?? '')
      .execute()
    const minutes = (count: number) => new Date(Date.now() + count * 60_000)
    const told = async () => (await desk.owed()).filter(({ kind }) => kind === 'error')
    await tellUndelivered(desk.db, minutes(1), log as never)
    expect(await told()).toEqual([])
    for (const count of [11, 12, 30]) await tellUndelivered(desk.db, minutes(count), log as never)
    expect(lines).toMatchObject([
      { messageId: 's1@example.com', identity: ada, state: 'bounced' },
      { messageId: 's2@example.com', recipient: 'tarn@lists.example.org', state: 'dead' },
    ])
    const [mail, ...others] = await told()
    expect(others).toEqual([])
    expect(mail?.to).toBe(ada)
    for (const word of ['s1@example.com', 's2@example.com', 'it came back', 'Only subscribers may post'])
      expect(mail?.body).toContain(word)
    expect(mail?.body).not.toContain('shop.example')

    await desk.receive(signed(patch({ id: 'late@example.com' })))
    await revokeKeys(desk.db, ada, null)
    const late = desk.db.updateTable('outbox').set({ state: 'dead', ended_at: new Date() })
    await late.where('message_id', '=', 'late@example.com').execute()
    await tellUndelivered(desk.db, minutes(11), log as never)
    expect(lines).toHaveLength(3)
    expect(await told()).toHaveLength(1)

    // One that fails every few minutes does not keep the first ones back.
    for (const [id, at] of [
      ['old@example.com', minutes(-80)],
      ['new@example.com', minutes(-1)],
    ] as const) {
      const {
        hash: _,
        id: __,
        ...row
      } = await desk.db
        .selectFrom('outbox')
        .selectAll()
        .where('message_id', '=', 'late@example.com')
        .executeTakeFirstOrThrow()
      const again = { ...row, key: indexKey(id), message_id: id, ended_at: at, told: false, hash: id }
      await desk.db.insertInto('outbox').values(again).execute()
    }
    await tellUndelivered(desk.db, minutes(0), log as never)
    expect(lines).toHaveLength(5)
    await tellUndelivered(desk.db, minutes(30), log as never)
    expect(lines).toHaveLength(5)
  })

  test.each([
    ['quarantine', true],
    ['none', false],
  ])('of a domain with the DMARC policy %s leaves with From as ours: %s', async (policy, via) => {
    desk.dns.records.set('_dmarc.example.com', `v=DMARC1; p=${policy}`)
    const cover = patch({
      subject: '[PATCH 0/1] wal: the lock',
      name: '=?utf-8?q?Ada_=C3=9Cnal?=',
      lines: ['Why.', ''],
    })
    expect(await desk.receive(signed(cover))).toMatchObject({ status: 200 })
    const [mail] = await desk.passed()
    const from = /^From: (.*)$/m.exec(mail?.text ?? '')?.[1]
    expect(from).toBe(
      via
        ? '=?utf-8?q?Ada_=C3=9Cnal?= via Threadwork <threadwork+ada.example.com@lists.example.org>'
        : '=?utf-8?q?Ada_=C3=9Cnal?= <ada@example.com>',
    )
    expect(mail?.text.includes('\n\nFrom: Ada Ünal <ada@example.com>\n\nWhy.\n')).toBe(via)
    expect(mail?.text.includes(`\nReply-To: <${ada}>\n`)).toBe(via)
    const keys = await withProvenKeys(openKeyring(null), desk.db)()
    const checks = await checkPatatt(Buffer.from(mail?.text ?? ''), keys, Date.now())
    expect(checks).toMatchObject([{ result: 'pass', addresses: [ada] }])
  })

  test('says "via" when DNS is silent about its domain', async () => {
    desk.dns.mood = 'broken'
    await desk.receive(signed(patch()))
    expect((await desk.passed())[0]?.text).toContain('\nFrom: Ada Example via Threadwork <threadwork+ada')
  })

  test.each([
    ['none', 'Ada Example'],
    ['quarantine', 'Ada Example'],
    ['none', '=?utf-8?q?Ada_=C3=9Cnal?='],
    ['none', '"Example, Ada"'],
  ])(
    'that somebody found and dressed anew comes back as it is signed, once (%s, %s)',
    async (policy, name) => {
      desk.dns.records.set('_dmarc.example.com', `v=DMARC1; p=${policy}`)
      const mail = signed(patch({ name, subject: '[PATCH v2 1/2] wal: unlock first' }))
      const dresses: [string, string][] = [
        ['X-Mailer', 'User-Agent: buy at shop\nX-Mailer'],
        ['X-Mailer: b4', 'X-Mailer: buy at shop'],
        ['To: tarn@', 'Cc: "Buy at shop" <tarn@lists.example.org>\nTo: "Buy at shop" <tarn@'],
        ['X-Mailer', 'In-Reply-To: <buy@shop.example>\nReferences: <buy@shop.example>\nX-Mailer'],
        ['[PATCH v2 1/2]', '[PATCH v2 1/2 buy at shop]'],
        ['\n\nThe lock', '\n\nDate: buy at shop\n\nThe lock'],
        ['charset="utf-8"', 'charset="utf-8"; name="buy at shop"'],
        ['X-Mailer', 'X-Developer-Key: i=buy; a=at; pk=shop\nX-Mailer'],
        ['X-Mailer', 'X-Developer-Signature: v=1; a=buy; i=at; h=shop; b=\nX-Mailer'],
      ]
      const all = dresses.reduce((text, [from, to]) => text.replace(from, to), mail)
      expect(all).toContain('name="buy at shop"')
      expect(await desk.reflect(all)).toMatchObject({ status: 200 })
      for (const [from, to] of dresses) await desk.reflect(mail.replace(from, to))
      const [back, ...others] = await desk.passed()
      expect(others).toEqual([])
      expect(back?.text).not.toMatch(/shop|buy/i)
      expect(back?.text).toContain('\nSubject: [PATCH v2 1/2] wal: unlock first\n')
      expect(back?.text).toContain(mail.slice(mail.indexOf('\n\nThe lock')).trimEnd())
      const keys = await withProvenKeys(openKeyring(null), desk.db)()
      const checks = await checkPatatt(Buffer.from(back?.text ?? ''), keys, Date.now())
      expect(checks).toMatchObject([{ result: 'pass', addresses: [ada] }])
    },
  )

  test('that goes back keeps its thread and whose change it is', async () => {
    const cover = signed(patch({ id: 'c@example.com', subject: '[PATCH 0/1] wal', lines: ['Why.', ''] }))
    const headers = ['In-Reply-To: <c@example.com>']
    const lines = ['From: Eve Other <eve@example.net>', '', 'Of hers.', '']
    const mail = signed(patch({ subject: '[PATCH 1/1] wal: unlock', headers, lines }))
    expect(await desk.reflect(cover, mail)).toMatchObject({ status: 200 })
    const [, second] = await desk.passed()
    expect(second?.text).toContain('\nIn-Reply-To: <c@example.com>\n')
    expect(second?.text).toContain('\nFrom: <ada@example.com>\n')
    expect(second?.text).toContain('\n\nFrom: Eve Other <eve@example.net>\n\nOf hers.\n')
  })

  test('that is only looked at goes to its author alone, once for the same bytes', async () => {
    const mail = signed(patch())
    expect(await desk.reflect(mail)).toMatchObject({ status: 200, result: 'success' })
    await desk.reflect(mail)
    expect((await desk.passed()).map(({ kind, to }) => [kind, to])).toEqual([['reflection', ada]])
    expect(await desk.receive(mail)).toMatchObject({ message: `Sent 1 messages for ${ada}/default` })
  })

  test('that is on the list already, by whatever way, is not sent again', async () => {
    const mail = signed(patch())
    const list = await findList(desk.db, 'tarn')
    await append(desk.db, list?.id as never, [{ bytes: Buffer.from(mail), envelope: { road: 'smtp' } }])
    expect((await desk.receive(mail)).message).toContain('1 were there before')
    expect(await desk.passed()).toEqual([])
  })

  test('with another text under an id that was sent is refused', async () => {
    await desk.receive(signed(patch()))
    const other = await desk.receive(signed(patch({ lines: ['Another reason.', ''] })))
    expect(other).toMatchObject({
      status: 409,
      message: expect.stringContaining('allowed is a new revision'),
    })
    expect(await desk.passed()).toHaveLength(1)
  })

  test('is all or nothing', async () => {
    const mails = [
      signed(patch({ id: 'a@example.com' })),
      signed(patch({ id: 'b@example.com', to: 'x@example.net' })),
    ]
    expect(await desk.receive(...mails)).toMatchObject({ status: 403 })
    expect(await desk.passed()).toEqual([])
  })

  test('of two requests at once leaves once', async () => {
    const mail = signed(patch())
    const answers = await Promise.all([desk.receive(mail), desk.receive(mail)])
    expect(answers.map(({ result }) => result)).toEqual(['success', 'success'])
    expect(await desk.passed()).toHaveLength(1)
  })

  test('by a revoked key is refused', async () => {
    expect(await revokeKeys(desk.db, ada, null)).toBe(1)
    expect(await desk.receive(signed(patch()))).toMatchObject({ status: 403 })
    expect(await desk.passed()).toEqual([])
  })

  test('of more messages than a day allows is refused, and so is one of a thousand', async () => {
    const many = (count: number, from: number) =>
      Array.from({ length: count }, (_, at) => signed(patch({ id: `m${from + at}@example.com` })))
    await sql`
      insert into submission (list_id, message_key, message_id, identity, selector, text_hash)
      select (select id from list where name = 'tarn'), 'k' || n, 'k' || n, ${ada}, 'default', '' from generate_series(1, 398) n`.execute(
      desk.db,
    )
    expect(await desk.receive(...many(3, 0))).toMatchObject({ status: 429 })
    expect(await desk.receive(...many(2, 3))).toMatchObject({ status: 200 })
    expect(await desk.post({ action: 'receive', messages: Array(1_000).fill('x') })).toMatchObject({
      status: 400,
    })
  })
})

describe('a series', () => {
  shared()
  beforeAll(async () => {
    await desk.confirm(ada)
  })

  const hours = 3_600_000
  test.each<[string, string[], number]>([
    ['unsigned', [patch()], 403],
    ['signed by a key that nobody confirmed', [signed(patch(), 'eve@example.com', { identity: ada })], 403],
    ["another's From", [signed(patch({ from: 'eve@example.com' }), ada)], 403],
    [
      "another's From, with his own identity",
      [signed(patch({ from: 'eve@example.com' }), ada, { identity: 'eve@example.com' })],
      403,
    ],
    ['a text changed behind the signature', [signed(patch()).replace('held too long', 'held for ever')], 403],
    ['another id on the same signature', [signed(patch()).replace('p1@', 'p2@')], 403],
    ['a signature that leaves out the id', [signed(patch(), ada, { h: ['from', 'subject'] })], 403],
    ['a signature of three days ago', [signed(patch(), ada, { daysAgo: 3 })], 403],
    ['a Date of last year', [signed(patch({ date: new Date(Date.now() - 9_000 * hours) }))], 400],
    ['no list of ours', [signed(patch({ to: 'dev@example.net' }))], 403],
    ['a list that takes no such mail', [signed(patch({ to: 'shut@lists.example.org' }))], 403],
    ['no patch', [signed(patch({ subject: 'Hello' }).replace(/---\n[\s\S]*/, ''))], 400],
    ['two From', [signed(patch({ headers: ['From: eve@example.com'] }))], 400],
    ['two people in From', [signed(patch({ name: 'eve@example.net, Ada' }))], 400],
    ['a Bcc', [signed(patch({ headers: ['Bcc: eve@example.net'] }))], 400],
    ["a moderator's password", [signed(patch({ headers: ['Approved: secret'] }))], 400],
    ["a list's stamp", [signed(patch({ headers: ['List-Id: <tarn.lists.example.org>'] }))], 400],
    [
      'a forged trace',
      [signed(patch({ headers: ['Received: from mx.example.net; Mon, 2 Mar 2026 09:00:00 +0000'] }))],
      400,
    ],
    ['an id of ours', [signed(patch({ id: `tw.${'0'.repeat(32)}@lists.example.org` }))], 400],
    ['letters beyond ASCII in its header', [signed(patch({ name: 'Ada Ünal' }))], 400],
    ['a bare CR, which some servers take for a line end', [signed(patch({ lines: ['a\r.\rb', ''] }))], 400],
    ['a NUL', [signed(patch({ lines: ['a\0b', ''] }))], 400],
    ['a line that servers cut', [signed(patch({ lines: ['x'.repeat(1_500), ''] }))], 400],
    ['HTML', [signed(patch({ type: 'text/html; charset="utf-8"' }))], 400],
    ['a mail above the limit', [signed(patch({ lines: Array(12_000).fill('x'.repeat(98)) }))], 413],
    ['two mails under one id', [signed(patch()), signed(patch())], 400],
    ['a "From " line above', [`From ada@example.com Mon Mar  2 09:00:00 2026\n${signed(patch())}`], 400],
  ])('with %s is refused', async (_, messages, status) => {
    expect(await desk.receive(...messages)).toMatchObject({ status, result: 'error' })
    expect(await desk.passed()).toEqual([])
  })
})

describe('a request', () => {
  shared()

  test.each([
    ['no JSON', '{', 400],
    ['a word', '"receive"', 400],
    ['null', 'null', 400],
    ['no action', '{}', 400],
    ['an action of Object', '{"action":"toString"}', 400],
    ['no messages', '{"action":"receive","messages":[]}', 400],
    ['messages that are none', '{"action":"receive","messages":[{}]}', 400],
    ['half a letter', '{"action":"receive","messages":["From: a\\ud800"]}', 400],
    ['eleven megabytes', `{"action":"receive","messages":["${'x'.repeat(11 * 1024 * 1024)}"]}`, 413],
  ])('of %s is answered as b4 reads it', async (_, raw, status) => {
    expect(await desk.post(null, { raw })).toMatchObject({
      status,
      result: 'error',
      message: expect.any(String),
    })
  })

  test('that a form of another site could send is refused', async () => {
    const raw = JSON.stringify({ action: 'auth-new', identity: ada, selector: 'default', pubkey: 'x' })
    expect(await desk.post(null, { raw, headers: { 'Content-Type': 'text/plain' } })).toMatchObject({
      status: 400,
    })
  })

  test('after twenty in a minute waits, whatever it says before the last proxy', async () => {
    const from = (at: number) => ({ headers: { 'X-Forwarded-For': `10.0.0.${at}, 198.51.100.7` } })
    for (let at = 0; at < 20; at++) expect((await desk.post({}, from(at))).status).toBe(400)
    expect(await desk.post({}, from(21))).toMatchObject({ status: 429, result: 'error' })
    expect((await desk.post({}, { headers: { 'X-Forwarded-For': '198.51.100.8' } })).status).toBe(400)
  })

  test('where no mail can leave is told so', async () => {
    const alone = await makeDesk({ relayed: false })
    expect(await alone.receive(signed(patch()))).toMatchObject({
      status: 503,
      result: 'error',
      message: expect.stringContaining('no relay'),
    })
    await alone.close()
  })
})
