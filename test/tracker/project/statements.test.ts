// Lines that speak of another topic, through PostgreSQL: whichever comes first, whatever is taken back, and after a rebuild.
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { hide, unhide } from '../../../tracker/project/moderate.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { makeApp } from '../../../web/app.ts'
import { testDatabase } from '../../database.ts'
import { dkimOf } from '../../verdicts.ts'
import { patchBody, write } from '../../web/archive.ts'
import { judge } from './judge.ts'

let db: Kysely<Tables>
beforeAll(async () => {
  db = (await testDatabase()).db
})
afterAll(() => db.destroy())

const marek = 'Marek Tolvanen <marek@example.com>'
const ines = 'Ines Oduya <ines@example.net>'
const signed: Verdict = { grade: 'A', how: dkimOf('example.com'), covers: ['to'] }

async function save(name: string): Promise<List> {
  const people = [{ address: 'marek@example.com', role: 'maintainer' as const }]
  const [list] = await saveLists(db, [{ name, address: `${name}@lists.example.org`, people }])
  if (!list) throw new Error('No list was saved')
  return list
}

type Letter = Parameters<typeof write>[0]

/** Each comes live, gets its verdict and is sorted before the next one comes. */
async function arrive(list: List, ...letters: readonly (Letter | Buffer)[]): Promise<void> {
  for (const letter of letters) {
    const envelope = { road: 'smtp', trace: new Date().toISOString() }
    const bytes = Buffer.isBuffer(letter) ? letter : write(letter)
    await append(db, list.id, [{ bytes, envelope }])
    await sortAll(db, list.id)
    await judge(db, list, signed)
  }
}

const topics = (list: List) =>
  db
    .selectFrom('topic')
    .select(['id', 'state', 'data', 'version'])
    .where('list_id', '=', list.id)
    .orderBy('id')
    .execute()
const topicOf = async (list: List, id: string) => (await topics(list)).find(topic => topic.id === id)
const stateOf = async (list: List, id = 'bug@example.org') => (await topicOf(list, id))?.state

const bug = { id: 'bug@example.org', subject: '[BUG] wal: wrong sum', body: 'It crashes.\n' }
const patch = { id: 'p@example.org', subject: '[PATCH] wal: sum', body: patchBody('src/wal.c'), minute: 5 }
const answer = (id: string, body: string, from = marek, answers = 'p@example.org', minute = 30) => ({
  id,
  subject: 'Re: [PATCH] wal: sum',
  from,
  body: `${body}\n`,
  minute,
  answers,
})
const fixed = answer('a@example.org', 'Bug-Status: <bug@example.org> fixed')

describe('a line that names a mail of another thread', () => {
  const letters = { bug, patch, fixed }
  type Name = keyof typeof letters

  it.each<{ order: Name[] }>([
    { order: ['bug', 'patch', 'fixed'] },
    { order: ['patch', 'fixed', 'bug'] },
    { order: ['fixed', 'bug', 'patch'] },
  ])('has its effect there whichever comes first, and after a rebuild: $order', async ({ order }) => {
    const list = await save(`order-${order[0]}`)
    await arrive(list, ...order.map(name => letters[name]))
    expect(await stateOf(list)).toBe('fixed')
    const before = await topics(list)
    await rebuild(db, list.id)
    expect(await topics(list)).toEqual(before)
  })

  it('of somebody without the right changes nothing, and the page of the bug says why', async () => {
    const list = await save('stranger')
    await arrive(list, bug, patch, answer('s@example.org', 'Bug-Status: <bug@example.org> fixed', ines))
    expect((await topicOf(list, 'bug@example.org'))?.data.history).toMatchObject([
      {
        mail: 's@example.org',
        effect: false,
        reason: '"fixed" needs a maintainer of the list or a robot of the list',
      },
    ])
    expect(await stateOf(list)).toBe('new')
  })

  it('is taken back in its own thread and in that of the bug', async () => {
    const list = await save('undone')
    await arrive(
      list,
      bug,
      patch,
      fixed,
      answer('u@example.org', 'Undo: <a@example.org>', marek, 'a@example.org', 40),
    )
    expect(await stateOf(list)).toBe('new')
    await hide(db, { messageId: messageId('u@example.org'), who: 'test', reason: '' })
    await sortAll(db, list.id)
    expect(await stateOf(list)).toBe('fixed')
    await arrive(list, answer('v@example.org', 'Undo: <a@example.org>', marek, 'bug@example.org', 50))
    expect(await stateOf(list)).toBe('new')
    const before = await topics(list)
    await rebuild(db, list.id)
    expect(await topics(list)).toEqual(before)
  })

  it('goes out of sight with its mail, also when it was the only one of its thread, and comes back', async () => {
    const list = await save('hidden')
    const { answers: _, ...alone } = fixed
    await arrive(list, bug, { ...alone, subject: 'wal' })
    expect(await stateOf(list)).toBe('fixed')
    await hide(db, { messageId: messageId('a@example.org'), who: 'test', reason: '' })
    await sortAll(db, list.id)
    expect(await stateOf(list)).toBe('new')
    await unhide(db, { messageId: messageId('a@example.org'), who: 'test', reason: '' })
    await sortAll(db, list.id)
    expect(await stateOf(list)).toBe('fixed')
  })

  it('links to the other topic on both pages', async () => {
    const list = await save('linked')
    await arrive(list, bug, patch, fixed)
    const app = makeApp({ db })
    const page = async (id: string) => (await app.request(`/linked/${id}/`)).text()
    expect(await page('bug@example.org')).toContain('href="/linked/a@example.org/"')
    expect(await page('p@example.org')).toMatch(
      /Bug-Status: fixed<\/code>, sent to <a href="\/linked\/bug@example.org\/">/,
    )
  })
})

describe('mail to the address of a bug', () => {
  const later = new Date(Date.now() + 3_600_000).toUTCString()
  const to = (id: string, address: string) =>
    Buffer.from(
      [
        `From: ${marek}`,
        `To: ${address}`,
        'Subject: the sum is right again',
        `Date: ${later}`,
        `Message-ID: <${id}@example.org>`,
        'List-Post: <mailto:numbered@lists.example.org>',
        '',
        'Version: 1.4',
        '',
        'It is in.',
        '',
      ].join('\n'),
    )

  it('closes it from a thread of its own, and a number that nobody knows is told', async () => {
    const list = await save('numbered')
    await arrive(list, bug, to('done', '1-done@lists.example.org'), to('none', '7-done@lists.example.org'))
    expect(await topicOf(list, 'bug@example.org')).toMatchObject({
      state: 'fixed',
      data: { history: [{ mail: 'done@example.org', value: 'fixed in 1.4', effect: true }] },
    })
    expect((await topicOf(list, 'done@example.org'))?.data.history).toMatchObject([
      { effect: false, reason: null, sent: { bug: 1, target: 'bug@example.org' } },
    ])
    expect((await topicOf(list, 'none@example.org'))?.data.history).toMatchObject([
      { effect: false, reason: 'there was no bug #7 when it was said' },
    ])
  })
})
