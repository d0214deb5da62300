import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { changelogOf } from '../../../tracker/mail/changelog.ts'
import { readPatch } from '../../../tracker/mail/patch-text.ts'
import { pairPatches, wholePatches } from '../../../tracker/topic/compare.ts'
import { lineDiff } from '../../../tracker/topic/line-diff.ts'
import { patchDelta } from '../../../tracker/topic/patch-delta.ts'
import { revisionName, revisionNamed } from '../../../tracker/topic/revision-name.ts'
import type { Revision, TopicPatch } from '../../../tracker/topic/topic.ts'

const ines = { name: 'Ines Oduya', address: 'ines@example.org' }

const patch = (number: number, title: string, patchId: string | null = null): TopicPatch => ({
  number,
  id: messageId(`${title.replaceAll(' ', '-')}-${number}-${patchId}@example.org`),
  title,
  author: ines,
  state: 'new',
  stateBy: null,
  patchId,
  added: 1,
  removed: 0,
  files: ['src/wal.c'],
})

const lines = (table: Record<string, string>) => (one: TopicPatch) =>
  new Set((table[one.title] ?? '').split(' ').filter(Boolean))
const words = (was: TopicPatch[], now: TopicPatch[], table: Record<string, string> = {}) =>
  pairPatches(was, now, lines(table)).map(
    pair => `${pair.was?.number ?? '-'} ${pair.now?.number ?? '-'} ${pair.change}`,
  )

describe('what became of the patches', () => {
  test('same code, changed code, new and gone', () => {
    const was = [patch(1, 'split', 'aa'), patch(2, 'queue', 'bb'), patch(3, 'log', 'cc')]
    const now = [patch(1, 'split', 'aa'), patch(2, 'queue', 'b2'), patch(3, 'doc', 'dd')]
    expect(words(was, now)).toEqual(['1 1 same', '2 2 changed', '3 - gone', '- 3 new'])
  })

  test('the code is a better sign than the title, the title a better one than likeness', () => {
    const was = [patch(1, 'one', 'aa'), patch(2, 'two', 'bb')]
    expect(words(was, [patch(1, 'two', 'aa'), patch(2, 'one', 'bb')])).toEqual(['1 1 same', '2 2 same'])
    const table = { one: 'a b c', two: 'd e f', three: 'd e g' }
    expect(words(was, [patch(1, 'three', 'x'), patch(2, 'two', 'y')], table)).toEqual([
      '1 - gone',
      '- 1 new',
      '2 2 changed',
    ])
  })

  test('a renamed patch is known by its changed lines', () => {
    const table = { 'wake all': 'a b c d', 'wake one by one': 'a b c e', other: 'x y' }
    expect(
      words(
        [patch(1, 'wake all', 'aa')],
        [patch(1, 'other', 'bb'), patch(2, 'wake one by one', 'cc')],
        table,
      ),
    ).toEqual(['- 1 new', '1 2 changed'])
  })

  test('patches without code are never the same', () => {
    expect(words([patch(1, 'notes')], [patch(1, 'notes')])).toEqual(['1 1 changed'])
  })
})

const revision = (
  version: number,
  patches: TopicPatch[],
  completeness: Revision['completeness'] = 'complete',
): Revision => ({
  version,
  total: 3,
  cover: null,
  pullRequest: false,
  completeness,
  incomplete: null,
  resend: false,
  title: 'wal',
  author: ines,
  said: version,
  patches,
  state: 'new',
  changeId: null,
  baseCommit: null,
  note: null,
})

test('a partial reroll is completed by the revisions before it', () => {
  const first = revision(1, [patch(1, 'one'), patch(2, 'two'), patch(3, 'three')])
  const second = revision(2, [patch(2, 'two', 'new')], 'partial-reroll')
  const third = revision(3, [patch(3, 'three', 'new')], 'partial-reroll')
  const whole = wholePatches([first, second, third], third)
  expect(whole.map(one => [one.number, one.patchId])).toEqual([
    [1, null],
    [2, 'new'],
    [3, 'new'],
  ])
})

test('a revision sent twice keeps two names', () => {
  const revisions = [revision(1, []), revision(2, []), revision(2, [])]
  expect(revisions.map(one => revisionName(revisions, one))).toEqual(['v1', 'v2', 'v2.2'])
  expect(revisionNamed(revisions, 'v2.2')).toBe(revisions[2])
  expect(revisionNamed(revisions, 'v3')).toBeUndefined()
})

describe('the edit script of lines', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })

  test('tells both texts again, in order, and is never longer than both', () => {
    fc.assert(
      fc.property(texts, texts, (was, now) => {
        const steps = lineDiff(was, now)
        expect(steps.flatMap(step => (step.kind === 'now' ? [] : [was[step.was]]))).toEqual(was)
        expect(steps.flatMap(step => (step.kind === 'was' ? [] : [now[step.now]]))).toEqual(now)
        for (const step of steps) if (step.kind === 'same') expect(was[step.was]).toBe(now[step.now])
      }),
    )
  })

  test('keeps what is common', () => {
    const steps = lineDiff(['a', 'b', 'c', 'd'], ['a', 'c', 'x', 'd'])
    expect(steps.map(({ kind }) => kind)).toEqual(['same', 'was', 'same', 'now', 'same'])
  })

  test('two large texts with nothing in common are all replaced, quickly', () => {
    const text = (sign: string) => Array.from({ length: 20_000 }, (_, at) => `${sign}${at}`)
    const started = process.cpuUsage().user
    expect(lineDiff(text('a'), text('b'))).toHaveLength(40_000)
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000)
  })
})

const diff = (body: string, head = '@@ -10,3 +10,4 @@ static int wal_sync(struct wal *w)') =>
  `Message.\n\nSigned-off-by: Ines Oduya <ines@example.org>\n---\ndiff --git a/src/wal.c b/src/wal.c\nindex 1..2 100644\n--- a/src/wal.c\n+++ b/src/wal.c\n${head}\n${body}`
const body = ' \tlock(w);\n-\tsync(w);\n+\tunlock(w);\n+\treturn sync(w);\n }\n'
const deltaOf = (was: string, now: string) => patchDelta(readPatch(was), readPatch(now))

describe('how a patch changed', () => {
  test('a patch that only moved is the same', () => {
    const moved = diff(body, '@@ -110,3 +210,4 @@ static int wal_sync(struct wal *w)').replace(
      'index 1..2',
      'index 3..4',
    )
    expect(deltaOf(diff(body), moved)).toEqual({ message: [], files: [], codeLines: 0, contextLines: 0 })
  })

  test('the lines that differ, each with the sign of its patch, below their function', () => {
    const [file] = deltaOf(diff(body), diff(body.replace('return sync(w)', 'return sync(w, 1)'))).files
    expect(file?.lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'section static int wal_sync(struct wal *w)',
      'both  \tlock(w);',
      'both -\tsync(w);',
      'both +\tunlock(w);',
      'was +\treturn sync(w);',
      'now +\treturn sync(w, 1);',
      'both  }',
    ])
  })

  test('what only surrounds the change is counted apart', () => {
    const delta = deltaOf(diff(body), diff(body.replace('lock(w);\n-', 'lock_all(w);\n-')))
    expect([delta.codeLines, delta.contextLines]).toEqual([0, 2])
  })

  test('a file that came or went is all of its lines', () => {
    const more = `${diff(body)}diff --git a/src/new.c b/src/new.c\n--- /dev/null\n+++ b/src/new.c\n@@ -0,0 +1 @@\n+int x;\n`
    expect(deltaOf(diff(body), more).files.map(({ path }) => path)).toEqual(['src/new.c'])
    expect(deltaOf(more, diff(body)).codeLines).toBe(1)
  })

  test('the message, without an in-body From', () => {
    expect(deltaOf(diff(body), `From: Ines Oduya <ines@example.org>\n\n${diff(body)}`).message).toEqual([])
    const { message } = deltaOf(diff(body), diff(body).replace('Message.', 'A better message.'))
    expect(message.map(({ kind }) => kind)).toEqual(['was', 'now', 'both', 'both'])
  })
})

test("the author's own words on what changed end where git's begin", () => {
  const said = ['Changes since v1:', ' - the queue is left first', '', 'v1: first posting']
  expect(changelogOf(['Text.', '', ...said, '', ' src/wal.c | 3 ++-', ' 1 file changed'])).toEqual(said)
  expect(changelogOf([...said, '', 'Ines Oduya (2):', '  wal: one'])).toEqual(said)
  expect(changelogOf(['v1 -> v2: less locking'])).toHaveLength(1)
  expect(changelogOf(['The changes make it faster.', 'It is v2 of the format.'])).toEqual([])
})
