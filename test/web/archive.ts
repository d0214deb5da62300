// A small archive behind the pages: mails that a test writes, appended and sorted by the real code.
import type { Hono } from 'hono'
import type { Kysely } from 'kysely'
import { type List, saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { testDatabase } from '../database.ts'

export interface Letter {
  readonly id: string
  readonly subject?: string
  readonly from?: string
  readonly body?: string
  /** Minutes after the first moment of the archive. */
  readonly minute?: number
  readonly answers?: string
  readonly headers?: readonly string[]
}

export interface Archive {
  readonly db: Kysely<Tables>
  /** Of its database, for connections of one's own. */
  readonly url: string
  readonly list: List
  readonly app: Hono
  /** The page's text; the test fails unless the answer has this status. */
  page(path: string, status?: number): Promise<string>
  add(...letters: readonly (Letter | Buffer)[]): Promise<void>
}

/** The list `tarn` with these mails. */
export async function makeArchive(letters: readonly (Letter | Buffer)[] = []): Promise<Archive> {
  const { db, url } = await testDatabase()
  const [list] = await saveLists(db, [
    { name: 'tarn', address: 'tarn@lists.example.org', description: 'A storage engine' },
  ])
  if (list === undefined) throw new Error('The list was not saved')
  const app = makeApp({
    db,
    onError: error => {
      throw error
    },
  })
  const archive: Archive = {
    db,
    url,
    list,
    app,
    page: async (path, status = 200) => {
      const response = await app.request(path)
      if (response.status !== status) throw new Error(`${path} answered ${response.status}, not ${status}`)
      return response.text()
    },
    add: async (...more) => {
      await append(
        db,
        list.id,
        more.map(letter => ({
          bytes: Buffer.isBuffer(letter) ? letter : write(letter),
          envelope: { road: 'import' },
        })),
      )
      await sortAll(db, list.id)
    },
  }
  if (letters.length > 0) await archive.add(...letters)
  return archive
}

/** The bytes of a letter. */
export function write(letter: Letter): Buffer {
  const { id, subject = 'A question', from = 'Ines Oduya <ines@example.org>', minute = 0, answers } = letter
  const date = new Date(Date.UTC(2026, 2, 2, 9, minute)).toUTCString().replace('GMT', '+0000')
  const lines = [
    `From: ${from}`,
    'To: tarn@lists.example.org',
    `Subject: ${subject}`,
    `Date: ${date}`,
    `Message-ID: <${id}>`,
    ...(answers ? [`In-Reply-To: <${answers}>`] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...(letter.headers ?? []),
    '',
    letter.body ?? 'Does it keep its promise?\n',
  ]
  return Buffer.from(lines.join('\n'))
}

/** A patch of one file. */
export const patchBody = (path = 'src/wal.c', message = 'The lock was held too long.') => `${message}

Signed-off-by: Ines Oduya <ines@example.org>
---
 ${path} | 3 ++-
 1 file changed, 2 insertions(+), 1 deletion(-)

diff --git a/${path} b/${path}
index 1111111..2222222 100644
--- a/${path}
+++ b/${path}
@@ -10,3 +10,4 @@ static int wal_sync(struct wal *w)
 	lock(w);
-	sync(w);
+	unlock(w);
+	return sync(w);
 }
-- 
2.47.1
`

/** A series of two patches, its v2, a review of the v1 cover and one of a v2 patch. */
export const series: readonly Letter[] = [
  { id: 'v1-0@example.org', subject: '[PATCH 0/2] wal: hold the lock less', body: 'Two patches.\n' },
  {
    id: 'v1-1@example.org',
    subject: '[PATCH 1/2] wal: unlock before the sync',
    body: patchBody(),
    minute: 1,
    answers: 'v1-0@example.org',
  },
  {
    id: 'v1-2@example.org',
    subject: '[PATCH 2/2] wal: count the waits',
    body: patchBody('src/stats.c'),
    minute: 2,
    answers: 'v1-0@example.org',
  },
  {
    id: 'review-1@example.com',
    subject: 'Re: [PATCH 1/2] wal: unlock before the sync',
    from: 'Marek Tolvanen <marek@example.com>',
    body: '> +\tunlock(w);\n\nGood.\n\nReviewed-by: Marek Tolvanen <marek@example.com>\n',
    minute: 30,
    answers: 'v1-1@example.org',
  },
  {
    id: 'v2-0@example.org',
    subject: '[PATCH v2 0/2] wal: hold the lock less',
    body: 'Two patches again.\n',
    minute: 60,
    answers: 'v1-0@example.org',
  },
  {
    id: 'v2-1@example.org',
    subject: '[PATCH v2 1/2] wal: unlock before the sync',
    body: patchBody(),
    minute: 61,
    answers: 'v2-0@example.org',
  },
  {
    id: 'v2-2@example.org',
    subject: '[PATCH v2 2/2] wal: count the waits',
    body: patchBody('src/stats.c', 'Counted with the lock held.'),
    minute: 62,
    answers: 'v2-0@example.org',
  },
  {
    id: 'review-2@example.net',
    subject: 'Re: [PATCH v2 2/2] wal: count the waits',
    from: 'Priya Santhanam <priya@example.net>',
    body: 'Tested-by: Priya Santhanam <priya@example.net>\n',
    minute: 90,
    answers: 'v2-2@example.org',
  },
]
