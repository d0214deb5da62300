import { expect, test } from 'vitest'
import { touchedFiles } from '../../../tracker/mail/diff.ts'
import { readDiff } from '../../../tracker/mail/diff-lines.ts'

const kinds = (text: string) => readDiff(text).files.map(file => file.lines.map(line => line.kind))

test('hunks end by their lengths: a removed line that looks like a signature belongs to the diff', () => {
  const { files, after } = readDiff(
    '--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,1 @@\n keep\n-- gone\n-- \n2.47.1\n',
  )
  expect(files[0]?.lines.map(line => line.text)).toEqual(['@@ -1,2 +1,1 @@', ' keep', '-- gone'])
  expect(after).toEqual(['-- ', '2.47.1', ''])
})

test('a removed line that looks like the head of a file belongs to its hunk', () => {
  expect(kinds('--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n same\n')).toEqual([
    ['hunk', 'removed', 'added', 'context'],
  ])
})

test('lines are counted in the file after the change', () => {
  const [file] = readDiff('--- a/x\n+++ b/x\n@@ -7,3 +9,3 @@\n a\n-b\n+c\n d\n').files
  expect(file?.lines.map(line => line.number)).toEqual([null, 9, null, 10, 11])
  expect(file).toMatchObject({ path: 'x', added: 1, removed: 1 })
})

test('new, deleted, renamed and binary files keep their names and say what they are', () => {
  const { files } = readDiff(
    [
      'diff --git a/new.c b/new.c',
      'new file mode 100644',
      '--- /dev/null',
      '+++ b/new.c',
      '@@ -0,0 +1 @@',
      '+x',
      'diff --git a/old.c b/old.c',
      'deleted file mode 100644',
      '--- a/old.c',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-x',
      'diff --git a/logo.png b/logo.png',
      'index 1..2 100644',
      'GIT binary patch',
      'literal 3',
      'Kcmxx',
      '',
      'diff --git a/a.c b/b.c',
      'similarity index 100%',
      'rename from a.c',
      'rename to b.c',
      '',
    ].join('\n'),
  )
  expect(files.map(file => [file.path, file.remarks])).toEqual([
    ['new.c', ['new file mode 100644']],
    ['old.c', ['deleted file mode 100644']],
    ['logo.png', ['binary']],
    ['b.c', ['similarity index 100%', 'rename from a.c', 'rename to b.c']],
  ])
})

test('a mail program that dropped the blank of empty lines, and a missing line end, change nothing', () => {
  expect(kinds('--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n\\ No newline at end of file\n')).toEqual([
    ['hunk', 'context', 'context', 'removed', 'added', 'note'],
  ])
})

test('every line of a broken diff is somewhere', () => {
  const text = 'before\n--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\nbroken here\nand on\n@@ nonsense\n'
  const { before, files, after } = readDiff(text)
  const shown = [
    ...before,
    ...files.flatMap(file => [...file.lines.map(line => line.text), ...file.remarks]),
    ...after,
  ]
  for (const line of ['before', ' a', 'broken here', 'and on', '@@ nonsense']) expect(shown).toContain(line)
})

test('a hunk that was damaged does not move the numbers of the next one', () => {
  const text = '--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\nbroken here\n@@ -20,2 +30,2 @@\n b\n-c\n+d\n'
  const [file] = readDiff(text).files
  expect(file?.lines.map(({ old, number, text }) => [old, number, text])).toEqual([
    [null, null, '@@ -1,9 +1,9 @@'],
    [1, 1, ' a'],
    [null, null, '@@ -20,2 +30,2 @@'],
    [20, 30, ' b'],
    [21, null, '-c'],
    [null, 31, '+d'],
  ])
})

test('a note counts nothing, wherever it stands and in whatever language', () => {
  const note = '\\ Kein Zeilenumbruch am Dateiende.'
  const [file] = readDiff(`--- a/x\n+++ b/x\n@@ -4 +4 @@\n${note}\n-a\n${note}\n+b\n${note}\n`).files
  expect(file?.lines.map(({ kind, old, number }) => [kind, old, number])).toEqual([
    ['hunk', null, null],
    ['note', null, null],
    ['removed', 4, null],
    ['note', null, null],
    ['added', null, 4],
    ['note', null, null],
  ])
  expect(file).toMatchObject({ added: 1, removed: 1 })
})

test('facts and pages know the same lines as changed; a note is none of them', () => {
  const hunk = '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same line\n-old line\n+new line\n'
  const [plain] = touchedFiles(hunk)
  expect(plain).toMatchObject({ path: 'x', added: 1, removed: 1 })
  expect(plain?.lines).toHaveLength(2)
  expect(touchedFiles(`${hunk}\\ No newline at end of file\n`)).toEqual([plain])
})

test('text without a diff is all before it', () => {
  expect(readDiff('a\n--- b\nc').files).toEqual([])
  expect(readDiff('a\n--- b\nc').before).toEqual(['a', '--- b', 'c'])
})
