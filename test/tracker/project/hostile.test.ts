// Mail that was made to hurt: kept byte for byte, in a topic, on pages that say what is wrong, and quick.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MessageId } from '../../../base/ids.ts'
import { indexKey } from '../../../base/key.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { topicHolding } from '../../../tracker/answer/asker.ts'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import { makeApp } from '../../../web/app.ts'
import { archiveMboxrd } from '../../../web/archive/mboxrd.ts'
import { paths } from '../../../web/paths.ts'
import { testDatabase } from '../../database.ts'
import * as made from '../../hostile.ts'
import { storedMails } from '../../stored-mails.ts'

const folder = join(import.meta.dirname, '../../../fixtures/hostile')
const file = (name: string) => readFileSync(join(folder, `${name}.eml`))

interface Expectation {
  /** What the mail's problems say, when it has one. */
  readonly says?: RegExp
  /** What its page shows, and what stands nowhere on it. */
  readonly shows?: string
  readonly hides?: RegExp
}

const small: { readonly [name: string]: Expectation } = {
  'doubled-fields': { shows: 'the first subject', hides: /the second subject|Mallory/ },
  '8-bit-header': { shows: 'café in Latin-1, café in UTF-8 and a stray ÿ' },
  'encoded-words': { hides: /[\0\r]/ },
  'mixed-line-ends': {},
  smuggled: { shows: 'MAIL FROM:&lt;eve@example.com&gt;' },
  bidi: { shows: '[U+202E]gpj.exe', hides: /[\u202a-\u202e\u2066-\u2069\u200b]/ },
  'look-alikes': { shows: 'раtch fоr tаrn' },
  'file-names': { shows: 'Four files.', hides: /[\0\u202e]/ },
  'zone-1800': { shows: '2 Mar 2026, 01:00' },
  'zone-9999': {},
  'date-year-1-zone': {},
  'date-nonsense': { says: /Date "Xyz/ },
  'lying-parts': { says: /base64/, shows: 'This is neither base64 nor UTF-16.' },
  'answers-itself': {},
  'loop-1': {},
  'loop-2': {},
  'loop-3': {},
  'id-space': {},
  'id-slash': {},
  'id-percent': {},
  'id-quotes': {},
  'id-markup': { hides: /<x-mark/ },
  'id-question': {},
  'id-backslash': {},
  'id-no-at': {},
  'id-unicode': { hides: /\u202e/ },
  'id-ends-as-page': {},
  'id-t-mbox': {},
  'id-nul': { hides: /\0/ },
  'id-brackets': {},
  'id-colon': {},
  'id-dots': { says: /no Message-ID/ },
  'id-dot': { says: /no Message-ID/ },
  'id-empty': { says: /no Message-ID/ },
  'id-blank': { says: /no Message-ID/ },
  'empty-fields': { says: /no Message-ID/, shows: '(no subject)' },
  'one-line-end': { says: /no header/ },
  'only-blank': { says: /no header/ },
  'only-noise': { says: /no header/ },
  'patch-year-9999': { shows: '31 Dec 9999' },
  'patch-year-1': { shows: '1 Jan 1' },
  'patch-of-dots': { says: /hunk/ },
}

const large: { readonly [name: string]: Expectation & { readonly make: () => Buffer } } = {
  '10,000 parts': { make: made.manyParts, says: /more than 200 parts/ },
  '200 levels': { make: made.manyLevels, says: /nested more than 20 deep/ },
  'a decompression trap': { make: made.decompressionTrap, shows: 'See the patch.' },
  '100,000 references': { make: made.manyReferences, says: /header is longer than 256 kB/ },
  '40,000 references in one line': { make: made.denseReferences },
  'a header of 100,000 fields': { make: made.headerFlood, says: /more than 1000 fields/ },
  'a field of 100,000 lines': { make: made.foldedFlood, says: /header is longer/ },
  '10,000 recipients': { make: made.manyRecipients, says: /header is longer/ },
  'an id of 3,000 characters': { make: made.longId, shows: '3,000 characters' },
  'an id of 6,000 characters': { make: made.endlessId, says: /no Message-ID/, shows: '6,000 characters' },
  'fields of 30,000 characters': { make: made.longFields, shows: 'Long fields.' },
  'an address of 100,000 characters': { make: made.longAddress },
  'a subject of 140,000 characters': { make: made.longSubject },
}

const expectations: [string, Expectation & { readonly make: () => Buffer }][] = [
  ...Object.entries(small).map(([name, expectation]): [string, Expectation & { make: () => Buffer }] => [
    name,
    { ...expectation, make: () => file(name) },
  ]),
  ...Object.entries(large),
]

let db: Kysely<Tables>
let list: List
beforeAll(async () => {
  db = (await testDatabase()).db
  const [saved] = await saveLists(db, [{ name: 'hostile', address: 'hostile@lists.example.org' }])
  if (!saved) throw new Error('No list was saved')
  list = saved
})
afterAll(() => db.destroy())

it('there is an expectation for every fixture', () => {
  const names = readdirSync(folder).filter(name => name.endsWith('.eml'))
  expect(names.map(name => name.replace('.eml', '')).filter(name => !(name in small))).toEqual([])
})

async function arrive(...mails: Buffer[]): Promise<MessageId[]> {
  const appended = await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope: { road: 'test' } })),
  )
  await sortAll(db, list.id)
  return appended.map(({ messageId }) => messageId)
}

const app = () => {
  const made = makeApp({
    db,
    onError: error => {
      throw error
    },
  })
  return async (path: string) => {
    const response = await made.request(path)
    expect(response.status, path).toBe(200)
    return response
  }
}

async function topicOf(id: MessageId): Promise<Topic> {
  const topic = await topicHolding(db, list.id, indexKey(id))
  if (!topic) throw new Error(`No topic holds ${id}`)
  return topic
}

/** Whatever a header holds; the pages of ordinary mails have 30 kB. */
const pageCharactersMax = 100_000

describe.each(expectations)('%s', (_, { make, says, shows, hides }) => {
  it('is in the log as it came, in a topic, and on every page of its own', { timeout: 240_000 }, async () => {
    const raw = make()
    const [id] = await arrive(raw)
    if (id === undefined) throw new Error('Nothing was appended')
    const problems = (await topicOf(id)).mails.find(mail => mail.id === id)?.problems ?? []
    if (says) expect(problems.join('\n')).toMatch(says)
    const get = app()
    const page = await (await get(paths.mail('hostile', id))).text()
    if (shows !== undefined) expect(page).toContain(shows)
    for (const text of [page, await (await get(paths.thread('hostile', id))).text()]) {
      if (hides) expect(text).not.toMatch(hides)
      expect(text.length).toBeLessThan(pageCharactersMax)
    }
    const [stored] = await storedMails(db, list.id, indexKey(id))
    expect(stored?.equals(raw)).toBe(true)
    const served = Buffer.from(await (await get(paths.raw('hostile', id))).arrayBuffer())
    expect(served.equals(archiveMboxrd(raw))).toBe(true)
    const mbox = Buffer.from(await (await get(paths.mbox('hostile', id))).arrayBuffer())
    expect(gunzipSync(mbox).includes(served)).toBe(true)
  })
})

it('a decompression trap stays packed: its parts count as they travelled, and nothing is unpacked', () => {
  const raw = made.decompressionTrap()
  const mail = decodeMail(raw)
  expect(mail.others).toHaveLength(3)
  for (const part of mail.others) expect(part.bytes).toBeLessThan(100_000)
  expect(mail.body).toBe('See the patch.')
})

it('a ring of a thousand answers is one topic that holds each mail once', { timeout: 240_000 }, async () => {
  const ids = await arrive(...made.ring())
  const topics = await Promise.all([ids[0], ids[500], ids[999]].map(id => topicOf(id as MessageId)))
  expect(new Set(topics.map(topic => topic.id)).size).toBe(1)
  expect(topics[0]?.mails.map(mail => mail.id).sort()).toEqual([...ids].sort())
  await app()(paths.thread('hostile', ids[999] as MessageId))
})

it('three mails that answer each other are one topic in whatever order they come', async () => {
  const topic = await topicOf('loop-1@example.org' as MessageId)
  expect(topic.mails.map(mail => mail.id).sort()).toEqual([
    'loop-1@example.org',
    'loop-2@example.org',
    'loop-3@example.org',
  ])
})

it('the list of all topics shows them all', async () => {
  const text = await (await app()(paths.topics('hostile', 'all'))).text()
  expect(text).not.toMatch(/<x-mark|[\u202a-\u202e\u2066-\u2069\0]/)
  expect(text.length).toBeLessThan(pageCharactersMax)
})
