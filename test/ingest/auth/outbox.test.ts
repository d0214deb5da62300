// Our own mail, come back over a list: known by its id and its text, whatever the list did to it; and nothing else is.
import { describe, expect, test } from 'vitest'
import { lfOnly } from '../../../base/line-ends.ts'
import { makeLog } from '../../../base/log.ts'
import { startJudge } from '../../../ingest/auth/judge.ts'
import { openKeyring } from '../../../ingest/auth/keyring.ts'
import { saveInstance } from '../../../sql/instance.ts'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { oweMail } from '../../../sql/outbox.ts'
import { wholeTopic } from '../../../sql/topic-row.ts'
import { checkBlock } from '../../../tracker/mail/check.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { testDatabase } from '../../database.ts'

const block = checkBlock({
  context: 'build',
  state: 'fail',
  description: 'exit code 2',
  url: 'https://tracker.example.org/builds/7',
})
const patch = `From: Ines Oduya <ines@example.org>
To: tarn@lists.example.org
Subject: [PATCH] wal: unlock before the sync
Date: Mon, 02 Mar 2026 09:00:00 +0000
Message-ID: <p@example.org>

The lock was held too long.
---
diff --git a/wal.c b/wal.c
--- a/wal.c
+++ b/wal.c
@@ -1 +1 @@
-lock();
+unlock();
`

/** The list's log holds a patch and this form of our answer to it; the checks that its topic has then. */
async function comesBack(change: (mail: string) => string) {
  const { db } = await testDatabase()
  await saveInstance(db, 'threadwork@tracker.example.org')
  const [list] = await saveLists(db, [
    {
      name: 'tarn',
      address: 'tarn@lists.example.org',
      people: [{ address: 'ruth@example.org', role: 'maintainer' }],
    },
  ])
  if (list === undefined) throw new Error('No list')
  await db.transaction().execute(trx =>
    oweMail(trx, {
      key: 'result 7',
      list: list.id,
      to: list.address,
      subject: 'Re: [PATCH] wal: unlock before the sync',
      body: `${block}\n\nThe build failed.\n\n> make: *** Error 2\n`,
      inReplyTo: 'p@example.org',
      references: ['p@example.org'],
      kind: 'result',
      generated: true,
    }),
  )
  const owed = await db.selectFrom('outbox').select('bytes').executeTakeFirstOrThrow()
  const text = lfOnly(owed.bytes ?? Buffer.alloc(0)).toString()
  const envelope = { road: 'smtp', from: 'x@example.org', trace: new Date().toISOString() }
  await append(db, list.id, [{ bytes: Buffer.from(patch), envelope }])
  await append(db, list.id, [{ bytes: Buffer.from(change(text)), envelope }])
  await sortAll(db, list.id)
  const judge = startJudge({
    db,
    log: makeLog('error', false),
    keyring: openKeyring(null),
    resolve: () => Promise.resolve([]) as never,
    trustedServers: () => [],
  })
  await judge.look()
  await judge.close()
  await sortAll(db, list.id)
  const row = await db.selectFrom('topic').selectAll().executeTakeFirstOrThrow()
  const { checks } = wholeTopic(row as never)
  const verdict = await db.selectFrom('verdict').select('grade').orderBy('seq', 'desc').executeTakeFirst()
  return { checks, grade: verdict?.grade }
}

const footer = '\n____________________\ntarn mailing list\nhttps://lists.example.org/tarn\n'

describe('is believed', () => {
  test.each([
    ['as it left', (mail: string) => mail],
    [
      'with a footer and a prefix',
      (mail: string) => mail.replace('Subject: Re: ', 'Subject: [tarn] Re: ') + footer,
    ],
    [
      "with the list's address in From",
      (mail: string) =>
        mail.replace(
          /^From: .*$/m,
          'From: Threadwork via tarn <tarn@lists.example.org>\nReply-To: tarn@lists.example.org',
        ),
    ],
  ])('%s', async (_, change) => {
    const { checks, grade } = await comesBack(change)
    expect(grade).toBe('A')
    expect(checks).toMatchObject([{ context: 'build', state: 'fail', on: 'p@example.org' }])
    expect(checks[0]?.claimed).toBeUndefined()
  })
})

describe('is only claimed', () => {
  test.each([
    ['with another result', (mail: string) => mail.replace('Test-Status: FAILURE', 'Test-Status: SUCCESS')],
    ['with one more result below', (mail: string) => `${mail}\n${block.replace('build', 'unit')}\n`],
    ['under another id', (mail: string) => mail.replace(/^Message-ID: <tw\.\w{4}/m, 'Message-ID: <tw.0000')],
  ])('%s', async (_, change) => {
    const { checks, grade } = await comesBack(change)
    expect(grade).toBe('C')
    expect(checks.length).toBeGreaterThan(0)
    expect(checks.every(({ claimed }) => claimed)).toBe(true)
  })
})
