// What git takes for headers at the start of a patch's text is not its commit message: `git mailinfo` itself is asked.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPatch } from '../../../tracker/mail/patch-text.ts'

const diff = `---
 a.c | 2 +-

diff --git a/a.c b/a.c
--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-one
+two
`

const tops: readonly (readonly [what: string, top: string])[] = [
  ['nothing', 'It was wrong.\n'],
  ['an author', 'From: Ines Oduya <ines@example.org>\n\nIt was wrong.\n'],
  ['blank lines and an author', '\n\nFrom: Ines Oduya <ines@example.org>\n\nIt was wrong.\n'],
  ['an author and no blank line', 'From: Ines Oduya <ines@example.org>\nIt was wrong.\n'],
  [
    'all three',
    'From: Ines Oduya <ines@example.org>\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: a: two\n\nIt was wrong.\n',
  ],
  ['a long subject', 'Subject: a: two, which is\n more than one\n\nIt was wrong.\n'],
  ['an author twice', 'From: Ines <ines@example.org>\nFrom: the log it is plain.\n\nIt was wrong.\n'],
  ['a field that git does not know', 'Note: this is said.\n\nIt was wrong.\n'],
  ['a field further down', 'It was wrong.\n\nFrom: the log\n'],
  ['only an author', 'From: Ines Oduya <ines@example.org>\n\n'],
]

test.each(tops)('%s', (_, top) => {
  const said = (lines: readonly string[]) => lines.join('\n').trim()
  expect(said(readPatch(top + diff).message)).toBe(messageByGit(top + diff))
})

function messageByGit(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-in-body-'))
  try {
    const message = join(directory, 'message')
    const mail = `From: Bo <bo@example.net>\nSubject: [PATCH] a: two\nDate: Mon, 2 Mar 2026 11:00:00 +0000\n\n${text}`
    const { status } = spawnSync('git', ['mailinfo', message, join(directory, 'patch')], { input: mail })
    expect(status).toBe(0)
    return readFileSync(message, 'utf8').trim()
  } finally {
    rmSync(directory, { recursive: true })
  }
}
