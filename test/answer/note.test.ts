import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type MessageId, messageId, seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { makeLog } from '../../base/log.ts'
import { importNotes } from '../../ingest/notes.ts'
import { saveInstance } from '../../sql/instance.ts'
import { saveLists } from '../../sql/lists.ts'
import { wholeTopic } from '../../sql/topic-row.ts'
import { type Write, writeNote } from '../../tracker/answer/note.ts'
import { sendDue } from '../../tracker/answer/send.ts'
import { inboxEntries } from '../../tracker/export/inbox-entries.ts'
import { exportMbox } from '../../tracker/export/mbox.ts'
import { exportState } from '../../tracker/export/state.ts'
import { noteBlock } from '../../tracker/mail/check.ts'
import { hide } from '../../tracker/project/moderate.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { makeApp } from '../../web/app.ts'
import { all } from '../ingest/mails.ts'
import { type Desk, makeDesk } from './desk.ts'

const ada = { token: 'ada-laptop', address: 'ada@example.org' }
const lab = { token: 'lab', address: 'ci@lab.example.net' }
const patch = messageId('patch@example.com')

const write = (desk: Desk, body: string, given: Partial<Write> & { by?: typeof ada } = {}) =>
  writeNote(desk.db, given.by ?? ada, { list: desk.list.id, kind: 'states', on: patch, body, ...given })

async function written(
  desk: Desk,
  body: string,
  given: Parameters<typeof write>[2] = {},
): Promise<MessageId> {
  const noted = await write(desk, body, given)
  if (noted.outcome !== 'written') throw new Error(`Not written: ${JSON.stringify(noted)}`)
  return noted.note
}

async function topicOf(desk: Desk) {
  const row = await desk.db.selectFrom('topic').select(['data', 'mail_data']).executeTakeFirstOrThrow()
  return wholeTopic(row)
}

const exported = async (desk: Desk) =>
  (await all(exportState(desk.db, desk.list.id, { numbers: true }))).map(line => JSON.parse(line))

const mboxOf = async (desk: Desk) => Buffer.concat(await all(exportMbox(desk.db, desk.list.id))).toString()

const pageOf = async (desk: Desk, path: string) => (await makeApp({ db: desk.db }).request(path)).text()

let desk: Desk
let id: MessageId
beforeAll(async () => {
  desk = await makeDesk({ maintainers: [ada.address] })
  await desk.arrive('patch')
  id = await written(desk, 'Patch-Status: accepted')
})

test('a state set by a token stands at once, with who, when and by which token', async () => {
  const topic = await topicOf(desk)
  expect(topic.state).toBe('accepted')
  expect(topic.history).toMatchObject([
    {
      mail: id,
      who: { address: 'ada@example.org' },
      what: 'Patch-Status',
      value: 'accepted',
      effect: true,
      vouch: { role: 'maintainer', grade: 'A', how: { code: 'noted', token: 'ada-laptop' } },
    },
  ])
  expect(await pageOf(desk, '/tarn/patch@example.com/')).toContain('by token ada-laptop, grade A')
})

test('a note is read like a mail and is no mail of the list', async () => {
  const { mails, notes } = await topicOf(desk)
  expect(mails.map(mail => mail.id)).toEqual(['patch@example.com'])
  expect(notes?.map(note => note.id)).toEqual([id])
  expect(await exported(desk)).toMatchObject([{ state: 'accepted', mails: ['patch@example.com'] }])
  const mbox = await mboxOf(desk)
  expect(mbox).toContain('<patch@example.com>')
  expect(mbox).not.toContain(id)
  expect(await pageOf(desk, '/tarn/')).not.toContain(id)
  const found = await desk.db.selectFrom('search').select('message_key').execute()
  expect(found.map(row => row.message_key)).toEqual([indexKey(patch)])
  const all = { after: seq(0), last: seq(1_000) }
  expect(await inboxEntries(desk.db, desk.list.id, all, 10)).toHaveLength(1)
})

test('its own page shows it and leads to its topic, and its thread is the thread of the list', async () => {
  const page = await pageOf(desk, `/tarn/${id}/`)
  expect(page).toContain('Patch-Status: accepted')
  expect(page).toContain('It was not sent to the list.')
  expect(await pageOf(desk, `/tarn/${id}/raw`)).toContain('X-Threadwork-Note: by token ada-laptop')
  const app = makeApp({ db: desk.db })
  const gzipped = await (await app.request(`/tarn/${id}/t.mbox.gz`)).arrayBuffer()
  const { gunzipSync } = await import('node:zlib')
  const thread = gunzipSync(gzipped).toString()
  expect(thread).toContain('<patch@example.com>')
  expect(thread).not.toContain(id)
})

test('it is an event once, and a rebuild gives the same and tells nothing again', async () => {
  const before = [await exported(desk), await topicOf(desk)]
  expect(await desk.events()).toEqual([`patch-state new accepted ${id}`])
  await rebuild(desk.db, desk.list.id)
  expect([await exported(desk), await topicOf(desk)]).toEqual(before)
  expect(await desk.events()).toHaveLength(1)
})

test('whoever may not do it hears why, and nothing is kept', async () => {
  const before = await desk.db.selectFrom('mail').select('seq').execute()
  expect(await write(desk, 'Patch-Status: rejected', { by: lab })).toEqual({
    outcome: 'refused',
    reason: '"rejected" needs a maintainer of its files',
  })
  for (const body of ['Fine by me.\n\nPatch-Status: rejected', 'Reviewed-by: Ada Example <ada@example.org>'])
    expect(await write(desk, body, { kind: 'notes' })).toMatchObject({
      outcome: 'refused',
      reason: 'a note is only words, and a line of this one would do something',
    })
  expect(await write(desk, 'Patch-Status: accepted', { on: messageId('nowhere@example.org') })).toEqual({
    outcome: 'missing',
  })
  expect(await desk.db.selectFrom('mail').select('seq').execute()).toEqual(before)
})

test('a check posted with a token is believed, and one by unsigned mail is claimed', async () => {
  const own = await makeDesk({ maintainers: [ada.address] })
  await own.arrive('patch')
  const check = {
    context: 'lab-arm64',
    state: 'fail' as const,
    description: `boots, and then it does not: ${'it hangs '.repeat(15)}`.trim(),
    url: 'https://ci.lab.example.net/17',
  }
  const note = await written(own, noteBlock(check), { kind: 'checks', by: lab })
  const mailed = `From: CI <ci@lab.example.net>\nTo: tarn-devel@lists.example.org\nSubject: Re: [PATCH] tarn: count the drops\nDate: Mon, 02 Mar 2026 13:00:00 +0000\nMessage-ID: <mailed@lab.example.net>\nIn-Reply-To: <patch@example.com>\n\n${noteBlock({ ...check, state: 'success' })}\n`
  await own.arrive('mailed', { bytes: Buffer.from(mailed), grade: 'C' })
  const { checks, history, standing } = await topicOf(own)
  expect(checks).toEqual([
    { mail: 'mailed@lab.example.net', on: patch, by: lab.address, ...check, state: 'success', claimed: true },
    { mail: note, on: patch, by: lab.address, ...check },
  ])
  expect(history).toMatchObject([{ mail: note, what: 'check', value: 'lab-arm64: fail', effect: true }])
  expect(standing.turn).toBe('author')
  const page = await pageOf(own, '/tarn/patch@example.com/')
  expect(page).toContain('posted the check <code>lab-arm64: fail</code>')
})

test('of several notes in one second the last one stands', async () => {
  const own = await makeDesk({ maintainers: [ada.address] })
  await own.arrive('patch')
  const states = ['accepted', 'under-review', 'rejected', 'deferred', 'accepted', 'changes-requested']
  for (const state of states) await written(own, `Patch-Status: ${state}`)
  expect((await topicOf(own)).history.map(({ value }) => value)).toEqual(states)
})

test('words stand in the timeline, a commit beside the state, and what is archived keeps its state', async () => {
  const own = await makeDesk({ maintainers: [ada.address] })
  await own.arrive('patch')
  await written(own, 'Taken for the next release, if the lab agrees.', { kind: 'notes', by: lab })
  await written(own, 'Patch-Status: accepted 1234567')
  await written(own, `Patch-Status: <${patch}> accepted 89abcde`)
  await written(own, 'Archived: yes')
  const { revisions, history } = await topicOf(own)
  expect(history.map(({ what, value, effect }) => [what, value, effect])).toEqual([
    ['note', 'Taken for the next release, if the lab agrees.', true],
    ['Patch-Status', 'accepted', true],
    ['Patch-Status', 'accepted', true],
    ['Archived', 'yes', true],
  ])
  expect(revisions[0]?.patches).toMatchObject([{ state: 'accepted', commit: '89abcde', archived: true }])
  expect(await write(own, 'Archived: no', { by: lab })).toMatchObject({ outcome: 'refused' })
})

test('the author hears of a state that was set by a token as of any other', async () => {
  const own = await makeDesk({ maintainers: [ada.address], answers: { states: true } })
  await own.arrive('patch')
  const note = await written(own, 'Patch-Status: accepted')
  await own.tell()
  const [mail] = await own.owed()
  expect(mail).toMatchObject({ to: 'bob@example.com', kind: 'state' })
  expect(mail?.body).toContain(`Said by ada@example.org in <${note}>.`)
})

test('a note that is hidden has no effect any more, and one whose patch is gone makes no topic', async () => {
  const own = await makeDesk({ maintainers: [ada.address] })
  await own.arrive('patch')
  const note = await written(own, 'Patch-Status: accepted')
  const gone = { list: own.list.id, who: 'test', reason: '' }
  await hide(own.db, { ...gone, messageId: note })
  await own.sort()
  expect((await topicOf(own)).state).toBe('new')
  await written(own, 'Patch-Status: deferred')
  await hide(own.db, { ...gone, messageId: patch })
  await own.sort()
  expect(await own.db.selectFrom('topic').select('id').execute()).toEqual([])
})

test('a list that wants to see it gets it once, in the thread, and it is one mail with the note', async () => {
  const own = await makeDesk({ maintainers: [ada.address] })
  await own.arrive('patch')
  await saveLists(own.db, [{ ...own.list, post: { checks: false, states: true, notes: false } }])
  await saveInstance(own.db, 'threadwork@lists.example.org')
  const note = await written(own, 'Patch-Status: accepted')
  const [owed, ...others] = await own.owed()
  expect(others).toEqual([])
  expect(owed).toMatchObject({
    to: own.list.address,
    kind: 'note',
    subject: 'Re: [PATCH] tarn: count the drops',
  })
  const field = (name: string) => owed?.headers.find(header => header.name === name)?.value.trim()
  expect(field('message-id')).toBe(`<${note}>`)
  expect(field('references')).toBe('<patch@example.com>')
  expect(field('from')).toBe('"ada@example.org via Threadwork" <threadwork@lists.example.org>')
  expect(field('auto-submitted')).toBe('auto-generated')
  const log = makeLog('error', false)
  await sendDue({ db: own.db, relay: null, log, clock: () => new Date() })
  await own.sort()
  const { mails, notes, history, state } = await topicOf(own)
  expect(state).toBe('accepted')
  expect(mails.map(mail => mail.id)).toEqual(['patch@example.com', note])
  expect(mails[1]).toMatchObject({ author: { address: 'ada@example.org' } })
  expect(mails[1]).not.toHaveProperty('imposters')
  expect(notes).toBeUndefined()
  expect(history.map(({ mail }) => mail)).toEqual([note])
  expect(await mboxOf(own)).toContain(`<${note}>`)
  expect(await mboxOf(own)).not.toContain('X-Threadwork-Note')
})

test('notes go out and in again with who wrote them, once, and tell nobody', async () => {
  const own = await makeDesk({ maintainers: [ada.address] })
  const other = await makeDesk({ maintainers: [ada.address] })
  for (const one of [own, other]) await one.arrive('patch', { grade: 'imported' })
  const note = await written(own, 'Patch-Status: accepted 1234567')
  const directory = mkdtempSync(join(tmpdir(), 'notes-'))
  const file = join(directory, 'notes.mbox')
  writeFileSync(file, Buffer.concat(await all(exportMbox(own.db, own.list.id, 'notes'))))
  expect(await importNotes(other.db, other.list.id, [file])).toEqual({ fresh: 1, others: 0 })
  expect(await importNotes(other.db, other.list.id, [file])).toEqual({ fresh: 0, others: 0 })
  expect(await exported(other)).toEqual(await exported(own))
  expect((await topicOf(other)).history).toMatchObject([
    { mail: note, vouch: { role: 'maintainer', grade: 'A', how: { code: 'noted', token: 'ada-laptop' } } },
  ])
  expect(await other.events()).toEqual([])
  writeFileSync(file, await mboxOf(own))
  expect(await importNotes(other.db, other.list.id, [file])).toEqual({ fresh: 0, others: 1 })
  rmSync(directory, { recursive: true })
})
