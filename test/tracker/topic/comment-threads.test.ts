import { expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { readDiff } from '../../../tracker/mail/diff-lines.ts'
import { type CommentThread, commentThreads, type ReadMail } from '../../../tracker/topic/comment-threads.ts'

const patchText = `The lock was held while the disk worked, so that all others
waited for it to finish its turn.

Signed-off-by: Ines Oduya <ines@example.org>
---
 src/wal.c | 4 +++-

diff --git a/src/wal.c b/src/wal.c
index 1111111..2222222 100644
--- a/src/wal.c
+++ b/src/wal.c
@@ -10,4 +10,6 @@ static int wal_sync(struct wal *w)
 	lock(w);
-	sync(w);
+	unlock(w);
+	if (w->failed)
+		return -EIO;
 	return 0;
 }
diff --git a/src/stats.c b/src/stats.c
index 3333333..4444444 100644
--- a/src/stats.c
+++ b/src/stats.c
@@ -3,2 +3,3 @@ void stats_add(struct stats *s)
 	s->count++;
+	s->batches++;
 }
`
const diff = readDiff(patchText)
const { files } = diff

let count = 0
function mail(text: string, parent: ReadMail | null, name = 'Marek Tolvanen'): ReadMail {
  count++
  const author = { name, address: `${name.split(' ')[0]?.toLowerCase()}@example.com` }
  const id = messageId(`m${count}@example.org`)
  const subject = parent ? 'Re: [PATCH] wal: lock less' : '[PATCH] wal: lock less'
  return { mail: { id, parent: parent?.mail.id ?? null, author, said: count, subject }, text }
}

const patch = { ...mail(patchText, null, 'Ines Oduya'), diff }
const quoted = (text: string) => text.replace(/^/gm, '> ')

/** Where a conversation stands, in words. */
function placeOf({ place }: CommentThread): string {
  if (place.on !== 'line') return place.on
  const file = files[place.file]
  const line = file?.lines[place.line]
  return `${file?.path}:${line?.number === null ? `-${line.old}` : line?.number}`
}
const places = (...replies: ReadMail[]) =>
  commentThreads(patch, replies).map(thread => `${placeOf(thread)} ${thread.first.lines.join(' ')}`)

test('a comment stands at the last quoted line, on the side that the line is on', () => {
  const reply = mail(
    `> +	unlock(w);\n> +	if (w->failed)\n\nCan it fail?\n\n> diff --git a/src/stats.c b/src/stats.c\n> +	s->batches++;\n\nNot atomic.\n`,
    patch,
  )
  expect(places(reply)).toEqual(['src/wal.c:12 Can it fail?', 'src/stats.c:4 Not atomic.'])
  expect(places(mail('> -	sync(w);\n\nWhy not keep it?\n', patch))).toEqual([
    'src/wal.c:-11 Why not keep it?',
  ])
})

test('a whole quoted mail with one remark in it', () => {
  const text = quoted(patchText).replace('> +\t\treturn -EIO;', '> +\t\treturn -EIO;\n\nNot w->err?\n')
  expect(places(mail(text, patch))).toEqual(['src/wal.c:13 Not w->err?'])
})

test('a quote from the message is a comment on the message, however it was wrapped', () => {
  const text = '> The lock was held while\n> the disk worked, so that all others waited for it\n\nHow long?\n'
  expect(places(mail(text, patch))).toEqual(['message How long?'])
})

test('what cannot be found falls back to the file, or to the patch', () => {
  expect(
    places(mail('> diff --git a/src/stats.c b/src/stats.c\n> +	no_such_line();\n\nWhat?\n', patch)),
  ).toEqual(['file What?'])
  expect(places(mail('> +	no_such_line();\n\nWhat?\n', patch))).toEqual(['patch What?'])
  expect(places(mail('The whole idea is odd.\n', patch))).toEqual(['patch The whole idea is odd.'])
})

test('an answer folds under the comment it quotes, and its deeper quotes lead to the original', () => {
  const first = mail('> +	if (w->failed)\n\nCan it fail at all here?\n', patch)
  const answer = mail(
    '> > +	if (w->failed)\n>\n> Can it fail at all here?\n\nYes, when the disk is full.\n',
    first,
    'Ines Oduya',
  )
  const again = mail(
    '>>> +	if (w->failed)\n>> Can it fail at all here?\n> Yes, when the disk is full.\n\nThen say so.\n\n>>> +		return -EIO;\n\nAnd this?\n',
    answer,
  )
  const threads = commentThreads(patch, [first, answer, again])
  expect(threads.map(placeOf)).toEqual(['src/wal.c:12', 'src/wal.c:13'])
  expect(threads[0]?.answers.map(({ lines }) => lines[0])).toEqual([
    'Yes, when the disk is full.',
    'Then say so.',
  ])
})

test('an answer without a quote belongs to the only comment of its parent', () => {
  const first = mail('> +	if (w->failed)\n\nCan it fail at all here?\n', patch)
  const threads = commentThreads(patch, [first, mail('It can, in tests.\n', first, 'Ines Oduya')])
  expect(threads).toHaveLength(1)
  expect(threads[0]?.answers[0]?.lines).toEqual(['It can, in tests.'])
})

test('an answer that quotes only the code goes on below the comment there', () => {
  const first = mail('> +	if (w->failed)\n\nCan it fail at all here?\n', patch)
  const answer = mail('> > +	if (w->failed)\n\nIt can, in tests.\n', first, 'Ines Oduya')
  expect(commentThreads(patch, [first, answer])[0]?.answers).toHaveLength(1)
})

test('praise and "applied" open no conversation', () => {
  expect(places(mail('> +	unlock(w);\n\nLooks good to me.\n', patch))).toEqual([])
  expect(places(mail(`Applied, thanks!\n\n${quoted(patchText)}`, patch))).toEqual([])
  expect(
    places(mail(`${quoted(patchText)}\nReviewed-by: Marek Tolvanen <marek@example.com>\n`, patch)),
  ).toEqual([])
})

test('the end of a quoted line that the mailer wrapped is no comment', () => {
  const text =
    '> The lock was held while the disk\nworked, so that all others\n> waited for it to finish its turn.\n\nHow long?\n'
  expect(places(mail(text, patch))).toEqual(['message How long?'])
})
