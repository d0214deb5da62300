// The job on the real database: who waits for a verdict, what it may say, and what it wakes.

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import type { GivenList } from '../../../base/list-settings.ts'
import { makeLog } from '../../../base/log.ts'
import { startJudge } from '../../../ingest/auth/judge.ts'
import { openKeyring } from '../../../ingest/auth/keyring.ts'
import { makeResolver } from '../../../ingest/auth/resolver.ts'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { hide } from '../../../tracker/project/moderate.ts'
import { assignAll, sortAll } from '../../../tracker/project/projector.ts'
import { howWords } from '../../../tracker/topic/verdict-words.ts'
import { makeApp } from '../../../web/app.ts'
import { testDatabase } from '../../database.ts'
import { startDns, type TestDns } from '../../dns.ts'
import { until } from '../until.ts'
import { changed, letter, type Signer, signerFor } from './letters.ts'

let dns: TestDns
let signer: Signer
const keyring = mkdtempSync(join(tmpdir(), 'threadwork-keyring-'))
beforeAll(async () => {
  dns = await startDns()
  signer = signerFor(dns, 'example.org')
})
afterAll(async () => {
  await dns.close()
  rmSync(keyring, { recursive: true })
})
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  dns.mood = 'answers'
  for (const close of closers.splice(0)) await close()
})

const ada = { address: 'Ada@example.org', role: 'maintainer' as const }

async function office(list: Partial<GivenList> = {}) {
  const { db } = await testDatabase()
  const [demo] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net', ...list }])
  if (!demo) throw new Error('No list')
  const options = {
    db,
    log: makeLog('error', false),
    keyring: openKeyring(keyring),
    resolve: makeResolver(dns.server, { timeoutMs: 100 }),
    trustedServers: () => [],
  }
  const start = () => {
    const judge = startJudge(options)
    closers.push(() => judge.close())
    return judge
  }
  const live = () => ({
    road: 'smtp',
    from: 'ada@example.org',
    to: ['demo@lists.example.net'],
    trace: new Date().toISOString(),
  })
  const arrive = async (bytes: Buffer, isLive = true) => {
    const [at] = await append(db, demo.id, [{ bytes, envelope: isLive ? live() : { road: 'import' } }])
    await sortAll(db, demo.id)
    return at?.seq ?? ''
  }
  /** Up to where `serve` asks for verdicts: sorted, not folded. */
  const appendSorted = async (...mails: Buffer[]) => {
    await append(
      db,
      demo.id,
      mails.map(bytes => ({ bytes, envelope: live() })),
    )
    await assignAll(db, demo.id)
  }
  const waiting = () => db.selectFrom('verdict_due').selectAll().execute()
  const verdicts = async () => {
    const rows = await db.selectFrom('verdict').selectAll().orderBy('seq').execute()
    return rows.map(row => ({ ...row, how: howWords(row.how) }))
  }
  const settled = () => until(async () => (await waiting()).length === 0)
  return { db, demo, start, arrive, append: appendSorted, waiting, verdicts, settled }
}

describe('live mail', () => {
  test('is judged after it was sorted, by the people of the list', async () => {
    const { db, demo, start, arrive, verdicts, waiting, settled } = await office({ people: [ada] })
    const at = await arrive(await letter({}, signer))
    expect(await waiting()).toMatchObject([{ seq: at, tries: 0 }])
    const before = await db.selectFrom('topic').select('version').executeTakeFirstOrThrow()
    start()
    await settled()
    expect(await verdicts()).toMatchObject([
      {
        list_id: demo.id,
        seq: at,
        grade: 'A',
        how: 'DKIM of example.org',
        identity: 'ada@example.org',
        data: {
          aligned: 'ada@example.org',
          checks: [{ method: 'DKIM', result: 'pass', signer: 'example.org' }],
        },
      },
    ])
    // Its topic is to be folded again, and its page is another page.
    const dirty = await db.selectFrom('cluster').select('dirty').execute()
    expect(dirty).toEqual([{ dirty: true }])
    const after = await db.selectFrom('topic').select('version').executeTakeFirstOrThrow()
    expect(after.version).not.toBe(before.version)
  })

  test('waits until it is sorted', async () => {
    const { db, demo, start, verdicts, waiting, settled } = await office({ people: [ada] })
    const envelope = { road: 'lmtp', trace: new Date().toISOString() }
    await append(db, demo.id, [{ bytes: await letter({}, signer), envelope }])
    const judge = start()
    void judge.look()
    await judge.close()
    expect(await waiting()).toMatchObject([{ tries: 0 }])
    await sortAll(db, demo.id)
    start()
    await settled()
    expect(await verdicts()).toMatchObject([{ grade: 'A' }])
  })

  test('has its verdict when a look is over, so that it is folded once', async () => {
    const { append, start, verdicts } = await office({ people: [ada] })
    const judge = start()
    for (let mails = 1; mails <= 3; mails++) {
      await append(await letter({}, signer))
      await judge.look()
      expect((await verdicts()).map(({ grade }) => grade)).toEqual(Array(mails).fill('A'))
    }
  })

  test('is not waited for when the name server is silent', async () => {
    const { append, start, waiting, verdicts } = await office({ people: [ada] })
    const judge = start()
    dns.mood = 'silent'
    await append(await letter({}, signer))
    const began = performance.now()
    await judge.look()
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(await waiting()).toHaveLength(1)
    expect(await verdicts()).toEqual([])
  })

  test('that nobody can settle keeps no other waiting', async () => {
    const { db, append, start, verdicts, waiting } = await office({ people: [ada] })
    const judge = start()
    await judge.look()
    await sql`alter table verdict add constraint bad check (seq <> 2)`.execute(db)
    await append(await letter({}, signer), await letter({}, signer), await letter({}, signer))
    // `look` waits no longer than half a second, which a busy machine may need for the three tries.
    await judge.look()
    await until(async () => (await verdicts()).length >= 2)
    expect((await verdicts()).map(({ seq }) => seq)).toEqual(['1', '3'])
    expect(await waiting()).toMatchObject([{ seq: '2' }])
  })

  test('of a stranger: the first is C, another one A, a copy of the first still C', async () => {
    const { start, arrive, verdicts, settled } = await office()
    start()
    const first = await letter({ id: 'first@example.org' }, signer)
    await arrive(first)
    await settled()
    await arrive(Buffer.from(`X-Copy: 1\n${first}`))
    await settled()
    await arrive(await letter({}, signer))
    await settled()
    expect((await verdicts()).map(({ grade, how }) => `${grade} ${how}`)).toEqual([
      'C DKIM of example.org, first seen',
      'C DKIM of example.org, first seen',
      'A DKIM of example.org',
    ])
  })

  test('knows the other addresses of a person', async () => {
    const { start, arrive, verdicts, settled } = await office({
      people: [{ address: 'ada@example.com', aliases: ['ada@example.org'], role: 'maintainer' }],
    })
    start()
    await arrive(await letter({}, signer))
    await settled()
    expect(await verdicts()).toMatchObject([{ grade: 'A', identity: 'ada@example.org' }])
  })

  test('knows the people of the .mailmap', async () => {
    const { db, start, arrive, verdicts, settled } = await office()
    const mailmap = [
      { address: 'ada@example.org', name: null, person: { name: 'Ada', address: 'ada@example.com' } },
    ]
    await db
      .updateTable('list')
      .set({ mailmap: JSON.stringify(mailmap) })
      .execute()
    start()
    await arrive(await letter({}, signer))
    await settled()
    expect(await verdicts()).toMatchObject([{ grade: 'A' }])
  })

  test('judged by four workers at once each has one verdict', async () => {
    const { start, arrive, verdicts, settled } = await office({ people: [ada] })
    for (let i = 0; i < 12; i++) await arrive(await letter({}, signer))
    for (let i = 0; i < 4; i++) start()
    await settled()
    expect((await verdicts()).map(({ grade }) => grade)).toEqual(Array(12).fill('A'))
  })

  test('has another page once it is judged, also for who has the old one', async () => {
    const { db, start, arrive, settled } = await office({ people: [ada] })
    const app = makeApp({ db })
    const page = async (path: string, etag = '') => {
      const answer = await app.request(path, { headers: { 'If-None-Match': etag } })
      return { status: answer.status, etag: answer.headers.get('etag') ?? '', text: await answer.text() }
    }
    await arrive(await letter({ id: 'page@example.org' }, signer))
    const before = await page('/demo/page@example.org/')
    expect(before.text).toContain('Pending: its signatures are being checked')
    expect((await page('/demo/page@example.org/', before.etag)).status).toBe(304)
    start()
    await settled()
    const after = await page('/demo/page@example.org/', before.etag)
    expect(after.status).toBe(200)
    expect(after.text).toContain('Grade A (authenticated): DKIM of example.org')
    await arrive(await letter({ id: 'old@example.org' }), false)
    expect((await page('/demo/old@example.org/')).text).toContain('Imported from an archive')
  })

  test('that is hidden before its verdict is not waited for', async () => {
    const { db, arrive, waiting } = await office()
    await arrive(await letter({ id: 'gone@example.org' }, signer))
    await hide(db, { messageId: messageId('gone@example.org'), who: 'operator', reason: '' })
    expect(await waiting()).toEqual([])
  })
})

describe('the same signature', () => {
  test('under another Message-ID counts once', async () => {
    const { start, arrive, verdicts, settled } = await office({ people: [ada] })
    start()
    const mail = await letter({}, { ...signer, ...{ skipFields: 'message-id' } })
    await arrive(mail)
    await settled()
    await arrive(changed(mail, /Message-ID: <.*>/, 'Message-ID: <replay@example.org>'))
    await settled()
    expect(await verdicts()).toMatchObject([
      { grade: 'A' },
      { grade: 'C', how: expect.stringContaining('came with another mail before') },
    ])
  })

  test('as an answer to another mail counts once', async () => {
    const { start, arrive, verdicts, settled } = await office({ people: [ada] })
    start()
    const headers = { 'In-Reply-To': '<patch@example.org>' }
    const mail = await letter(
      { headers, text: 'Patch-Status: accepted\n' },
      { ...signer, ...{ skipFields: 'in-reply-to' } },
    )
    await arrive(mail)
    await settled()
    await arrive(changed(mail, '<patch@example.org>', '<evil@example.org>'))
    await settled()
    expect((await verdicts()).map(({ grade }) => grade)).toEqual(['A', 'C'])
  })

  test('in a copy of the mail counts again', async () => {
    const { start, arrive, verdicts, settled } = await office({ people: [ada] })
    start()
    const mail = await letter({}, signer)
    for (const copy of ['', 'X-Copy: 1\n', 'X-Copy: 2\n']) await arrive(Buffer.from(copy + mail))
    await settled()
    expect((await verdicts()).map(({ grade }) => grade)).toEqual(['A', 'A', 'A'])
  })
})

describe('DNS that does not answer', () => {
  test('makes the mail wait, and it passes when DNS is back', async () => {
    const { db, start, arrive, verdicts, waiting, settled } = await office({ people: [ada] })
    dns.mood = 'silent'
    const judge = start()
    await arrive(await letter({}, signer))
    await until(async () => (await waiting())[0]?.tries === 1)
    await until(async () => {
      const [row] = await waiting()
      const soon = Date.now() + 60_000
      return row !== undefined && row.next_at.getTime() < soon && row.next_at.getTime() > Date.now() + 20_000
    })
    expect(await verdicts()).toEqual([])
    dns.mood = 'answers'
    await db
      .updateTable('verdict_due')
      .set({ next_at: new Date(0) })
      .execute()
    void judge.look()
    await settled()
    expect(await verdicts()).toMatchObject([{ grade: 'A' }])
  })

  test('for hours leaves the mail at C, as unknown', async () => {
    const { db, start, arrive, verdicts, settled } = await office({ people: [ada] })
    dns.mood = 'broken'
    await arrive(await letter({}, signer))
    await sql`update verdict_due set arrived_at = now() - interval '7 hours', tries = 12`.execute(db)
    start()
    await settled()
    expect(await verdicts()).toMatchObject([
      { grade: 'C', how: expect.stringContaining('is unknown, DNS did not answer'), identity: null },
    ])
  })

  test('does not keep the program from ending, and the mail is free at once', async () => {
    const { start, arrive, waiting } = await office({ people: [ada] })
    dns.mood = 'silent'
    const judge = start()
    await arrive(await letter({}, signer))
    await until(async () => (await waiting())[0]?.tries === 1)
    await judge.close()
    const [row] = await waiting()
    expect(row?.next_at.getTime()).toBeLessThan(Date.now() + 40_000)
  })
})

describe('imported mail', () => {
  test('has no verdict; when its very bytes come live, it gets one', async () => {
    const { start, arrive, verdicts, waiting, settled } = await office({ people: [ada] })
    const mail = await letter({}, signer)
    await arrive(mail, false)
    expect(await waiting()).toEqual([])
    await arrive(mail)
    start()
    await settled()
    expect(await verdicts()).toMatchObject([{ grade: 'A' }])
    // Once is enough.
    await arrive(mail)
    expect(await waiting()).toEqual([])
  })

  test('that somebody sends again when it is old keeps what it was', async () => {
    const { start, arrive, verdicts, settled } = await office({ people: [ada] })
    const mail = await letter({ id: `${randomUUID()}@example.org`, date: new Date('2024-03-01') })
    await arrive(mail, false)
    await arrive(mail)
    start()
    await settled()
    expect(await verdicts()).toEqual([])
  })
})
