import { beforeAll, describe, expect, test } from 'vitest'
import { patchId } from '../../tracker/mail/patch-id.ts'
import { findMails } from '../../web/read/found.ts'
import { readQuery } from '../../web/read/query.ts'
import { type Archive, makeArchive, patchBody } from './archive.ts'

const long = Array.from({ length: 17_000 }, (_, at) => `w${at}`).join(' ')
/** More words than a vector takes. */
const dump = Array.from({ length: 60_000 }, (_, at) => `z${'q'.repeat(10)}${at}`).join(' ')
const diffOf = (body: string) => body.slice(body.indexOf('diff --git'))
const walId = patchId(diffOf(patchBody()))

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    {
      id: '20260302-wal-lock-v1-1@example.org',
      subject: '[PATCH] wal: hold the lock less',
      body: patchBody().replace('\n-- \n', '\n---\nchange-id: 20260302-wal-lock-0f3a9c1d2e4b\n\n-- \n'),
      headers: [
        'Cc: Priya Nand <priya@example.net>, tarn-cc@lists.example.org',
        'List-Id: Tarn <tarn.lists.example.org>',
      ],
    },
    {
      id: 'review@example.net',
      subject: 'Re: [PATCH] wal: hold the lock less',
      from: 'Priya Nand <priya@example.net>',
      answers: '20260302-wal-lock-v1-1@example.org',
      body: 'On Monday, Ines wrote:\n> +	return sync(w);\n> } zebra crossing\n\nWhy return here? The kestrel flies.\n',
      minute: 60 * 24,
    },
    {
      id: 'munged@example.org',
      subject: 'A question of style',
      answers: 'review@example.net',
      from: '"Sven Aas via tarn" <tarn@lists.example.org>',
      body: 'In src/wal.c, are there to be tabs or blanks?\n',
      headers: ['Reply-To: Sven Aas <sven@example.com>', 'X-Original-From: Sven Aas <sven@example.com>'],
      minute: 60 * 48,
    },
    {
      id: 'log@example.org',
      subject: 'A long log',
      body: `${long}\nthe far heron waits\n${'x '.repeat(70_000)}the dipper dives\n${'x '.repeat(70_000)}\nchange-id: 20260303-at-the-end-aabbccddeeff\n-- \nThe last line of all\n`,
      minute: 60 * 72,
    },
    {
      id: 'dump@example.org',
      subject: 'A dump',
      body: `${dump}\nIn all of this a shrike sits.\n\n${'> x y\n'.repeat(30_000)}> the siskin sings\n`,
      minute: 60 * 72 + 1,
    },
    {
      id: 'forms@example.org',
      subject: 'Leaking buffers',
      body: 'Two studies of leaks.\n\n> It leaked, they said.\n',
      minute: 60 * 72 + 2,
    },
    Buffer.from(
      [
        'From: Ines Oduya <ines@example.org>',
        'To: Ole Berg <ole@example.com>',
        'Subject: The trace',
        'Date: Fri, 6 Mar 2026 09:00:00 +0000',
        'Message-ID: <attached@example.org>',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'It is attached.',
        '--b',
        'Content-Type: text/plain; name="wal.log"',
        'Content-Disposition: attachment; filename="wal.log"',
        '',
        'the corncrake calls',
        '> from afar',
        '--b',
        'Content-Type: text/html; name="wal.html"',
        'Content-Disposition: attachment; filename="wal.html"',
        '',
        '<p>the bittern booms',
        '--b',
        'Content-Type: application/octet-stream; name="wal-trace.bin"',
        'Content-Disposition: attachment; filename="wal-trace.bin"',
        'Content-Transfer-Encoding: base64',
        '',
        'AAECAw==',
        '--b--',
        '',
      ].join('\n'),
    ),
  ])
})

const patch = '20260302-wal-lock-v1-1@example.org'
const all = [
  patch,
  ...['review@example.net', 'munged@example.org', 'log@example.org', 'dump@example.org', 'forms@example.org'],
  'attached@example.org',
]

/** Ids, oldest first. */
async function find(typed: string, bare: 'said' | 'any' = 'any'): Promise<string[]> {
  const { query, problem } = await readQuery(typed, bare)
  if (query === null) throw new Error(problem ?? 'nothing to look for')
  const found: string[] = []
  for await (const { key } of findMails(archive.db, query, { lists: [archive.list.id] })) found.push(key)
  return found.reverse()
}

describe.each([
  ['s:lock', [patch, 'review@example.net']],
  ['s:"hold the lock"', [patch, 'review@example.net']],
  ['s:kestrel', []],
  ['f:priya@example.net', ['review@example.net']],
  ['f:"Priya Nand <priya@example.net>"', ['review@example.net']],
  ['f:sven@example.com', ['munged@example.org']],
  ['f:"tarn@lists.example.org"', ['munged@example.org']],
  ['c:priya', [patch]],
  ['t:priya', []],
  ['t:"Ole Berg"', ['attached@example.org']],
  ['t:"Berg Berg"', []],
  ['tc:priya OR tc:ole', [patch, 'attached@example.org']],
  ['a:priya', [patch, 'review@example.net']],
  ['nq:kestrel', ['review@example.net']],
  ['nq:zebra', []],
  ['q:zebra', ['review@example.net']],
  ['q:"zebra crossing"', ['review@example.net']],
  ['q:"crossing zebra"', []],
  ['q:kestrel', []],
  ['b:zebra', ['review@example.net']],
  ['b:"return sync"', [patch, 'review@example.net']],
  ['b:style', []],
  ['bs:style', ['munged@example.org']],
  ['zebra', ['review@example.net']],
  ['n:wal-trace.bin', ['attached@example.org']],
  ['n:priya', []],
  ['b:"corncrake calls"', ['attached@example.org']],
  ['nq:corncrake', ['attached@example.org']],
  ['q:afar', ['attached@example.org']],
  ['bittern', []],
  ['dfn:src/wal.c', [patch]],
  ['dfa:sync', [patch]],
  ['dfa:unlock', []],
  ['dfb:unlock', [patch]],
  ['dfb:"return sync"', [patch]],
  ['dfb:lock', []],
  ['dfctx:lock', [patch]],
  ['dfhh:wal_sync', [patch]],
  ['dfhh:unlock', []],
  ['dfpre:1111111', [patch]],
  ['dfpre:2222222', []],
  ['dfpost:2222222', [patch]],
  ['dfblob:2222222', [patch]],
  [`patchid:${walId}`, [patch]],
  [`patchid:${'0'.repeat(40)} OR patchid:${walId}`, [patch]],
  [`mid:${patch}`, [patch]],
  [patch, [patch]],
  ['m:wal-lock', [patch]],
  ['lid:tarn.lists.example.org', [patch]],
  ['lid:lists.example.org', []],
  ['l:lists.example', [patch]],
  ['d:20260302', [patch]],
  ['d:20260303..20260304', ['review@example.net', 'munged@example.org']],
  ['d:20260303..', all.slice(1)],
  ['dt:20260302090000..20260303090000', [patch, 'review@example.net']],
  ['rt:1772528400..1772528400', ['review@example.net']],
  ['nq:"change-id: 20260302-wal-lock-0f3a9c1d2e4b"', [patch]],
  ['nq:"change-id: 20260303-at-the-end-aabbccddeeff"', ['log@example.org']],
  ['"change-id: 20260303-at-the-end-aabbccddeeff"', ['log@example.org']],
  ['nq:"the far heron waits"', ['log@example.org']],
  ['nq:"far the heron"', []],
  ['nq:"the dipper dives"', ['log@example.org']],
  ['dipper', ['log@example.org']],
  ['nq:"a shrike sits"', ['dump@example.org']],
  ['nq:shrike', ['dump@example.org']],
  ['nq:"sits a shrike"', []],
  ['q:"the siskin sings"', ['dump@example.org']],
  ['b:"sings siskin"', []],
  ['s:leak', ['forms@example.org']],
  ['s:"leak"', []],
  ['s:Leak', []],
  ['b:study', ['forms@example.org']],
  ['nq:leaked', ['forms@example.org']],
  ['q:leaks', ['forms@example.org']],
  ['q:"leaks"', []],
  ['nq:"the last line of all"', ['log@example.org']],
  ['kestr*', ['review@example.net']],
  ['dfb:unlo*', [patch]],
  ['s:lock NOT q:zebra', [patch]],
  ['s:lock -dfb:unlock', ['review@example.net']],
  ['d:20260302.. NOT (s:lock OR n:trace OR s:leak OR s:dump)', ['munged@example.org', 'log@example.org']],
  ['(s:lock OR s:trace) AND (f:priya OR t:ole)', ['review@example.net', 'attached@example.org']],
  [`((s:"wal: hold the lock less" AND f:"Ines Oduya <ines@example.org>")) AND d:20260301..`, [patch]],
  [
    Array.from({ length: 46 }, (_, at) => `patchid:${at === 45 ? walId : `${at}`.padStart(40, 'a')}`).join(
      ' OR ',
    ),
    [patch],
  ],
])('a query as b4, lei or a reader writes it', (query, ids) => {
  test(query, async () => expect(await find(query)).toEqual(ids))
})

test('without a prefix a page looks where a word was said, and programs in quotes, too', async () => {
  expect(await find('zebra', 'said')).toEqual([])
  expect(await find('zebra', 'any')).toEqual(['review@example.net'])
})

test('the page of a query that needs the mails themselves shows them', async () => {
  const page = await archive.page(`/tarn/?q=${encodeURIComponent('dfb:unlock')}`)
  expect(page).toContain('hold the lock less')
  expect(page.replace(/<[^>]*>/g, '')).toContain('1 mail holds “dfb:unlock”')
})
