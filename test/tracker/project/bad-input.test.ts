// Mail that is wrong: kept raw, said clearly, on a page, and nothing breaks.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IndexKey } from '../../../base/ids.ts'
import { indexKey } from '../../../base/key.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { topicHolding } from '../../../tracker/answer/asker.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import { makeApp } from '../../../web/app.ts'
import { testDatabase } from '../../database.ts'
import { distinctWords, largeBody, largeHeader } from '../../large.ts'
import { storedMails } from '../../stored-mails.ts'

const folder = join(import.meta.dirname, '../../../fixtures/bad')

/** Each with a word of what its page must say about it; null where the mail reads well after all. */
const mails: Record<string, { bytes: () => Buffer; says: RegExp | null }> = {
  'no-message-id': { bytes: () => file('no-message-id'), says: /no Message-ID/ },
  'nul-bytes': { bytes: () => file('nul-bytes'), says: null },
  'broken-charset': { bytes: () => file('broken-charset'), says: /charset|encod|bytes/i },
  'unknown-charset': { bytes: () => file('unknown-charset'), says: /charset/i },
  'broken-base64': { bytes: () => file('broken-base64'), says: /base64/i },
  'date-year-1': { bytes: () => file('date-year-1'), says: null },
  'date-year-9999': { bytes: () => file('date-year-9999'), says: null },
  'no-headers': { bytes: () => file('no-headers'), says: /header|Message-ID/i },
  'empty-body': { bytes: () => file('empty-body'), says: null },
  'bare-cr': { bytes: () => file('bare-cr'), says: null },
  'a header of 2 MB': { bytes: largeHeader, says: /header/i },
  'a body over the limit': { bytes: largeBody, says: /text|long|cut/i },
  '1 MB of distinct words': { bytes: distinctWords, says: null },
  'an empty mail': { bytes: () => Buffer.alloc(0), says: /Message-ID/ },
}
const file = (name: string) => readFileSync(join(folder, `${name}.eml`))

let db: Kysely<Tables>
let list: List
beforeAll(async () => {
  db = (await testDatabase()).db
  const [saved] = await saveLists(db, [{ name: 'bad', address: 'bad@lists.example.org' }])
  if (!saved) throw new Error('No list was saved')
  list = saved
})
afterAll(() => db.destroy())

it('there is an expectation for every fixture', () => {
  const names = readdirSync(folder).filter(name => name.endsWith('.eml'))
  expect(names.map(name => name.replace('.eml', '')).filter(name => !(name in mails))).toEqual([])
})

describe.each(Object.entries(mails))('%s', (_, { bytes, says }) => {
  it('is kept raw, sorted into a topic, and shown with what is wrong', { timeout: 240_000 }, async () => {
    const raw = bytes()
    const [appended] = await append(db, list.id, [{ bytes: raw, envelope: { road: 'test' } }])
    if (!appended) throw new Error('Nothing was appended')
    await sortAll(db, list.id)

    const key = indexKey(appended.messageId)
    const [stored] = await storedMails(db, list.id, key)
    expect(stored?.equals(raw)).toBe(true)
    const topic = await topicOf(key)
    const mail = topic.mails.find(one => indexKey(one.id) === key)
    if (says) expect(mail?.problems.join('\n')).toMatch(says)
    expect(new Date(topic.said).getUTCFullYear()).toBeGreaterThanOrEqual(1)

    const page = await makeApp({ db }).request(`/bad/${encodeURIComponent(appended.messageId)}/`)
    expect(page.status).toBe(200)
    const text = await page.text()
    for (const problem of mail?.problems.slice(0, 1) ?? [])
      expect(text).toContain(problem.replaceAll("'", '&#39;').replaceAll('"', '&quot;').slice(0, 40))
  })
})

async function topicOf(key: IndexKey): Promise<Topic> {
  const topic = await topicHolding(db, list.id, key)
  if (!topic) throw new Error(`No topic holds ${key}`)
  return topic
}

it('the same mail ten times at once is one mail', async () => {
  const bytes = Buffer.from(
    'From: Ines Oduya <ines@example.org>\nSubject: once\nMessage-ID: <once@example.org>\n\nOnce.\n',
  )
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => append(db, list.id, [{ bytes, envelope: { road: 'test' } }])),
  )
  expect(answers.flat().filter(one => one.fresh)).toHaveLength(1)
  await sortAll(db, list.id)
  expect(await storedMails(db, list.id, indexKey('once@example.org'))).toHaveLength(1)
  expect((await topicOf(indexKey('once@example.org'))).mails).toHaveLength(1)
})
