// Programs that answer each other: two instances that are subscribed to each other, and a thousand automatic answers at once.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { lfOnly } from '../../base/line-ends.ts'
import { takeReturned } from '../../ingest/return-mail.ts'
import { sendNext } from '../../sql/attempt.ts'
import { saveInstance } from '../../sql/instance.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { answerErrors } from '../../tracker/answer/errors.ts'
import { notifyOfEvents } from '../../tracker/answer/notify.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { refold } from '../../tracker/project/refold.ts'
import { testDatabase } from '../database.ts'

/** An instance that tells all it can and believes From, so that nothing but the rules for programs keeps it quiet. */
async function instance(host: string) {
  const { db } = await testDatabase()
  await saveInstance(db, `threadwork@${host}`)
  const answers = { bugs: true, states: true, digest: false, waiting: false }
  const [list] = await saveLists(db, [{ name: 'tarn', address: `tarn@${host}`, trust: 'from', answers }])
  if (list === undefined) throw new Error('No list')
  return { db, list, host }
}
type Instance = Awaited<ReturnType<typeof instance>>

async function arrive({ db, list }: Instance, mails: readonly Buffer[], from = 'ada@example.org') {
  const envelope = { road: 'smtp', from, to: [list.address], trace: new Date().toISOString() }
  await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes: lfOnly(bytes), envelope })),
  )
  await sql`
    with due as (delete from verdict_due returning list_id, seq)
    insert into verdict (list_id, seq, grade, how) select list_id, seq, 'C', '{"code":"unsigned"}' from due
    on conflict do nothing`.execute(db)
  await sortAll(db, list.id)
}

/** All that it owes leaves, after half an hour and again after ten minutes. */
async function leaving({ db }: Instance): Promise<Buffer[]> {
  for (const minutes of [31, 45]) {
    const now = new Date(Date.now() + minutes * 60_000)
    await answerErrors(db, now)
    await notifyOfEvents(db, now)
  }
  const left: Buffer[] = []
  const attempt = async ({ bytes }: { bytes: Buffer }) => {
    left.push(bytes)
    return { result: 'sent' as const, reply: '250 OK' }
  }
  const soon = new Date(Date.now() + 3_600_000)
  while ((await sendNext(db, { now: soon, perHourMax: 1_000, attempt })) !== null);
  return left
}

const letter = (fields: string, text: string) =>
  Buffer.from(
    `${fields}\nDate: ${new Date(Date.now() - 60_000).toUTCString()}\nMIME-Version: 1.0\n\n${text}\n`,
  )

const report = letter(
  'From: Ada Example <ada@example.org>\nTo: tarn@a.example\nSubject: [BUG] wal: it loses a page\nMessage-ID: <bug@example.org>',
  'It loses a page when the disk is full.\n\nBug-Status: acepted',
)

/** A relay in between that keeps only what mail needs. */
const stripped = (bytes: Buffer) =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(
        /^(?:Auto-Submitted|X-Loop|X-Auto-Response-Suppress|List-[\w-]+): .*\r?\n(?:[ \t].*\r?\n)*/gim,
        '',
      ),
    'latin1',
  )

test.each([
  ['as they are', (bytes: Buffer) => bytes],
  ['without the fields that say what they are', stripped],
])('two instances that get the mails of each other %s end by themselves', async (_, way) => {
  const [a, b] = [await instance('a.example'), await instance('b.example')]
  await arrive(a, [report])
  await arrive(b, [report])
  let all = 0
  let rounds = 0
  for (; rounds < 10; rounds++) {
    const [ofA, ofB] = [await leaving(a), await leaving(b)]
    all += ofA.length + ofB.length
    if (rounds === 0) expect(ofA.length).toBeGreaterThan(0)
    if (ofA.length + ofB.length === 0) break
    // Each list has the other as a subscriber, and what is for its own people comes by the list as well.
    await arrive(b, ofA.map(way), 'bounce@a.example')
    await arrive(a, ofB.map(way), 'bounce@b.example')
  }
  expect(rounds).toBeLessThanOrEqual(3)
  expect(all).toBeLessThanOrEqual(8)
})

const away = (n: number) =>
  letter(
    `From: Person ${n} <p${n}@example.net>\nTo: tarn@a.example\nSubject: Automatic reply: [BUG] wal: it loses a page\nMessage-ID: <away-${n}@example.net>\nIn-Reply-To: <bug@example.org>\nAuto-Submitted: auto-replied`,
    'I am away until Monday.\n\nBug-Status: fixd\nBug-Status: fixed',
  )
const failed = (n: number) =>
  letter(
    `From: MAILER-DAEMON@mx${n}.example.net\nTo: tarn@a.example\nSubject: Undelivered Mail\nMessage-ID: <dsn-${n}@example.net>\nReferences: <bug@example.org>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b`,
    `--b\n\nBug-Status: fixd\n\nBug-Status: fixed\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b--`,
  )

test.each([
  ['vacation answers', away, 'p@example.net'],
  ['delivery reports', failed, ''],
] as const)(
  'a thousand %s get no answer, change nothing and are folded in few steps',
  { timeout: 120_000 },
  async (_, make, from) => {
    const one = await instance('a.example')
    await arrive(one, [report])
    await leaving(one)
    const { db, list } = one
    const state = () => db.selectFrom('topic').select(['id_key', 'state']).orderBy('id_key').execute()
    const before = await state()
    await arrive(
      one,
      Array.from({ length: 1_000 }, (_, n) => make(n)),
      from,
    )
    expect(await leaving(one)).toEqual([])
    expect((await state())[0]).toEqual(before[0])
    // Nothing is left to fold.
    expect(await refold(db, list.id, 1_000)).toBe(0)
  },
)

test('a thousand bounces of one mail mark it once and answer nobody', async () => {
  const one = await instance('a.example')
  await arrive(one, [report])
  await leaving(one)
  const { db } = one
  const row = await db.selectFrom('outbox').select(['hash']).executeTakeFirstOrThrow()
  for (let n = 0; n < 1_000; n++)
    expect(await takeReturned(db, [`bounce+${row.hash}@a.example`], failed(n))).toMatchObject({ code: 250 })
  expect(await leaving(one)).toEqual([])
  expect(await db.selectFrom('mail').select('message_id').execute()).toHaveLength(1)
  const states = await db.selectFrom('outbox').select('state').where('hash', '=', row.hash).execute()
  expect(states).toEqual([{ state: 'bounced' }])
})
