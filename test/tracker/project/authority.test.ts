// Verdicts, dated rosters and claims through PostgreSQL: what a rebuild must give again, and what may come first.

import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import type { GivenList } from '../../../base/list-settings.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { hide } from '../../../tracker/project/moderate.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { testDatabase } from '../../database.ts'
import { dkimOf, onlyFrom } from '../../verdicts.ts'
import { patchBody, write } from '../../web/archive.ts'
import { judge } from './judge.ts'

let db: Kysely<Tables>
beforeAll(async () => {
  db = (await testDatabase()).db
})
afterAll(() => db.destroy())

const marek = { name: 'Marek Tolvanen', address: 'marek@example.com', role: 'maintainer' } as const
const priya = { name: 'Priya Santhanam', address: 'priya@example.net', role: 'maintainer' } as const
const signed: Verdict = { grade: 'A', how: dkimOf('example.com') }
const from = ({ name, address }: typeof marek | typeof priya) => `${name} <${address}>`

async function save(name: string, more: Partial<GivenList> = {}): Promise<List> {
  const [list] = await saveLists(db, [
    { name, address: `${name}@lists.example.org`, people: [marek], ...more },
  ])
  if (!list) throw new Error('No list was saved')
  return list
}

/** The mails come live, now. */
async function arrive(list: List, ...letters: Parameters<typeof write>[0][]): Promise<void> {
  const envelope = { road: 'smtp', trace: new Date().toISOString() }
  await append(
    db,
    list.id,
    letters.map(letter => ({ bytes: write(letter), envelope })),
  )
  await sortAll(db, list.id)
}

const topics = (list: List) =>
  db
    .selectFrom('topic')
    .select(['id', 'state', 'data', 'version'])
    .where('list_id', '=', list.id)
    .orderBy('id')
    .execute()
const stateOf = async (list: List, id: string) => (await topics(list)).find(topic => topic.id === id)?.state

const patch = (id: string, minute = 0, message?: string) => ({
  id,
  subject: `[PATCH] ${id}`,
  body: patchBody(`src/${id}.c`, message),
  minute,
})
const answer = (id: string, answers: string, who: string, body: string, minute = 30) => ({
  id,
  subject: `Re: [PATCH] ${answers}`,
  from: who,
  body: `${body}\n`,
  minute,
  answers,
})

describe('a live mail', () => {
  it('is pending until its verdict is written, and then changes what it asked for', async () => {
    const list = await save('pending')
    await arrive(
      list,
      patch('p@example.org'),
      answer('a@example.org', 'p@example.org', from(marek), 'Patch-Status: accepted'),
    )
    expect(await stateOf(list, 'p@example.org')).toBe('new')
    await judge(db, list, signed)
    expect(await stateOf(list, 'p@example.org')).toBe('accepted')
  })

  it('that was forged changes nothing', async () => {
    const list = await save('forged')
    await arrive(
      list,
      patch('p@example.org'),
      answer('a@example.org', 'p@example.org', from(marek), 'Patch-Status: accepted'),
    )
    await judge(db, list, onlyFrom)
    expect(await stateOf(list, 'p@example.org')).toBe('new')
  })
})

describe('a rebuild', () => {
  it('gives the same history when the people of the list changed in between', async () => {
    const list = await save('dated')
    await arrive(
      list,
      patch('old@example.org'),
      answer('a@example.org', 'old@example.org', from(marek), 'Patch-Status: accepted'),
    )
    await judge(db, list, signed)
    await save('dated', { people: [priya] })
    await arrive(
      list,
      patch('new@example.org', 60),
      answer('b@example.org', 'new@example.org', from(marek), 'Patch-Status: accepted', 70),
      answer('c@example.org', 'new@example.org', from(priya), 'Patch-Status: rejected', 80),
    )
    await judge(db, list, signed)
    const before = await topics(list)
    expect(before.map(({ id, state }) => [id, state])).toEqual([
      ['new@example.org', 'rejected'],
      ['old@example.org', 'accepted'],
    ])
    expect(before[0]?.data.history.map(({ effect, vouch }) => [effect, vouch?.role])).toEqual([
      [false, 'anybody'],
      [true, 'maintainer'],
    ])
    await rebuild(db, list.id)
    expect(await topics(list)).toEqual(before)
  })

  it('is not needed when the list trusts another way', async () => {
    const list = await save('trusting')
    await arrive(
      list,
      patch('p@example.org'),
      answer('a@example.org', 'p@example.org', from(marek), 'Patch-Status: accepted'),
    )
    await judge(db, list, onlyFrom)
    await save('trusting', { trust: 'from' })
    await sortAll(db, list.id)
    expect(await stateOf(list, 'p@example.org')).toBe('accepted')
    await save('trusting', { needs: { accepted: 'C' } })
    await sortAll(db, list.id)
    expect(await stateOf(list, 'p@example.org')).toBe('accepted')
    await save('trusting')
    await sortAll(db, list.id)
    expect(await stateOf(list, 'p@example.org')).toBe('new')
  })
})

describe('a bug that a patch closes', () => {
  const bug = { id: 'bug@example.org', subject: '[BUG] wal: wrong sum', body: 'It crashes.\n' }
  const fix = patch('fix@example.org', 5, 'The sum was wrong.\n\nCloses: <bug@example.org>')
  const accepted = answer('a@example.org', 'fix@example.org', from(marek), 'Patch-Status: accepted')
  const letters = { bug, fix, accepted }
  type Name = keyof typeof letters

  it.each<{ order: Name[] }>([
    { order: ['bug', 'fix', 'accepted'] },
    { order: ['fix', 'accepted', 'bug'] },
    { order: ['accepted', 'bug', 'fix'] },
  ])('is fixed whichever comes first: $order', async ({ order }) => {
    const list = await save(`closes-${order[0]}`)
    for (const name of order) {
      await arrive(list, letters[name])
      await judge(db, list, signed)
    }
    expect(await stateOf(list, 'bug@example.org')).toBe('fixed')
    const before = await topics(list)
    await rebuild(db, list.id)
    expect(await topics(list)).toEqual(before)
  })

  it('is open again when the acceptance is taken back or out of sight', async () => {
    const list = await save('reopens')
    await arrive(list, bug, fix, accepted)
    await judge(db, list, signed)
    expect(await stateOf(list, 'bug@example.org')).toBe('fixed')
    const undo = answer('u@example.org', 'fix@example.org', from(marek), 'Undo: <a@example.org>', 40)
    await arrive(list, undo)
    await judge(db, list, signed)
    expect(await stateOf(list, 'bug@example.org')).toBe('new')
    await hide(db, { messageId: messageId('u@example.org'), who: 'test', reason: '' })
    await sortAll(db, list.id)
    expect(await stateOf(list, 'bug@example.org')).toBe('fixed')
    await hide(db, { messageId: messageId('fix@example.org'), who: 'test', reason: '' })
    await hide(db, { messageId: messageId('a@example.org'), who: 'test', reason: '' })
    await sortAll(db, list.id)
    expect(await stateOf(list, 'bug@example.org')).toBe('new')
  })
})
