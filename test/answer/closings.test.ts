// A patch that is accepted in a thread of its own fixes the bug that it closes: the bug's reporter hears of it, once, and of an
// import nobody does.
import { expect, test } from 'vitest'
import { messageId } from '../../base/ids.ts'
import { hide } from '../../tracker/project/moderate.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { type Desk, type DeskOptions, makeDesk } from './desk.ts'

const ben = 'Ben Example <ben@example.net>'
const mara = 'Mara Lind <mara@example.com>'
const rita = 'Rita Reporter <rita@example.net>'

const letter = (id: string, from: string, minute: number, subject: string, lines: string, answers = '') =>
  Buffer.from(
    `From: ${from}
To: tarn-devel@lists.example.org
Subject: ${subject}
Date: Mon, 2 Mar 2026 12:${String(minute).padStart(2, '0')}:00 +0000
Message-ID: <${id}@example.org>
${answers ? `In-Reply-To: <${answers}@example.org>\n` : ''}
${lines}
`,
  )

const fix = letter(
  'fix',
  ben,
  0,
  '[PATCH] page: keep the last key',
  `The last key of a full page was dropped.

Closes: <bug@example.org>
Signed-off-by: ${ben}
---
diff --git a/page.c b/page.c
--- a/page.c
+++ b/page.c
@@ -1 +1 @@
-a
+b`,
)
const answer = (id: string, minute: number, line: string, from = mara) =>
  letter(id, from, minute, 'Re: [PATCH] page: keep the last key', line, 'fix')
const accepted = answer('in', 10, 'Patch-Status: accepted')

const deskWith = (options: DeskOptions = {}) =>
  makeDesk({ answers: { states: true }, maintainers: ['mara@example.com'], ...options })

const stateOfBug = async (desk: Desk) => {
  const row = await desk.db.selectFrom('topic').select('state').where('kind', '=', 'bug').executeTakeFirst()
  return row?.state
}

/** What was told of the bug. */
const told = async (desk: Desk) => (await desk.events()).filter(event => event.startsWith('bug'))

const reported = 'bug null new bug@example.org'
const fixed = 'bug-status new fixed in@example.org'

test('the reporter hears once that the bug is fixed, by whom and in which mail', async () => {
  const desk = await deskWith()
  await desk.arrive('bug')
  await desk.tell()
  await desk.arrive('fix', { bytes: fix })
  await desk.arrive('in', { bytes: accepted })
  expect(await told(desk)).toEqual([reported, fixed])
  await desk.arrive('thanks', { bytes: answer('thanks', 20, 'Thanks.', ben) })
  await rebuild(desk.db, desk.list.id)
  expect(await told(desk)).toEqual([reported, fixed])
  await desk.tell()
  const owed = (await desk.owed()).filter(({ to }) => to === 'rita@example.net')
  expect(owed).toMatchObject([{ kind: 'state', subject: 'Re: [BUG] tarn: a full page drops keys' }])
  expect(owed[0]?.body).toContain(
    'Bug #1: fixed, was new\n\n  tarn: a full page drops keys\n\nSaid by Mara Lind in <in@example.org>.\n',
  )
})

test('a reporter who accepts the fix himself is not told', async () => {
  const desk = await deskWith({ maintainers: ['rita@example.net'] })
  await desk.arrive('bug')
  await desk.arrive('fix', { bytes: fix })
  await desk.arrive('in', { bytes: answer('in', 10, 'Patch-Status: accepted', rita) })
  expect(await told(desk)).toEqual([reported, fixed])
  await desk.tell()
  expect((await desk.owed()).map(({ to }) => to)).toEqual(['ben@example.net'])
})

test('it is told when the sender is confirmed, and not before', async () => {
  // Without maintainers what a pending mail says has its effect at once.
  for (const maintainers of [['mara@example.com'], []]) {
    const desk = await deskWith({ maintainers })
    await desk.arrive('bug')
    await desk.arrive('fix', { bytes: fix })
    await desk.arrive('in', { bytes: accepted, grade: 'pending' })
    await desk.arrive('more', { bytes: answer('more', 20, 'Seen.', ben) })
    expect(await told(desk)).toEqual([reported])
    await desk.judge('in', 'A')
    expect(await stateOfBug(desk)).toBe('fixed')
    expect(await told(desk)).toEqual([reported, fixed])
  }
})

test('a patch that comes after the word about it is told as well', async () => {
  const desk = await deskWith()
  await desk.arrive('bug')
  await desk.arrive('in', { bytes: accepted })
  await desk.arrive('fix', { bytes: fix })
  expect(await told(desk)).toEqual([reported, fixed])
})

test('what is taken back is told as well', async () => {
  const desk = await deskWith()
  await desk.arrive('bug')
  await desk.arrive('fix', { bytes: fix })
  await desk.arrive('in', { bytes: accepted })
  await desk.arrive('out', { bytes: answer('out', 20, 'Patch-Status: changes-requested') })
  expect(await stateOfBug(desk)).toBe('new')
  expect(await told(desk)).toEqual([reported, fixed, 'bug-status fixed new bug@example.org'])
  await desk.tell()
  const body = (await desk.owed()).find(({ to }) => to === 'rita@example.net')?.body
  expect(body).toContain('Bug #1: new, was fixed\n\n  tarn: a full page drops keys\n\nWhat said otherwise')
})

test('an import tells nothing, whatever it brings', async () => {
  for (const imported of ['in', 'fix', 'bug']) {
    const desk = await deskWith()
    const grade = (name: string) => (name === imported ? ('imported' as const) : ('A' as const))
    if (imported !== 'bug') await desk.arrive('bug')
    await desk.arrive('fix', { bytes: fix, grade: grade('fix') })
    if (imported === 'fix') await desk.arrive('in', { bytes: accepted, grade: 'imported' })
    else await desk.arrive('in', { bytes: accepted, grade: grade('in') })
    if (imported === 'bug') await desk.arrive('bug', { grade: 'imported' })
    expect(await stateOfBug(desk)).toBe('fixed')
    expect(await told(desk)).toEqual(imported === 'bug' ? [] : [reported])
  }
})

test('a first mail that comes late gives the patchset another name while it waits, and no news is lost', async () => {
  const desk = await deskWith({ maintainers: [] })
  await desk.arrive('bug')
  await desk.arrive('fix', { bytes: fix })
  await desk.arrive('in', { bytes: accepted, grade: 'pending' })
  const older = fix.toString().replace('12:00:00', '11:00:00').replace('<fix@', '<fix-0@')
  await desk.arrive('older', { bytes: Buffer.from(older) })
  expect(await told(desk)).toEqual([reported])
  await desk.judge('in', 'A')
  expect(await told(desk)).toEqual([reported, fixed])
  await desk.arrive('reopened', {
    bytes: letter('again', mara, 50, 'Re: bug', 'Bug-Status: reopened', 'bug'),
  })
  expect(await told(desk)).toEqual([reported, fixed, 'bug-status fixed reopened again@example.org'])
})

test('a bug that never came is not waited for, and one that comes live is told as it stands', async () => {
  const desk = await deskWith()
  await desk.arrive('fix', { bytes: fix })
  await desk.arrive('in', { bytes: accepted, grade: 'pending' })
  await desk.judge('in', 'A')
  expect(await desk.db.selectFrom('statement_due').selectAll().execute()).toEqual([])
  await desk.arrive('bug')
  expect(await told(desk)).toEqual(['bug null fixed bug@example.org'])
})

test('a mail that is hidden before it has a verdict leaves nothing behind that waits', async () => {
  const desk = await deskWith({ maintainers: [] })
  await desk.arrive('bug')
  await desk.arrive('fix', { bytes: fix })
  await desk.arrive('in', { bytes: accepted, grade: 'pending' })
  await hide(desk.db, { messageId: messageId('in@example.org'), who: 'test', reason: '' })
  await desk.sort()
  expect(await told(desk)).toEqual([reported])
  await desk.arrive('bug-fixed')
  expect(await told(desk)).toEqual([reported, 'bug-status new fixed bug-fixed@example.org'])
})
