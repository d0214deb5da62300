import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { indexKey } from '../../base/key.ts'
import { sendNext } from '../../sql/attempt.ts'
import { oweMail } from '../../sql/outbox.ts'
import { listOutbox } from '../../sql/outbox-rows.ts'
import { oweDigests } from '../../tracker/answer/digests.ts'
import { loopback } from '../../tracker/answer/loopback.ts'
import { exportState } from '../../tracker/export/state.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { all } from '../ingest/mails.ts'
import { makeDesk } from './desk.ts'

const allOn = { bugs: true, states: true, digest: true, waiting: true }

test('each change is an event once, and a rebuild writes none', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('accepted')
  await desk.arrive('changes-requested')
  const events = [
    'patch-state new accepted accepted@example.org',
    'patch-state accepted changes-requested changes-requested@example.org',
  ]
  expect(await desk.events()).toEqual(events)
  await rebuild(desk.db, desk.list.id)
  expect(await desk.events()).toEqual(events)
})

test('a mail that comes late rewrites nothing that was announced: it makes a new event', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('changes-requested')
  // Said an hour before, so what came first still stands.
  await desk.arrive('accepted')
  expect(await desk.events()).toEqual(['patch-state new changes-requested changes-requested@example.org'])
  const [topic] = await desk.db.selectFrom('topic').select('state').execute()
  expect(topic?.state).toBe('changes-requested')
})

test('an import writes no event, even where it changes what live mails made', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('accepted', { grade: 'imported' })
  expect(await desk.events()).toEqual([])
  const [topic] = await desk.db.selectFrom('topic').select('state').execute()
  expect(topic?.state).toBe('accepted')
})

test('a first patch that comes after its tags starts with their state, told once', async () => {
  const desk = await makeDesk()
  await desk.arrive('changes-requested')
  await desk.arrive('accepted')
  expect(await desk.events()).toEqual([])
  await desk.arrive('patch')
  expect(await desk.events()).toEqual(['patch-state new changes-requested changes-requested@example.org'])
})

test('bugs get numbers in order, which stay through a rebuild and stand in the export', async () => {
  const desk = await makeDesk()
  await desk.arrive('bug')
  const second = Buffer.from(
    'From: Rita Reporter <rita@example.net>\nTo: tarn-devel@lists.example.org\nSubject: [BUG] tarn: another\nDate: Mon, 02 Mar 2026 12:00:00 +0000\nMessage-ID: <second@example.org>\n\nIt stops.\n',
  )
  await desk.arrive('second', { bytes: second, grade: 'imported' })
  const numbers = async () => {
    const lines = await all(exportState(desk.db, desk.list.id, { numbers: true }))
    return lines.map(line => JSON.parse(line)).map(({ id, bug }) => [id, bug?.number])
  }
  const given = [
    ['bug@example.org', 1],
    ['second@example.org', 2],
  ]
  expect(await numbers()).toEqual(given)
  await rebuild(desk.db, desk.list.id)
  expect(await numbers()).toEqual(given)
  expect(await desk.events()).toEqual(['bug null new bug@example.org'])
})

test('a number names the bug from the day it was given', async () => {
  const desk = await makeDesk()
  await desk.arrive('bug')
  await desk.db
    .updateTable('bug_number')
    .set({ given_at: new Date('2026-03-03T00:00:00Z') })
    .execute()
  const fix = (id: string, day: number) =>
    Buffer.from(
      `From: Ben Example <ben@example.net>\nTo: tarn-devel@lists.example.org\nSubject: [PATCH] ${id}: keep keys\nDate: 0${day} Mar 2026 12:00:00 +0000\nMessage-ID: <${id}@example.org>\n\nCloses: #1\nSigned-off-by: Ben Example <ben@example.net>\n---\ndiff --git a/${id}.c b/${id}.c\n--- a/${id}.c\n+++ b/${id}.c\n@@ -1 +1 @@\n-a\n+b\n`,
    )
  const applied = (id: string, day: number) =>
    Buffer.from(
      `From: Ada Example <ada@example.org>\nTo: tarn-devel@lists.example.org\nSubject: Re: [PATCH] ${id}: keep keys\nDate: 0${day} Mar 2026 13:00:00 +0000\nMessage-ID: <${id}-in@example.org>\nIn-Reply-To: <${id}@example.org>\n\nPatch-Status: accepted\n`,
    )
  const status = async () => {
    const row = await desk.db.selectFrom('topic').select('state').where('kind', '=', 'bug').executeTakeFirst()
    return row?.state
  }
  await desk.arrive('early', { bytes: fix('early', 2) })
  await desk.arrive('early-in', { bytes: applied('early', 2) })
  expect(await status()).toBe('new')
  await desk.arrive('late', { bytes: fix('late', 4) })
  await desk.arrive('late-in', { bytes: applied('late', 4) })
  expect(await status()).toBe('fixed')
  await rebuild(desk.db, desk.list.id)
  expect(await status()).toBe('fixed')
})

test('a list that chose nothing sends nothing', async () => {
  const desk = await makeDesk()
  for (const name of ['patch', 'accepted', 'bug', 'bug-fixed']) await desk.arrive(name)
  await desk.tell()
  await oweDigests(desk.db, new Date('2026-03-02T12:00:00Z'))
  expect(await desk.owed()).toEqual([])
})

test('the reporter hears the number of his bug, and how it ended', async () => {
  const desk = await makeDesk({ answers: allOn })
  await desk.arrive('bug')
  await desk.tell()
  await desk.tell()
  expect(await desk.owed()).toMatchObject([
    { to: 'rita@example.net', kind: 'ack', subject: 'Re: [BUG] tarn: a full page drops keys' },
  ])
  expect((await desk.owed())[0]?.body).toContain('is bug #1')
  await desk.arrive('bug-fixed')
  await desk.tell()
  // One mail about a thread in an hour; what is over it is told with what follows.
  expect(await desk.owed()).toHaveLength(1)
  await desk.db
    .updateTable('outbox')
    .set({ made_at: new Date(Date.now() - 2 * 3_600_000) })
    .execute()
  await desk.tell()
  const [, mail] = await desk.owed()
  expect(mail?.body).toContain('Bug #1: fixed, was new')
  expect(mail?.body).toContain('Said by Ada Example in <bug-fixed@example.org>.')
})

test('a report that somebody forged or that we only guess is told to nobody', async () => {
  const desk = await makeDesk({ answers: allOn })
  await desk.arrive('bug', { grade: 'C' })
  const guess = Buffer.from(
    'From: Rita Reporter <rita@example.net>\nTo: tarn-devel@lists.example.org\nSubject: tarn: error: segfault in drop()\nDate: Mon, 02 Mar 2026 12:00:00 +0000\nMessage-ID: <guess@example.org>\n\nI found that page.c crashes, steps to reproduce:\n\nSegmentation fault\nBUG: unable to handle kernel NULL pointer dereference\nCall Trace:\n drop+0x12/0x40\n',
  )
  await desk.arrive('guess', { bytes: guess })
  const [topic] = await desk.db
    .selectFrom('topic')
    .select(['kind', 'data'])
    .where('id', '=', 'guess@example.org')
    .execute()
  expect([topic?.kind, topic?.data.bug?.explicit]).toEqual(['bug', false])
  await desk.tell()
  expect(await desk.owed()).toEqual([])
})

test('the author hears a new state in one mail, but not what he said himself', async () => {
  const desk = await makeDesk({ answers: allOn })
  await desk.arrive('patch')
  const own = Buffer.from(
    'From: Bob Author <bob@example.com>\nTo: tarn-devel@lists.example.org\nSubject: Re: [PATCH] tarn: count the drops\nDate: Mon, 02 Mar 2026 09:30:00 +0000\nMessage-ID: <own@example.com>\nIn-Reply-To: <patch@example.com>\n\nPatch-Status: deferred\n',
  )
  await desk.arrive('own', { bytes: own })
  await desk.tell()
  expect(await desk.owed()).toEqual([])
  await desk.arrive('accepted')
  await desk.arrive('changes-requested')
  await desk.tell()
  const mails = await desk.owed()
  expect(mails).toMatchObject([{ to: 'bob@example.com', kind: 'state' }])
  expect(mails[0]?.body).toContain('Your patch: accepted, was deferred')
  expect(mails[0]?.body).toContain('Your patch: changes-requested, was accepted')
})

test('maintainers get on Mondays what waits, and each day what is delegated to them', async () => {
  const desk = await makeDesk({ answers: allOn, maintainers: ['mara@example.com'] })
  await desk.arrive('patch')
  await desk.arrive('bug')
  await oweDigests(desk.db, new Date('2026-03-16T05:00:00Z'))
  await oweDigests(desk.db, new Date('2026-03-17T12:00:00Z'))
  expect(await desk.owed()).toEqual([])
  await oweDigests(desk.db, new Date('2026-03-16T06:05:00Z'))
  await oweDigests(desk.db, new Date('2026-03-16T06:10:00Z'))
  const [mail, ...others] = await desk.owed()
  expect(others).toEqual([])
  expect(mail).toMatchObject({ to: 'mara@example.com', kind: 'waiting', subject: 'tarn: 2 topics that wait' })
  expect(mail?.body).toMatch(
    /Waits for a review\n\n {2}tarn: count the drops\n {4}by Bob Author, new, quiet for 13 days/,
  )
  expect(mail?.body).toContain('Open bugs')
  await desk.db
    .updateTable('topic')
    .set(({ fn, val }) => ({
      data: fn('jsonb_set', [
        'data',
        val('{delegate}'),
        fn('to_jsonb', [fn('json', [val('{"person": {"name": "Mara", "address": "mara@example.com"}}')])]),
      ]) as never,
    }))
    .where('id_key', '=', indexKey(desk.idOf('patch')))
    .execute()
  await oweDigests(desk.db, new Date('2026-03-17T06:05:00Z'))
  await oweDigests(desk.db, new Date('2026-03-17T06:10:00Z'))
  expect((await desk.owed()).slice(1)).toMatchObject([
    { to: 'mara@example.com', kind: 'digest', subject: 'tarn: 1 topic delegated to you' },
  ])
  // Under another of her addresses, as the .mailmap says.
  await desk.db
    .updateTable('topic')
    .set({ data: sql`jsonb_set(data, '{delegate,person,address}', '"mara@home.example.com"')` as never })
    .where('id_key', '=', indexKey(desk.idOf('patch')))
    .execute()
  await oweDigests(desk.db, new Date('2026-03-18T06:05:00Z'))
  expect(await desk.owed()).toHaveLength(2)
  const line = {
    address: 'mara@example.com',
    name: null,
    person: { name: 'Mara', address: 'mara@home.example.com' },
  }
  await desk.db
    .updateTable('list')
    .set({ mailmap: JSON.stringify([line]) })
    .execute()
  await oweDigests(desk.db, new Date('2026-03-18T06:10:00Z'))
  expect((await desk.owed()).slice(2)).toMatchObject([{ to: 'mara@example.com', kind: 'digest' }])
})

test('loopback: mail to a list is in its log once, other mail is kept for the operator to see', async () => {
  const desk = await makeDesk()
  const owe = (key: string, to: string) =>
    desk.db.transaction().execute(trx =>
      oweMail(trx, {
        key,
        list: desk.list.id,
        to,
        subject: 'build: success',
        body: 'Well.\n',
        kind: 'result',
      }),
    )
  await owe('a', 'tarn-devel@lists.example.org')
  await owe('b', 'ada@example.org')
  const options = { now: new Date(), attempt: loopback }
  for (;;) if ((await sendNext(desk.db, options)) === null) break
  await sortAll(desk.db, desk.list.id)
  expect((await listOutbox(desk.db, { sent: true })).map(({ state, reply }) => [state, reply])).toEqual([
    ['sent', 'in the log of tarn'],
    ['kept', 'kept, loopback'],
  ])
  const mails = await desk.db.selectFrom('mail').select(['message_id', 'envelope']).execute()
  expect(mails).toMatchObject([
    { message_id: expect.stringMatching(/^tw\./), envelope: { road: 'loopback', trace: expect.any(String) } },
  ])
})
