// Which files a diff touches, whatever tool or setting wrote its head: pages and facts name the same.
import { expect, it } from 'vitest'
import { touchedFiles } from '../../../tracker/mail/diff.ts'
import { readDiff } from '../../../tracker/mail/diff-lines.ts'
import { diffText } from '../../../tracker/mail/diff-text.ts'

const hunk = '@@ -1,3 +1,3 @@\n int a;\n-int b;\n+long b;\n int c;\n'
const index = 'index 1111111..2222222 100644\n'

it.each<[string, string, string, string | null]>([
  [
    'git',
    `diff --git a/src/tarn.c b/src/tarn.c\n${index}--- a/src/tarn.c\n+++ b/src/tarn.c\n`,
    'src/tarn.c',
    null,
  ],
  [
    '--no-prefix',
    `diff --git src/tarn.c src/tarn.c\n${index}--- src/tarn.c\n+++ src/tarn.c\n`,
    'src/tarn.c',
    null,
  ],
  [
    '--no-prefix in a folder a',
    `diff --git a/tarn.c a/tarn.c\n${index}--- a/tarn.c\n+++ a/tarn.c\n`,
    'a/tarn.c',
    null,
  ],
  [
    'mnemonic prefixes',
    `diff --git i/src/tarn.c w/src/tarn.c\n${index}--- i/src/tarn.c\n+++ w/src/tarn.c\n`,
    'src/tarn.c',
    null,
  ],
  [
    'mnemonic, of commits',
    `diff --git c/src/tarn.c i/src/tarn.c\n${index}--- c/src/tarn.c\n+++ i/src/tarn.c\n`,
    'src/tarn.c',
    null,
  ],
  [
    "prefixes of one's own",
    `diff --git old/src/tarn.c new/src/tarn.c\n${index}--- old/src/tarn.c\n+++ new/src/tarn.c\n`,
    'src/tarn.c',
    null,
  ],
  [
    'a new file',
    `diff --git a/src/x.c b/src/x.c\nnew file mode 100644\n${index}--- /dev/null\n+++ b/src/x.c\n`,
    'src/x.c',
    null,
  ],
  [
    'a new file without prefix',
    `diff --git b/x.c b/x.c\nnew file mode 100644\n${index}--- /dev/null\n+++ b/x.c\n`,
    'b/x.c',
    null,
  ],
  [
    "a new file with prefixes of one's own",
    `diff --git old/x.c new/x.c\nnew file mode 100644\n${index}--- /dev/null\n+++ new/x.c\n`,
    'x.c',
    null,
  ],
  [
    'a deleted file',
    `diff --git a/src/x.c b/src/x.c\ndeleted file mode 100644\n${index}--- a/src/x.c\n+++ /dev/null\n`,
    'src/x.c',
    null,
  ],
  [
    'octal',
    `diff --git "a/doc/gr\\303\\274n.txt" "b/doc/gr\\303\\274n.txt"\n${index}--- "a/doc/gr\\303\\274n.txt"\n+++ "b/doc/gr\\303\\274n.txt"\n`,
    'doc/grün.txt',
    null,
  ],
  [
    'octal on one side',
    `diff --git a/gruen.txt "b/gr\\303\\274n.txt"\nsimilarity index 90%\nrename from gruen.txt\nrename to "gr\\303\\274n.txt"\n${index}--- a/gruen.txt\n+++ "b/gr\\303\\274n.txt"\n`,
    'grün.txt',
    'gruen.txt',
  ],
  [
    'spaces',
    `diff --git a/my notes.txt b/my notes.txt\n${index}--- a/my notes.txt\t\n+++ b/my notes.txt\t\n`,
    'my notes.txt',
    null,
  ],
  [
    'a rename',
    `diff --git a/src/main.c b/src/entry.c\nsimilarity index 63%\nrename from src/main.c\nrename to src/entry.c\n${index}--- a/src/main.c\n+++ b/src/entry.c\n`,
    'src/entry.c',
    'src/main.c',
  ],
  [
    'a rename without prefix',
    `diff --git src/main.c src/entry.c\nsimilarity index 63%\nrename from src/main.c\nrename to src/entry.c\n${index}--- src/main.c\n+++ src/entry.c\n`,
    'src/entry.c',
    'src/main.c',
  ],
  [
    'quilt',
    'Index: pump/src/tarn.c\n===================================================================\n--- pump.orig/src/tarn.c\t2026-11-30 04:16:40.7 +0000\n+++ pump/src/tarn.c\t2026-11-30 04:16:40.9 +0000\n',
    'src/tarn.c',
    null,
  ],
  [
    'quilt -p ab',
    'Index: b/src/tarn.c\n===================================================================\n--- a/src/tarn.c\n+++ b/src/tarn.c\n',
    'src/tarn.c',
    null,
  ],
  [
    'Subversion',
    'Index: src/tarn.c\n===================================================================\n--- src/tarn.c\t(revision 12)\n+++ src/tarn.c\t(working copy)\n',
    'src/tarn.c',
    null,
  ],
  [
    'Subversion, tabs lost',
    'Index: src/tarn.c\n===================================================================\n--- src/tarn.c (revision 12)\n+++ src/tarn.c (working copy)\n',
    'src/tarn.c',
    null,
  ],
  [
    'CVS',
    'Index: src/tarn.c\n===================================================================\nRCS file: /cvs/pump/src/tarn.c,v\nretrieving revision 1.4\ndiff -u -p -r1.4 tarn.c\n--- src/tarn.c\t2 Mar 2026 09:00:00 -0000\t1.4\n+++ src/tarn.c\t2 Mar 2026 09:10:00 -0000\n',
    'src/tarn.c',
    null,
  ],
  [
    'diff -ruN',
    'diff -ruN pump-1.0/src/tarn.c pump-1.0.new/src/tarn.c\n--- pump-1.0/src/tarn.c\t2026-03-02 09:00:00 +0100\n+++ pump-1.0.new/src/tarn.c\t2026-03-02 09:10:00 +0100\n',
    'src/tarn.c',
    null,
  ],
  [
    'a backup',
    '--- src/tarn.c.orig\t2026-03-02 09:00:00 +0100\n+++ src/tarn.c\t2026-03-02 09:10:00 +0100\n',
    'src/tarn.c',
    null,
  ],
  [
    'a backup, tabs lost',
    '--- src/tarn.c~ 2026-03-02 09:00:00 +0100\n+++ src/tarn.c 2026-03-02 09:10:00 +0100\n',
    'src/tarn.c',
    null,
  ],
])('%s', (_, head, path, from) => {
  const text = `${head}${hunk}`
  const { before, files } = readDiff(text)
  expect(before).toEqual([])
  expect(files).toMatchObject([{ path, from, added: 1, removed: 1 }])
  expect(diffText(text.split('\n')).diff).toBe(text)
  expect(touchedFiles(text)).toMatchObject([
    { path, added: 1, removed: 1, ...(from === null ? {} : { from }) },
  ])
})

it.each<[string, string, string, string | null]>([
  ['mode alone', 'diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n', 'run.sh', null],
  [
    'mode alone without prefix',
    'diff --git run.sh run.sh\nold mode 100644\nnew mode 100755\n',
    'run.sh',
    null,
  ],
  [
    'mode alone, a name with a space',
    'diff --git a/my run.sh b/my run.sh\nold mode 100644\nnew mode 100755\n',
    'my run.sh',
    null,
  ],
  [
    'rename alone',
    'diff --git i/a.c w/b.c\nsimilarity index 100%\nrename from a.c\nrename to b.c\n',
    'b.c',
    'a.c',
  ],
  [
    'rename alone, octal',
    'diff --git a/a.c "b/\\303\\266.c"\nsimilarity index 100%\nrename from a.c\nrename to "\\303\\266.c"\n',
    'ö.c',
    'a.c',
  ],
  [
    'an empty new file',
    'diff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n',
    'empty',
    null,
  ],
  [
    'a binary',
    'diff --git a/logo.png b/logo.png\nindex 1111111..2222222 100644\nBinary files a/logo.png and b/logo.png differ\n',
    'logo.png',
    null,
  ],
])('without a hunk: %s', (_, head, path, from) => {
  const diff = diffText(head.split('\n')).diff
  expect(touchedFiles(diff)).toMatchObject([
    { path, added: 0, removed: 0, ...(from === null ? {} : { from }) },
  ])
  expect(readDiff(head).files).toMatchObject([{ path, from }])
})

it('names each file of a quilt patch, whose Index lines are no message', () => {
  const one = (name: string) =>
    `Index: pump/${name}\n===================================================================\n--- pump.orig/${name}\n+++ pump/${name}\n${hunk}`
  const { before, files, after } = readDiff(`It had none.\n${one('a.c')}${one('b.c')}`)
  expect(before).toEqual(['It had none.'])
  expect(files.map(file => [file.path, file.from, file.remarks])).toEqual([
    ['a.c', null, []],
    ['b.c', null, []],
  ])
  expect(after).toEqual([])
})

const context = `*** src/tarn.c.orig\t2026-03-02 09:00:00.000000000 +0100
--- src/tarn.c\t2026-03-02 09:10:00.000000000 +0100
*************** tarn_open(void)
*** 2,7 ****
  line 2
  line 3
! line 4
- line 5
  line 6
  line 7
--- 2,7 ----
  line 2
  line 3
! line four
  line 6
+ line 6b
  line 7
***************
*** 20,21 ****
--- 20,22 ----
  line 20
+ line 20b
  line 21
`

it('reads a context diff as the unified one that says the same', () => {
  const lines = `Two lines.\n\n${context}-- \n2.1\n`.split('\n')
  const { diff, inDiff, damaged } = diffText(lines)
  expect(diff).toBe(`--- src/tarn.c.orig\t2026-03-02 09:00:00.000000000 +0100
+++ src/tarn.c\t2026-03-02 09:10:00.000000000 +0100
@@ -2,6 +2,6 @@ tarn_open(void)
 line 2
 line 3
-line 4
-line 5
+line four
 line 6
+line 6b
 line 7
@@ -20,2 +20,3 @@
 line 20
+line 20b
 line 21
`)
  expect(damaged).toBe(false)
  expect(lines.filter((_, at) => !inDiff[at])).toEqual(['Two lines.', '', '-- ', '2.1', ''])
  expect(touchedFiles(diff)).toMatchObject([{ path: 'src/tarn.c', added: 3, removed: 2 }])
  expect(readDiff(lines.join('\n'))).toMatchObject({
    before: ['Two lines.', ''],
    files: [{ path: 'src/tarn.c', from: null, added: 3, removed: 2 }],
    after: ['-- ', '2.1', ''],
  })
})

it('keeps a row of stars that is no diff', () => {
  const lines = ['*** note', '--- here', '***************', 'words']
  expect(diffText(lines).diff).toBe('')
  expect(readDiff(lines.join('\n')).before).toEqual(lines)
})
