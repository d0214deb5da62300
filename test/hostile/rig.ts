// The world of a case: a real database, a name server, a keyring, and the real roads: append, sort, authenticate, fold,
// show. Each case has a list of its own and runs in both orders of arrival; each answer must also stand after a rebuild.

import { rmSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'
import { indexKey } from '../../base/key.ts'
import type { GivenList } from '../../base/list-settings.ts'
import { makeLog } from '../../base/log.ts'
import { replyAddress } from '../../base/reply-address.ts'
import { startJudge } from '../../ingest/auth/judge.ts'
import { openKeyring } from '../../ingest/auth/keyring.ts'
import { makeResolver } from '../../ingest/auth/resolver.ts'
import { type List, saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { topicHolding } from '../../tracker/answer/asker.ts'
import { readHeaders } from '../../tracker/decode/headers.ts'
import { newestTime } from '../../tracker/mail/said-time.ts'
import { assignAll, sortAll } from '../../tracker/project/projector.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import type { Change, Topic } from '../../tracker/topic/topic.ts'
import { makeApp } from '../../web/app.ts'
import { paths } from '../../web/paths.ts'
import { testDatabase } from '../database.ts'
import { startDns } from '../dns.ts'
import type { Case, Expected, Mail } from './case.ts'
import { addressOf, type Cast, listHost, makeCast, otherList, people } from './cast.ts'

export interface Rig {
  /** Sentences for what is not as it should be; none when the case holds. */
  run(one: Case, name: string): Promise<string[]>
  close(): Promise<void>
}

export async function openRig(): Promise<Rig> {
  const dns = await startDns()
  const cast = await makeCast(dns)
  const { db } = await testDatabase()
  // Another list of the instance, to which no case posts.
  await saveLists(db, [{ name: 'drum', address: otherList }])
  const judge = startJudge({
    db,
    log: makeLog('error', false),
    keyring: openKeyring(cast.keyring),
    resolve: makeResolver(dns.server, { timeoutMs: 2_000 }),
    trustedServers: () => [listHost],
  })
  const app = makeApp({ db })
  const page = async (path: string) => (await app.request(path)).text()
  const world: World = { db, cast, page, look: () => judge.look() }
  return {
    run: async (one, name) => {
      const begin = threeHoursAgo()
      const letters = await write(one, name, cast, begin)
      const orders = one.oneOrder ? ['forwards' as const] : (['forwards', 'backwards'] as const)
      const failures: string[] = []
      for (const order of orders)
        failures.push(...(await runOrder(world, one, `${name}-${order}`, { letters, begin }, order)))
      return failures
    },
    close: async () => {
      await judge.close()
      await db.destroy()
      await dns.close()
      rmSync(cast.keyring, { recursive: true })
    },
  }
}

interface World {
  readonly db: Kysely<Tables>
  readonly cast: Cast
  readonly page: (path: string) => Promise<string>
  readonly look: () => Promise<void>
}

interface Letter {
  readonly mail: Mail
  readonly bytes: Buffer
}

/** Minute 0 of a case, half past a minute, since a case may move it by a second; from it on its mails come now. */
const threeHoursAgo = () => Math.floor((Date.now() - 3 * 3_600_000) / 60_000) * 60_000 + 30_000

async function runOrder(
  world: World,
  one: Case,
  name: string,
  { letters, begin }: { letters: readonly Letter[]; begin: number },
  order: 'forwards' | 'backwards',
): Promise<string[]> {
  const { db } = world
  // Each order is another world: a signature that was used in the first is new here.
  await sql`delete from signature_use`.execute(db)
  const list = await saveOne(db, name, one.list)
  if (one.history !== undefined) await endHistory(db, list, new Date(begin + one.history * 60_000))
  const archived = letters.filter(({ mail }) => mail.imported === true)
  const live = letters.filter(({ mail }) => mail.imported !== true)
  for (const letter of [...archived, ...(order === 'forwards' ? live : live.toReversed())])
    await arrive(world, list, letter)
  const expected = (order === 'backwards' && one.backwards) || one.expect
  const idOf = (mail: string) => mailId(mail, one)
  const found = await differences(world, list, expected, idOf)
  if (found.length > 0) return found.map(text => `${order}: ${text}`)
  await rebuild(db, list.id)
  const again = await differences(world, list, expected, idOf)
  return again.map(text => `${order}, after a rebuild: ${text}`)
}

const maintainer: NonNullable<GivenList['people']> = [
  { name: 'Marek Tolvanen', address: addressOf('marek'), role: 'maintainer' },
]

async function saveOne(db: Kysely<Tables>, name: string, more: Case['list'] = {}): Promise<List> {
  const [list] = await saveLists(db, [{ name, address: `tarn@${listHost}`, people: maintainer, ...more }])
  if (!list) throw new Error('No list was saved')
  return list
}

async function arrive({ db, look }: World, list: List, { mail, bytes }: Letter): Promise<void> {
  const live = {
    road: 'smtp',
    from: addressOf(mail.from),
    to: [list.address],
    trace: new Date().toISOString(),
  }
  const archived = { road: 'import' }
  const newest = mail.imported !== 'trusted' && newestTime(readHeaders(bytes).headers, {})
  await append(db, list.id, [
    mail.imported
      ? { bytes, envelope: archived, ...(newest !== false && { newest }) }
      : { bytes, envelope: live },
  ])
  await assignAll(db, list.id)
  while (await waits(db, list)) await look()
  await sortAll(db, list.id)
}

async function waits(db: Kysely<Tables>, list: List): Promise<boolean> {
  // One that waits for a maintainer is not sorted.
  const { rows } = await sql`
    select from verdict_due u where list_id = ${list.id}
      and exists (select from fact f where f.list_id = u.list_id and f.seq = u.seq) limit 1`.execute(db)
  return rows.length > 0
}

const endHistory = (db: Kysely<Tables>, list: List, at: Date) =>
  db.updateTable('list').set({ history_until: at }).where('id', '=', list.id).execute()

/** Of a case: two cases may call their mails alike. */
const mailId = (name: string, one: Case) =>
  `${name}.${one.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}@mails.example`

async function write(one: Case, name: string, cast: Cast, begin: number): Promise<Letter[]> {
  const written = new Map<string, Buffer>()
  const letters: Letter[] = []
  const ids = (text: string) =>
    text
      .replace(/\$to-([a-z]\w*)/g, (_, mail: string) => replyAddress(`tarn@${listHost}`, mailId(mail, one)))
      .replace(/\$([a-z]\w*)/g, (_, mail: string) => mailId(mail, one))
  for (const mail of one.mails) {
    const original = mail.copyOf === undefined ? undefined : written.get(mail.copyOf)
    if (mail.copyOf !== undefined && !original) throw new Error(`${name}: there is no mail ${mail.copyOf}`)
    const bare = original ?? Buffer.from(ids(textOf(mail, mailId(mail.id ?? mail.name, one), begin)))
    const signed = mail.sign && !original ? await cast.sign(bare, mail.from, mail.sign) : bare
    const change = (all: Mail['change'], to: Buffer) =>
      (all ?? []).reduce((text, [from, instead]) => changed(text, from, ids(instead)), to)
    const posted = change(mail.forged, signed)
    const sealed = mail.sealed
      ? await cast.seal(posted, mail.sealed, {
          footer: mail.footer,
          covers: mail.sealCovers,
          says: mail.sealSays,
        })
      : posted
    const stamp = typeof mail.stamped === 'string' ? { saw: mail.stamped } : mail.stamped
    const dressed = stamp ? await cast.stamp(sealed, stamp, mail.footer) : sealed
    const bytes = change(mail.change, dressed)
    written.set(mail.name, bytes)
    if (!mail.withheld) letters.push({ mail, bytes })
  }
  return letters
}

function changed(bytes: Buffer, from: string | RegExp, to: string): Buffer {
  const text = bytes.toString('utf8')
  const other = text.replace(from, () => to)
  if (other === text) throw new Error(`Nothing to change: ${from}`)
  return Buffer.from(other)
}

function textOf(mail: Mail, id: string, begin: number): string {
  const date = new Date(begin + (mail.minute ?? 0) * 60_000).toUTCString().replace('GMT', '+0000')
  return [
    `From: ${people[mail.from]}`,
    `To: ${mail.to ?? `tarn@${listHost}`}`,
    ...(mail.cc ? [`Cc: ${mail.cc}`] : []),
    `Subject: ${mail.subject ?? 'A word'}`,
    `Date: ${date}`,
    `Message-ID: <${id}>`,
    ...(mail.answers ? [`In-Reply-To: <$${mail.answers}>`] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...(mail.headers ?? []),
    '',
    mail.text ?? 'A word.\n',
  ].join('\n')
}

async function differences(
  { db, page }: World,
  list: List,
  expected: Expected,
  idOf: (mail: string) => string,
): Promise<string[]> {
  const found: string[] = []
  const differ = (what: string, is: unknown, wanted: unknown) => {
    const holds = wanted instanceof RegExp ? wanted.test(String(is)) : is === wanted
    if (!holds) found.push(`${what} is ${String(is).slice(0, 300)}, not ${wanted}`)
  }
  const entries = <T>(named: Readonly<Record<string, T>> | undefined) => Object.entries(named ?? {})
  for (const [mail, wanted] of entries(expected.state))
    differ(`the state of ${mail}`, stateOf(await topicOf(db, list, idOf(mail)), idOf(mail)), wanted)
  for (const [mail, wanted] of entries(expected.title))
    differ(`the title of ${mail}`, (await topicOf(db, list, idOf(mail)))?.title, wanted)
  const history = await historyOf(db, list)
  for (const [mail, reason] of entries(expected.refused)) {
    const told = history.filter(change => change.mail === idOf(mail))
    differ(`${mail} refused`, told.map(change => `${change.effect} ${change.reason}`).join('; '), reason)
    if (told.some(({ effect }) => effect)) found.push(`${mail} has an effect`)
  }
  for (const mail of expected.effect ?? [])
    if (!history.some(change => change.mail === idOf(mail) && change.effect))
      found.push(
        `${mail} has no effect: ${JSON.stringify(history.filter(change => change.mail === idOf(mail)))}`,
      )
  for (const [mail, wanted] of entries(expected.grade))
    differ(`the grade of ${mail}`, await gradesOf(db, list, idOf(mail)), wanted)
  for (const [mail, wanted] of entries(expected.page)) {
    const text = await page(paths.mail(list.name, idOf(mail)))
    if (!wanted.test(text)) found.push(`the page of ${mail} does not say ${wanted}`)
  }
  for (const [mail, wanted] of entries(expected.silent)) {
    const text = await page(paths.mail(list.name, idOf(mail)))
    if (wanted.test(text)) found.push(`the page of ${mail} says ${wanted}`)
  }
  const home = expected.home || expected.homeSilent ? await page(paths.list(list.name)) : ''
  if (expected.home && !expected.home.test(home))
    found.push(`the page of the list does not say ${expected.home}`)
  if (expected.homeSilent?.test(home)) found.push(`the page of the list says ${expected.homeSilent}`)
  return found
}

/** Of the patch, else the bug; of a topic without a state its kind. */
function stateOf(topic: Topic | null, id: string): string {
  if (!topic) return 'nothing'
  const patch = topic.revisions.flatMap(({ patches }) => patches).find(one => one.id === id)
  return patch?.state ?? topic.state ?? topic.kind
}

const topicOf = async (db: Kysely<Tables>, list: List, id: string): Promise<Topic | null> =>
  (await topicHolding(db, list.id, indexKey(id))) ?? null

async function historyOf(db: Kysely<Tables>, list: List): Promise<readonly Change[]> {
  const rows = await db.selectFrom('topic').select(topicColumns).where('list_id', '=', list.id).execute()
  return rows.flatMap(row => wholeTopic(row).history)
}

/** Of all arrivals, in the order of the log. */
async function gradesOf(db: Kysely<Tables>, list: List, id: string): Promise<string> {
  const { rows } = await sql<{ grade: string | null }>`
    select v.grade from mail m left join verdict v using (list_id, seq)
    where m.list_id = ${list.id} and m.message_key = ${indexKey(id)} order by m.seq`.execute(db)
  return rows.map(({ grade }) => grade ?? 'I').join(' ')
}
