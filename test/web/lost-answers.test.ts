// An answer that lost its thread, on the pages: what it seems to answer, the reply address that keeps another one from
// being lost, and that it is no spam.
import { expect, onTestFinished, test } from 'vitest'
import { replyAddress } from '../../base/reply-address.ts'
import { startLmtp } from '../../ingest/lmtp.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { play } from '../ingest/transcript.ts'
import { shuffled } from '../tracker/threads.ts'
import { listWith } from './list-with.ts'

const address = 'tarn@lists.example.org'
const ines = 'Ines Oduya <ines@example.org>'
const kenji = 'Kenji Amari <kenji@example.com>'
const mail = (id: string, from: string, subject: string, day: number, body: string, fields = '') =>
  Buffer.from(
    `From: ${from}\nTo: ${address}\nSubject: ${subject}\nDate: ${new Date(Date.UTC(2026, 2, day, 10)).toUTCString()}\nMessage-ID: <${id}@example.org>\n${fields}\n${body}\n`,
  )
const diff = '---\ndiff --git a/wal.c b/wal.c\n--- a/wal.c\n+++ b/wal.c\n@@ -1 +1 @@\n-a\n+b\n'
const patch = (id = 'p', from = ines, day = 2) =>
  mail(id, from, '[PATCH] wal: open it twice', day, `Words.\n\nSigned-off-by: ${from}\n${diff}`)
const lost = (day = 5, fields = 'Cc: ines@example.org\n') =>
  mail('lost', kenji, 'AW: [PATCH] wal: open it twice', day, 'Patch-Status: accepted', fields)

const seems = 'It seems to answer <a href="/tarn/p@example.org/"><bdi>wal: open it twice</bdi></a>.'

test('its page says what it seems to answer, whichever comes first; its lines say why they have no effect', async () => {
  for (const mails of [
    [patch(), lost()],
    [lost(), patch()],
  ]) {
    const { page } = await listWith(mails)
    const shown = await page('lost')
    expect(shown).toContain(seems)
    expect(shown).toContain('Discussion')
    expect(await page('p')).toContain('Needs review')
  }
})

test.each<[string, Buffer[]]>([
  ['with two topics of the title', [patch(), patch('q', kenji, 3), lost()]],
  ['later than sixty days', [patch(), lost(70)]],
  ['before the other was said', [patch('p', ines, 9), lost(5)]],
  ['without one of its people', [patch(), lost(5, '')]],
  ['below another title', [patch(), mail('lost', ines, 'Re: wal: open it', 5, 'Fine.')]],
  ['without a reply word', [patch(), mail('lost', ines, 'wal: open it twice', 5, 'Does the code work?')]],
])('%s nothing is said', async (_, mails) => {
  const { page } = await listWith(mails)
  expect(await page('lost')).not.toContain('seems to answer')
})

test('a stranger’s answer is no spam for answering nothing, and his lines change nothing', async () => {
  const told = [
    mail('lost', 'x@example.net', 'RES: [PATCH 2/3] be kind', 5, 'Fine.'),
    mail('lost', 'x@example.net', 'Re: be kind', 5, 'Reviewed-by: X <x@example.net>'),
    mail('lost', 'x@example.net', 'Re: be kind', 5, 'Bug-Status: fixed'),
  ]
  for (const one of told) {
    const { db } = await listWith([one])
    const topics = await db.selectFrom('topic').select(['kind', 'state']).execute()
    expect(topics).toEqual([{ kind: 'discussion', state: null }])
  }
  const { db } = await listWith([mail('lost', 'x@example.net', 'Re: be kind', 5, 'Buy it now.')])
  expect(await db.selectFrom('topic').select('kind').execute()).toEqual([{ kind: 'spam' }])
})

test.each([
  'Fwd: the pump is slow',
  'WG: the pump is slow',
  '[tarn] TR: the pump is slow',
  '转发: the pump is slow',
])('what is forwarded to the list answers nothing, and its lines are about itself: %s', async subject => {
  const { db } = await listWith([
    mail('f', kenji, subject, 5, 'From a user.\n\n#regzbot introduced: v6.1..v6.2\n\nSeverity: high'),
  ])
  const [topic] = await db.selectFrom('topic').select(['kind', 'data']).execute()
  expect(topic?.kind).toBe('bug')
  expect(topic?.data.bug?.severity).toBe('high')
  expect(topic?.data.history.filter(({ reason }) => reason !== null)).toEqual([])
})

test('the pages of a mail and of a patchset show the reply address, and LMTP takes what is sent to it', async () => {
  const to = replyAddress(address, 'p@example.org')
  const { db, list, page } = await listWith([
    patch(),
    mail('a', kenji, 'Re: [PATCH] wal: open it twice', 3, 'Fine.', 'In-Reply-To: <p@example.org>\n'),
  ])
  expect(await page('p')).toContain(to)
  expect(await page('a')).toContain(replyAddress(address, 'a@example.org'))
  const server = await startLmtp({
    db,
    lists: () => [list],
    listen: { host: '127.0.0.1', port: 0 },
    hostname: 'mx.example.net',
    log: { info: () => {}, warn: () => {} },
  })
  onTestFinished(() => server.close())
  await play(
    typeof server.listen === 'string' ? 0 : server.listen.port,
    `S: 220 mx.example.net LMTP Threadwork
     C: LHLO client.example.org
     S: 250-mx.example.net
     S: 250-PIPELINING
     S: 250-8BITMIME
     S: 250-SMTPUTF8
     S: 250-ENHANCEDSTATUSCODES
     S: 250 SIZE
     C: MAIL FROM:<kenji@example.com>
     S: 250 2.1.0
     C: RCPT TO:<${to.toUpperCase()}>
     S: 250 2.1.5
     C: DATA
     S: 354
     C: From: ${kenji}
     C: To: ${to}
     C: Subject: a subject of its own
     C: Date: Thu, 05 Mar 2026 10:00:00 +0000
     C: Message-ID: <web@example.org>
     C:
     C: Patch-Status: changes-requested
     C: .
     S: 250
     C: QUIT
     S: 221`,
  )
  await sortAll(db, list.id)
  const shown = await page('p')
  expect(shown).toContain('/tarn/web@example.org/')
  expect(shown).toContain('Changes requested')
})

test('mail to the reply address is filed below that mail in any order, and after a rebuild', async () => {
  const mails = [
    patch(),
    mail(
      'a',
      kenji,
      'Re: x',
      3,
      'Reviewed-by: Kenji Amari <kenji@example.com>',
      `Cc: ${replyAddress(address, 'p@example.org')}\n`,
    ),
    mail('b', ines, 'Re: y', 4, 'Thanks.', `Cc: ${replyAddress(address, 'a@example.org')}\n`),
  ]
  for (const order of [mails, mails.toReversed(), shuffled(mails, 4)]) {
    const { db, list } = await listWith(order)
    const topics = () => db.selectFrom('topic').select(['id', 'mails', 'turn']).execute()
    expect(await topics()).toEqual([{ id: 'p@example.org', mails: 3, turn: 'maintainer' }])
    await rebuild(db, list.id)
    expect(await topics()).toEqual([{ id: 'p@example.org', mails: 3, turn: 'maintainer' }])
  }
})
