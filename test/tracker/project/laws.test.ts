// The same laws through PostgreSQL: rows, not values. Lists of one database stand for instances.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLog } from '../../../base/log.ts'
import { importPaths } from '../../../ingest/import.ts'
import { startSmtp } from '../../../ingest/smtp.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { sortAll, startProjector } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { testDatabase } from '../../database.ts'
import { times } from '../../times.ts'
import { onlyFrom } from '../../verdicts.ts'
import { shuffled, threads } from '../threads.ts'
import { judge } from './judge.ts'

// The first is what the others are compared with.
const orders = times(4)

let db: Kysely<Tables>
let dir: string
beforeAll(async () => {
  db = (await testDatabase()).db
  dir = mkdtempSync(join(tmpdir(), 'laws-'))
})
afterAll(async () => {
  await db.destroy()
  rmSync(dir, { recursive: true })
})

async function newList(name: string): Promise<List> {
  const [list] = await saveLists(db, [{ name, address: `${name}@lists.example.org` }])
  if (!list) throw new Error('No list was saved')
  return list
}

/** All topic rows of a list, and the pieces that patchwork's clients list, but what arrival may change. */
async function rowsOf(list: List) {
  const topics = await db
    .selectFrom('topic')
    .select([
      'id',
      'kind',
      'title',
      'author',
      'state',
      'open',
      'mails',
      'said',
      'last_said',
      'digest',
      'data',
      'mail_data',
      'summary',
    ])
    .where('list_id', '=', list.id)
    .orderBy('id')
    .execute()
  const places = await db
    .selectFrom('topic_mail')
    .select(['message_key', 'topic_key'])
    .where('list_id', '=', list.id)
    .orderBy('message_key')
    .execute()
  const { rows: items } = await sql`
    select i.kind, i.topic_key, i.message_key, i.said, i.name, i.state, i.archived, i.hash, i.checked, i.data, p.message_key as parent
    from api_item i left join api_item p on p.id = i.parent and (p.kind = 'series') = (i.kind in ('patch', 'cover'))
    where i.list_id = ${list.id} order by i.kind, i.message_key, i.name`.execute(db)
  return { topics, places, items }
}

/** Appends in groups of 1 to 3 and sorts after each, so that topics are folded again and again. */
async function arriveOneByOne(list: List, mails: readonly Buffer[]): Promise<void> {
  for (let at = 0; at < mails.length; ) {
    const group = mails.slice(at, at + 1 + (at % 3))
    await append(
      db,
      list.id,
      group.map(bytes => ({ bytes, envelope: { road: 'test' } })),
    )
    await sortAll(db, list.id)
    at += group.length
  }
}

const mbox = (mails: readonly Buffer[]) =>
  Buffer.concat(
    mails.flatMap(mail => [
      Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n'),
      Buffer.from(mail.toString('latin1').replace(/^(>*From )/gm, '>$1'), 'latin1'),
      // The blank line before the next mail; an mbox can't say that a mail has no last line end.
      Buffer.from(mail.at(-1) === 10 ? '\n' : '\n\n'),
    ]),
  )

const silent = { show: () => {}, say: () => {}, finish: () => {} }

async function importMails(list: List, mails: readonly Buffer[]): Promise<void> {
  const path = join(dir, `${list.name}.mbox`)
  writeFileSync(path, mbox(mails))
  await importPaths({ db, list, paths: [path], signal: new AbortController().signal, progress: silent })
}

describe.each(threads)('$name', ({ name, mails }) => {
  it(`gives equal rows in ${orders} orders of arrival`, { timeout: 240_000 }, async () => {
    const reference = await newList(`${name}-0`)
    await arriveOneByOne(reference, mails)
    const expected = await rowsOf(reference)
    expect(expected.topics.length).toBeGreaterThan(0)
    for (let order = 1; order < orders; order++) {
      const list = await newList(`${name}-${order}`)
      await arriveOneByOne(list, shuffled(mails, order))
      expect(await rowsOf(list)).toEqual(expected)
    }
  })
})

describe('all threads together', () => {
  const all = threads.flatMap(({ mails }) => mails)

  it('come out equal by SMTP, by import and after a rebuild', { timeout: 240_000 }, async () => {
    const imported = await newList('imported')
    await importMails(imported, all)
    await judge(db, imported, onlyFrom)
    const expected = await rowsOf(imported)

    await rebuild(db, imported.id)
    expect(await rowsOf(imported)).toEqual(expected)

    const live = await newList('live')
    await arriveBySmtp(live, shuffled(all, 42))
    // Of which text a mail spoke is what stood when it was folded first; here all had come by then, as to the other list.
    await db.deleteFrom('judged').where('list_id', '=', live.id).execute()
    await judge(db, live, onlyFrom)
    expect(await rowsOf(live)).toEqual(expected)
  })

  it('are written only where they differ: a rebuild leaves every row as it is', async () => {
    const list = await newList('still')
    await importMails(list, all)
    const versions = () =>
      db.selectFrom('topic').select(['id', 'version']).where('list_id', '=', list.id).orderBy('id').execute()
    const before = await versions()
    await rebuild(db, list.id)
    expect(await versions()).toEqual(before)
  })

  it('of which one is long come out equal one by one, at once, and after a rebuild', async () => {
    const mails = longThread(45)
    const [one, other] = [await newList('long-one'), await newList('long-all')]
    await arriveOneByOne(one, mails)
    await importMails(other, mails)
    const expected = await rowsOf(other)
    expect(expected.items).toHaveLength(1 + mails.length)
    expect(await rowsOf(one)).toEqual(expected)
    await rebuild(db, one.id)
    expect(await rowsOf(one)).toEqual(expected)
  })

  it('export lines sorted by id, each mail once', async () => {
    const list = await newList('exported')
    await importMails(list, all)
    const lines: { id: string; mails: string[] }[] = []
    for await (const line of exportState(db, list.id, { numbers: false })) lines.push(JSON.parse(line))
    const ids = lines.map(line => line.id)
    expect(ids).toEqual([...ids].sort())
    const placed = lines.flatMap(line => line.mails)
    expect(new Set(placed).size).toBe(placed.length)
  })
})

/** A patch and answers to it and to each other; the last one withdraws it. */
function longThread(count: number): Buffer[] {
  const diff = 'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,1 +1,2 @@\n int a;\n+int b;\n'
  const mail = (number: number) =>
    [
      `From: ${number % 3 === 0 ? 'Ada Marsh <ada@example.org>' : `Ben ${number} <ben${number}@example.com>`}`,
      `Subject: ${number === 0 ? '' : 'Re: '}[PATCH] wal: more`,
      `Date: ${new Date(Date.UTC(2026, 2, 2) + number * 60_000).toUTCString()}`,
      `Message-ID: <long-${number}@example.org>`,
      ...(number === 0 ? [] : [`In-Reply-To: <long-${number < 4 ? 0 : number - 3}@example.org>`]),
      '',
      number === 0 ? `Because.\n\n---\n${diff}` : `Words ${number}.\n`,
      ...(number === count - 1 ? ['Patch-Status: withdrawn\n'] : []),
    ].join('\n')
  return Array.from({ length: count }, (_, number) => Buffer.from(mail(number)))
}

describe('two texts under one id', () => {
  const patch = (line: string, date: string) =>
    Buffer.from(
      [
        'From: Ines Oduya <ines@example.org>',
        'Subject: [PATCH] wal: hold the lock less',
        `Date: ${date}`,
        'Message-ID: <patch@example.org>',
        '',
        'Because.',
        '---',
        'diff --git a/wal.c b/wal.c',
        '--- a/wal.c',
        '+++ b/wal.c',
        '@@ -1,1 +1,2 @@',
        ' lock();',
        `+${line}`,
        '',
      ].join('\n'),
    )
  const answer = (id: string, on: string) =>
    Buffer.from(
      `From: Marek Tolvanen <marek@example.com>\nDate: Mon, 02 Mar 2026 12:00:00 +0000\nMessage-ID: <${id}@example.org>\n` +
        `Subject: Re: wal\nIn-Reply-To: <${on}@example.org>\n\nPatch-Status: accepted\n`,
    )
  const good = patch('unlock();', 'Mon, 02 Mar 2026 10:00:00 +0000')
  const evil = patch('evil();', 'Mon, 02 Mar 2026 09:00:00 +0000')
  const mails = [good, answer('ok', 'patch'), evil, answer('yes', 'patch'), answer('why', 'ok')]

  const arrive = async (list: List, bytes: Buffer) => {
    await append(db, list.id, [{ bytes, envelope: { road: 'smtp', trace: '2026-03-02T12:00:00Z' } }])
    await sortAll(db, list.id)
  }
  const judgedOn = (list: List) =>
    db
      .selectFrom('judged')
      .select(['target_key', 'mail_key', 'raw_hash'])
      .where('list_id', '=', list.id)
      .orderBy('mail_key')
      .execute()

  it('give equal rows in any order and after a rebuild, by what the log says was judged', async () => {
    const reference = await newList('judged')
    for (const mail of mails) await arrive(reference, mail)
    const expected = await rowsOf(reference)
    expect(expected.topics[0]?.data.revisions[0]?.patches[0]).toMatchObject({ state: 'accepted' })
    const judged = await judgedOn(reference)
    expect(judged.map(({ raw_hash }) => raw_hash)).toHaveLength(3)
    await rebuild(db, reference.id)
    expect(await rowsOf(reference)).toEqual(expected)
    for (let order = 1; order <= times(3); order++) {
      const list = await newList(`judged-${order}`)
      await db
        .insertInto('judged')
        .values(judged.map(row => ({ ...row, list_id: list.id })))
        .execute()
      for (const mail of shuffled(mails, order)) await arrive(list, mail)
      expect(await rowsOf(list)).toEqual(expected)
      expect(await judgedOn(list)).toEqual(judged)
    }
  })
})

async function arriveBySmtp(list: List, mails: readonly Buffer[]): Promise<void> {
  const log = makeLog('warn', false)
  const projector = startProjector(db, log)
  const smtp = await startSmtp({
    db,
    lists: () => [list],
    host: '127.0.0.1',
    port: 0,
    hostname: 'test.example.org',
    log,
    onArrival: projector.poke,
  })
  const client = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: 4,
  })
  try {
    await Promise.all(
      mails.map(raw => client.sendMail({ raw, envelope: { from: 'sender@example.org', to: list.address } })),
    )
  } finally {
    client.close()
    await smtp.close()
    await projector.close()
  }
  await sortAll(db, list.id)
}
