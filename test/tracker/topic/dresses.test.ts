// Kinds of mail that archives hold in many dresses, each in some that no other test wears: other words, languages, clients.
// What is right is the same in all of them.
import { describe, expect, it } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import { arrivalOf } from '../threads.ts'
import { groupsOf, type Posting, topicsOf } from './posted.ts'

const lines = (name: string) => [1, 2, 3, 4, 5, 6].map(n => `${name} line ${n}`)
const plain = (id: string, subject: string, day: number, path = `${id[0]}.c`): Posting => ({
  id,
  subject,
  day,
  touches: { [path]: lines(id) },
})
const sentenceOf = (topic: Topic | undefined) =>
  topic?.standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join('')

const asks = [
  'The following changes since commit 0123456789abcdef0123456789abcdef01234567:',
  '',
  '  start (2026-01-01 10:00:00 +0000)',
  '',
  'are available in the Git repository at:',
  '',
  '  https://git.example.org/pump.git tags/take-this',
  '',
  'for you to fetch changes up to abcdef0123456789abcdef0123456789abcdef01:',
].join('\n')

type Titled = readonly [title: string, path: string]

const batch = (
  name: string,
  subject: string,
  day: number,
  patches: readonly Titled[],
  mark = 'PATCH',
): Posting[] => [
  { id: `${name}0@x.org`, subject: `[${mark} 0/${patches.length}] ${subject}`, day, body: asks },
  ...patches.map(([title, path], at) => ({
    id: `${name}${at + 1}@x.org`,
    subject: `[${mark} ${at + 1}/${patches.length}] ${title}`,
    day: day + 0.001 * (at + 1),
    answers: `${name}0@x.org`,
    touches: { [path]: lines(title) },
  })),
]

describe('a batch of patches of others stands beside them', () => {
  it.each([
    ['PATCH', 'Merge of the week'],
    ['PULL', 'q800 queue'],
    ['GIT PULL', 'pump: what is ready'],
    ['PATCH net', 'Netfilter-like fixes for pump'],
    ['PULL v1', 'Obras de enero'],
  ])('[%s 0/n] %s', (mark, subject) => {
    const lid = plain('l@x.org', '[PATCH] lid: count them', 0, 'lid.c')
    const hose = plain('h@x.org', '[PATCH] hose: free it', 1, 'hose.c')
    const carried = batch(
      'b',
      subject,
      5,
      [
        ['lid: count them', 'lid.c'],
        ['hose: free it', 'hose.c'],
        ['valve: turn it', 'valve.c'],
      ],
      mark,
    )
    const postings = [
      lid,
      hose,
      ...carried.map(one => ({ ...one, touches: one.touches && { ...one.touches } }) as Posting),
    ]
    expect(groupsOf(postings)).toEqual([
      ['b0@x.org', 'b1@x.org', 'b2@x.org', 'b3@x.org'],
      ['h@x.org'],
      ['l@x.org'],
    ])
    const states = topicsOf(postings).flatMap(topic =>
      topic.revisions.flatMap(({ patches }) => patches.map(({ state }) => state)),
    )
    expect(new Set(states)).toEqual(new Set(['new']))
  })
})

describe('batches of two months under one title are two changes', () => {
  it.each(['Fixes for -rc', 'queue: for today', 'Правки для main', 'pump updates', 'Für den nächsten Stand'])(
    '%s',
    subject => {
      const january = batch(
        'j',
        subject,
        0,
        [
          ['lid: count them', 'lid.c'],
          ['hose: free it', 'hose.c'],
        ],
        'PULL',
      )
      const february = batch(
        'f',
        subject,
        31,
        [
          ['tap: close it', 'tap.c'],
          ['cup: hold it', 'cup.c'],
        ],
        'PULL',
      )
      expect(groupsOf([...january, ...february])).toHaveLength(2)
    },
  )
})

describe('two projects of one list, no path in common', () => {
  it.each([
    ['[libpump][PATCH] Release 1.2', '[pumpctl][PATCH] Release 1.2'],
    ['[PATCH pump-utils] update the translations', '[PATCH pump-docs] update the translations'],
    ['[meta-pump] [PATCH 1/1] README: add a badge', '[meta-valve] [PATCH 1/1] README: add a badge'],
    ['[PATCH libpump 1/1] silence a warning', '[PATCH pumpd 1/1] silence a warning'],
  ])('%s and %s', (a, b) => {
    expect(groupsOf([plain('a@x.org', a, 0), plain('b@x.org', b, 1)])).toEqual([['a@x.org'], ['b@x.org']])
  })
})

describe('the subsystem before the colon is no title', () => {
  it.each([
    ['drm/pump: dsi: turn the valve', 'drm/pump: dsi: wipe the sink'],
    ['doc: en: guide: name the lid', 'doc: en: guide: date the hose'],
    ['arm64: dts: pump: add a lamp', 'arm64: dts: pump: drop a nail'],
    ['pump/core/io: keep order', 'pump/core/io: make noise'],
  ])('%s and %s', (a, b) => {
    const few = (id: string, subject: string, day: number): Posting => ({
      ...plain(id, `[PATCH] ${subject}`, day),
      touches: { 'shared.c': ['\t}', `${id} own`] },
    })
    expect(groupsOf([few('a@x.org', a, 0), few('b@x.org', b, 1)])).toEqual([['a@x.org'], ['b@x.org']])
  })
})

const answer = (body: string, more: Partial<Posting> = {}): Posting => ({
  id: 'z@x.org',
  subject: 'Re: it',
  day: 2,
  from: 'Bo Sample <bo@example.org>',
  answers: 'a@x.org',
  body,
  ...more,
})

describe('a pulled request waits for nobody', () => {
  it.each([
    'Pulled, thanks!',
    'Thanks, pulled into main.',
    "I've pulled this.",
    'Merged your pull request, thank you.',
    'Thanks Ada, your pull request was merged.',
  ])('%s', body => {
    const pull: Posting = { id: 'a@x.org', subject: '[GIT PULL] pump updates', body: asks }
    const [topic] = topicsOf([pull, answer(body)])
    expect(topic).toMatchObject({ state: 'accepted', standing: { turn: 'nobody' } })
    expect(sentenceOf(topic)).not.toMatch(/review|answered/)
  })
})

describe('a clock that was ahead: v2 is the newest', () => {
  it.each([
    ['a day', 1.5],
    ['a month', 30],
    ['nearly a year', 300],
  ])('%s', (_, day) => {
    const v1 = plain('a@x.org', '[PATCH] lid: count them', day)
    const v2 = { ...plain('a2@x.org', '[PATCH v2] lid: count them', 0.5), answers: 'a@x.org' }
    const [topic, ...others] = topicsOf([v1, v2])
    expect(others).toEqual([])
    expect(topic?.revisions.map(({ version, state }) => `${version} ${state}`)).toEqual([
      '1 superseded',
      '2 new',
    ])
  })
})

describe('one series although a relay changed the ids', () => {
  it.each([
    ['of the cover', ['c@relay.example', 'p1@x.org', 'p2@x.org', 'p3@x.org']],
    ['of the patches', ['c@x.org', 'p1@relay.example', 'p2@relay.example', 'p3@relay.example']],
    ['of all', ['a@relay.example', 'b@relay.example', 'c@relay.example', 'd@relay.example']],
  ])('%s', (_, ids) => {
    const said = 'sent@x.org'
    const series = ids.map(
      (id, number): Posting => ({
        id,
        subject: `[PATCH ${number}/3] pump: ${number === 0 ? 'three parts' : `part ${number}`}`,
        day: number / 1000,
        ...(number === 0 ? {} : { answers: said, touches: { [`${number}.c`]: lines(`${number}`) } }),
      }),
    )
    const [topic, ...others] = topicsOf(series)
    expect(others).toEqual([])
    expect(topic?.revisions).toMatchObject([{ completeness: 'complete', total: 3, cover: ids[0] }])
  })
})

describe('a full report is a bug, whatever it asks at its end', () => {
  it.each([
    ['pump_commit hangs after resume', 'Is there a way to get more debug output? Any hint is welcome.'],
    ['Crash in the valve driver on 6.4', 'How can I help to debug this?'],
    ['Oops when the lid is closed twice', 'What should I try next? Please advise.'],
  ])('%s', (subject, asked) => {
    const body = `Hello,\n\nsince 2.1 it fails, and I can reproduce it each time:\n\n[   61.001188] pump: commit failed with -5\n[   61.001193] WARNING: CPU: 1 PID: 22 at drivers/pump/core.c:99\n[   61.001200] Call Trace:\n\n${asked}\n`
    expect(topicsOf([{ id: 'a@x.org', subject, body }])[0]?.kind).toBe('bug')
  })
})

describe('#regzbot introduced is a report, whoever else has a copy', () => {
  it.each([
    '#regzbot introduced: v6.1..v6.2',
    '#regzbot ^introduced: 1a2b3c4d5e6f',
    '#regzbot introduced v6.1.3',
  ])('%s', line => {
    const mail = Buffer.from(
      `From: Ines Orsted <ines@example.org>\nTo: pump@lists.example.org\nCc: regressions@lists.example.net\nSubject: Fwd: the pump is slow since the update\nDate: Mon, 2 Mar 2026 09:00:00 +0100\nMessage-ID: <r@x.org>\n\nForwarding this to the list.\n\n${line}\n`,
    )
    const { topics } = fold([arrivalOf(mail)], openRules, { established: new Set() })
    expect(topics.map(({ kind }) => kind)).toEqual(['bug'])
  })
})

describe('an attribution in any language or client is no remark', () => {
  it.each([
    'Le lun. 2 mars 2026 à 09:00, Ada Example <ada@example.org> a écrit :',
    'El lun, 2 mar 2026 a las 9:00, Ada Example (<ada@example.org>) escribió:',
    'Il giorno lun 2 mar 2026 alle ore 09:00 Ada Example <ada@example.org> ha scritto:',
    'Em seg., 2 de mar. de 2026 às 09:00, Ada Example <ada@example.org> escreveu:',
    'Op ma 2 mrt 2026 om 09:00 schreef Ada Example <ada@example.org>:',
    'Den mån 2 mars 2026 kl 09:00 skrev Ada Example <ada@example.org>:',
    'Den 02.03.2026 09.00, skrev Ada Example:',
    'ma 2. maalisk. 2026 klo 9.00 Ada Example (ada@example.org) kirjoitti:',
    'pon., 2 mar 2026 o 09:00 Ada Example <ada@example.org> napisał(a):',
    'po 2. 3. 2026 v 9:00 odesílatel Ada Example <ada@example.org> napsal:',
    'Ada Example <ada@example.org>, 2 Mar 2026 Pzt, 09:00 tarihinde şunu yazdı:',
    'пн, 2 мар. 2026 г. в 09:00, Ada Example <ada@example.org>:',
    '2026年3月2日(月) 9:00 Ada Example <ada@example.org>:',
    'Ada Example <ada@example.org> 于2026年3月2日周一 09:00写道：',
    '2026년 3월 2일 (월) 오전 9:00, Ada Example <ada@example.org>님이 작성:',
    "Excerpts from Ada Example's message of March 2, 2026 9:00 am:",
    '* Ada Example <ada@example.org> [2026-03-02 09:00]:',
    'Ada Example <ada@example.org> writes:',
    'Quoting Ada Example (2026-03-02 09:00:00)',
    'On 02-Mar-26 9:00, Ada Example\nvia Pump wrote:',
  ])('%s', attribution => {
    const body = `${attribution}\n> Because.\n>\n> Signed-off-by: Ada Example <ada@example.org>\n\nReviewed-by: Bo Sample <bo@example.org>`
    const [topic] = topicsOf([plain('a@x.org', '[PATCH] lid: count them', 0), answer(body)])
    expect(topic?.trailers.map(({ key }) => key)).toEqual(['Reviewed-by'])
    expect(sentenceOf(topic)).toMatch(/^Bo Sample reviewed it\./)
  })
})

describe('the author’s top-posted answer sets nothing of the maintainer’s old line', () => {
  const old = 'Not like this.\n\nPatch-Status: rejected'
  it.each([
    [
      'Outlook, Dutch',
      'Van: Bo Sample\nVerzonden: dinsdag 3 maart 2026 09:00\nAan: pump\nOnderwerp: Re: it\n\n',
    ],
    [
      'Outlook, Korean',
      '보낸 사람: Bo Sample\n보낸 날짜: 2026년 3월 3일 화요일 9:00\n받는 사람: pump\n제목: Re: it\n\n',
    ],
    [
      'a rule, Italian',
      '-----Messaggio originale-----\nDa: Bo Sample\nInviato: martedì 3 marzo 2026 09:00\nA: pump\nOggetto: Re: it\n\n',
    ],
    ['an attribution alone, Czech', 'út 3. 3. 2026 v 9:00 odesílatel Bo Sample <bo@example.org> napsal:\n\n'],
    ['no words at all', ''],
  ])('%s', (_, head) => {
    const said = answer(old)
    const top = answer(`I see, I will think about it.\n\n${head}${old}`, {
      id: 'y@x.org',
      answers: 'z@x.org',
      day: 3,
      from: 'Ada Example <ada@example.org>',
    })
    const opened = answer('Patch-Status: new', { id: 'n@x.org', answers: 'z@x.org', day: 2.5 })
    const [topic] = topicsOf([plain('a@x.org', '[PATCH] lid: count them', 0), said, opened, top])
    expect(topic?.state).toBe('new')
    expect(topic?.history.some(({ mail }) => mail === 'y@x.org')).toBe(false)
  })
})

describe('the diff of an original is no offered fix', () => {
  const diff = 'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,3 @@\n one\n+a line\n two\n'
  it.each([
    [
      'Outlook, French',
      'De : Ada Example\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : pump\nObjet : [PATCH] lid: count them\n\n',
    ],
    [
      'Outlook, Russian',
      'От: Ada Example\nОтправлено: 2 марта 2026 г. 9:00\nКому: pump\nТема: [PATCH] lid: count them\n\n',
    ],
    [
      'a rule, Portuguese',
      '-----Mensagem original-----\nDe: Ada Example\nEnviada em: segunda-feira, 2 de março de 2026\nPara: pump\nAssunto: x\n\n',
    ],
    [
      'a rule, Chinese',
      '------------------ 原始邮件 ------------------\n发件人: Ada Example\n发送时间: 2026年3月2日\n收件人: pump\n主题: x\n\n',
    ],
  ])('%s', (_, head) => {
    const { facts } = arrivalOf(
      Buffer.from(
        `From: Bo Sample <bo@example.org>\nSubject: Re: [PATCH] lid: count them\nDate: Tue, 3 Mar 2026 09:00:00 +0000\nMessage-ID: <z@x.org>\nIn-Reply-To: <a@x.org>\n\nLooks fine to me.\n\n${head}Because.\n---\n${diff}`,
      ),
    )
    expect([facts.posting, facts.patchId, facts.files]).toEqual(['none', null, []])
  })
})

describe('a title that begins like a reply word is a title', () => {
  it.each([
    '[PATCH] wg: add a peer',
    '[PATCH v2] sv: translate',
    '[PATCH 1/1] res: free it',
    '[PATCH] r: bump',
    '[RFC PATCH] ant: build',
    '[PATCH] odp: count',
  ])('%s', subject => {
    const [topic] = topicsOf([plain('a@x.org', subject, 0)])
    expect(topic?.kind).toBe('patchset')
    expect(topic?.title).toBe(subject.replace(/^\[.*?\] /, ''))
  })
})

describe('a word before the bracket hides no version', () => {
  it.each([
    '[EXT] [PATCH v2] lid: count them',
    '*** SPAM *** [PATCH v2] lid: count them',
    '[EXTERNAL EMAIL] [PATCH v2] lid: count them',
    '[External][PATCH v2] lid: count them',
    '[SUSPECTED SPAM] [PATCH v2] lid: count them',
    '[External Sender] [PATCH v2] lid: count them',
    '[EXT-MAIL] [PATCH v2] lid: count them',
    '[SPAM SUSPECTED][PATCH v2] lid: count them',
  ])('%s', subject => {
    const [topic, ...others] = topicsOf([
      plain('a@x.org', '[PATCH] lid: count them', 0),
      plain('a2@x.org', subject, 1),
    ])
    expect(others).toEqual([])
    expect(topic?.revisions.map(({ version }) => version)).toEqual([1, 2])
  })
})

describe('an answer in another language is none of its sender’s postings', () => {
  it.each([
    'RIF: [PATCH] lid: count them',
    'Antw: [PATCH] lid: count them',
    'ODP: [PATCH] lid: count them',
    'VS: [PATCH] lid: count them',
    'YNT: [PATCH] lid: count them',
    '返信: [PATCH] lid: count them',
    '답장: [PATCH] lid: count them',
    'Re[2]: [PATCH] lid: count them',
  ])('%s', subject => {
    const [topic, ...others] = topicsOf([
      plain('a@x.org', '[PATCH] lid: count them', 0),
      answer('Fine.', { subject }),
    ])
    expect(others).toEqual([])
    expect(topic?.revisions).toHaveLength(1)
  })
})

describe('hg email: a series, its cover and the author in # User', () => {
  it.each([
    ['[PATCH %n of 2] f: add it', 'Ines Orsted <ines@example.org>'],
    ['[PATCH %n of 2 V2] f: add it', 'Ines Orsted <ines@example.org>'],
    ['[PATCH %n of 2 pump] f: add it', '=?utf-8?q?Ines_=C3=98rsted?= <ines@example.org>'],
  ])('%s', (subject, from) => {
    const mails = [0, 1, 2].map(n =>
      Buffer.from(
        `Subject: ${subject.replace('%n', String(n))} ${n}\nMessage-Id: <patchbomb.${n}@localhost>\n${n > 0 ? 'In-Reply-To: <patchbomb.0@localhost>\n' : ''}Date: Mon, 2 Mar 2026 09:00:0${n} +0000\nFrom: ${from}\nTo: pump@lists.example.org\n\n${n > 0 ? `# HG changeset patch\n# User Tom Berg <tom@example.org>\n# Date 1772442000 0\n#      Mon Mar 02 09:00:00 2026 +0000\n# Node ID ${String(n).repeat(40)}\n# Parent  ${'0'.repeat(40)}\nf: add it ${n}\n\ndiff --git a/f${n} b/f${n}\n--- a/f${n}\n+++ b/f${n}\n@@ -1,1 +1,2 @@\n a\n+b\n` : 'Two of them.\n'}`,
      ),
    )
    const { topics } = fold(mails.map(arrivalOf), openRules, { established: new Set() })
    expect(topics).toHaveLength(1)
    expect(topics[0]?.revisions).toMatchObject([
      {
        total: 2,
        completeness: 'complete',
        cover: 'patchbomb.0@localhost',
        patches: [{ author: { name: 'Tom Berg' } }, { author: { address: 'tom@example.org' } }],
      },
    ])
  })
})

describe('hg email: the cover that it asked for, whatever its subject', () => {
  const under = (id: string, day = 0.0001): Posting => ({
    id,
    subject: '[PATCH] lid: count them',
    day,
    answers: 'patchbomb.1772442000@laptop.example.org',
    touches: { 'a.c': lines('a') },
  })
  it.each(['Count the lids', '{SPAM?} Deckel zählen', 'Счётчик крышек', 'Count the lids, v2'])(
    '%s',
    subject => {
      const intro: Posting = { id: 'patchbomb.1772442000@laptop.example.org', subject }
      const [topic, ...others] = topicsOf([
        intro,
        under('0123456789abcdef0123.1772442001@laptop.example.org'),
      ])
      expect(others).toEqual([])
      expect(topic?.revisions).toMatchObject([
        { cover: intro.id, total: 1, version: /v2$/.test(subject) ? 2 : 1 },
      ])
    },
  )

  it.each([
    '0123456789abcdef0123.1772448001@laptop.example.org',
    '0123456789abcdef0123.1772442001@desktop.example.net',
    '20260301091500.4711-1-ada@example.org',
  ])('of another run is none: %s', id => {
    const intro: Posting = { id: 'patchbomb.1772442000@laptop.example.org', subject: 'Count the lids' }
    const patchset = topicsOf([intro, under(id)]).find(({ kind }) => kind === 'patchset')
    expect(patchset?.revisions).toMatchObject([{ cover: null }])
  })
})

describe('what svn, cvs and quilt write above a diff is neither message nor path', () => {
  it.each([
    [
      'svn',
      'Index: trunk/a.c\n===================================================================\n--- trunk/a.c\t(revision 12)\n+++ trunk/a.c\t(working copy)\n',
      'trunk/a.c',
    ],
    [
      'cvs',
      'Index: src/a.c\n===================================================================\nRCS file: /cvs/pump/src/a.c,v\nretrieving revision 1.2\ndiff -u -p -r1.2 a.c\n--- src/a.c\t1 Mar 2026 10:00:00 -0000\t1.2\n+++ src/a.c\t2 Mar 2026 10:00:00 -0000\n',
      'src/a.c',
    ],
    [
      'quilt',
      'Index: pump-1.2/src/a.c\n===================================================================\n--- pump-1.2.orig/src/a.c\n+++ pump-1.2/src/a.c\n',
      'src/a.c',
    ],
    [
      'quilt -p ab',
      'Index: b/src/a.c\n===================================================================\n--- a/src/a.c\n+++ b/src/a.c\n',
      'src/a.c',
    ],
  ])('%s', (_, head, path) => {
    const { facts } = arrivalOf(
      Buffer.from(
        `From: Ada Example <ada@example.org>\nSubject: [PATCH] lid: count them\nDate: Mon, 2 Mar 2026 09:00:00 +0000\nMessage-ID: <a@x.org>\n\nBecause.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n${head}@@ -1,2 +1,3 @@\n one\n+a line\n two\n`,
      ),
    )
    expect(facts.files).toMatchObject([{ path, added: 1, removed: 0 }])
    expect(facts.files[0]).not.toHaveProperty('from')
    expect(facts.gist).not.toMatch(/Index|===|RCS/)
    expect(facts.trailers).toHaveLength(1)
  })
})

describe('a mail that came directly and through the list is one mail of its author', () => {
  const body =
    'It had no name.\n\nSigned-off-by: Ines Orsted <ines@example.org>\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,3 @@\n one\n+a line\n two\n'
  const written = (from: string, subject: string, more: string, tail = '') =>
    Buffer.from(
      `From: ${from}\nTo: pump@lists.example.org\nSubject: ${subject}\nDate: Mon, 2 Mar 2026 09:00:00 +0100\nMessage-ID: <d@x.org>\n${more}\n${body}${tail}`,
    )
  const list = 'List-Id: <pump.lists.example.org>\nList-Post: <mailto:pump@lists.example.org>\n'
  it.each([
    [
      'Mailman',
      written(
        'Ines Orsted via Pump <pump@lists.example.org>',
        '[Pump] [PATCH] tarn: name it',
        `${list}Reply-To: Ines Orsted <ines@example.org>\n`,
        '_______________________________________________\nPump mailing list\nPump@lists.example.org\nhttps://lists.example.org/mailman/listinfo/pump\n',
      ),
    ],
    [
      'Google Groups',
      written(
        "'Ines Orsted' via Pump <pump@lists.example.org>",
        '[PATCH] tarn: name it',
        `${list}X-Original-From: Ines Orsted <ines@example.org>\n`,
        '-- \nYou received this message because you are subscribed to the Google Groups "Pump" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to pump+unsubscribe@lists.example.org.\n',
      ),
    ],
    [
      'groups.io',
      written(
        '"Ines Orsted via lists.example.org" <ines=example.org@groups.io>',
        '[PATCH] tarn: name it',
        `${list}Reply-To: pump@lists.example.org,ines@example.org\n`,
        '\n-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nView/Reply Online (#12): https://lists.example.org/g/pump/message/12\n-=-=-=-=-=-=-=-=-=-=-=-\n',
      ),
    ],
    [
      'Sympa',
      written(
        'Ines Orsted <ines@example.org>',
        '[pump] [PATCH] tarn: name it',
        `${list}X-Loop: pump@lists.example.org\n`,
      ),
    ],
  ])('%s', (_, copy) => {
    const direct = written('Ines Orsted <ines@example.org>', '[PATCH] tarn: name it', '')
    for (const order of [
      [direct, copy],
      [copy, direct],
    ]) {
      const { topics } = fold(order.map(arrivalOf), openRules, { established: new Set() })
      expect(
        topics.map(({ author, mails }) => [author.address, mails.map(({ imposters }) => imposters)]),
      ).toEqual([['ines@example.org', [undefined]]])
    }
  })
})

describe('a series that comes again below its first patch, which is as it was', () => {
  const post = (
    id: string,
    n: number,
    of: number,
    day: number,
    answers?: string,
    said = `part ${n}`,
  ): Posting => ({
    id,
    subject: `[PATCH ${n}/${of}] pump: part ${n}`,
    day: day + n / 86_400,
    touches: { [`part${n}.c`]: lines(said) },
    ...(answers === undefined ? {} : { answers }),
  })
  const revisionsOf = (postings: readonly Posting[]) =>
    topicsOf(postings).flatMap(({ revisions }) =>
      revisions.map(({ patches }) => patches.map(({ id }) => id).join(' ')),
    )
  const first = [post('a1@x.org', 1, 2, 0), post('a2@x.org', 2, 2, 0, 'a1@x.org')]

  it.each<[string, string, string, string | undefined]>([
    [
      'git',
      '20260108120000.4711-1-ada@example.org',
      '20260108120000.4711-2-ada@example.org',
      '20260108120000.4711-1-ada@example.org',
    ],
    [
      'without threads',
      '20260108120000.4711-1-ada@example.org',
      '20260108120000.4711-2-ada@example.org',
      undefined,
    ],
    [
      'b4',
      '20260108-pump-v2-1-0123456789ab@example.org',
      '20260108-pump-v2-2-0123456789ab@example.org',
      '20260108-pump-v2-1-0123456789ab@example.org',
    ],
    ['ids of a mail program', 'K2QW@mail.example.org', 'B7XZ@mail.example.org', 'K2QW@mail.example.org'],
  ])('%s', (_, one, two, above) => {
    const again = [post(one, 1, 2, 7, 'a1@x.org'), post(two, 2, 2, 7, above, 'another part 2')]
    expect(revisionsOf([...first, ...again])).toEqual(['a1@x.org a2@x.org', `${one} ${two}`])
  })

  it('in a chain, and with one patch more', () => {
    const again = [
      post('b1@x.org', 1, 3, 7, 'a1@x.org'),
      post('b2@x.org', 2, 3, 7, 'b1@x.org'),
      post('b3@x.org', 3, 3, 7, 'b2@x.org'),
    ]
    const more = [
      post('c1@x.org', 1, 3, 14, 'b1@x.org'),
      post('c2@x.org', 2, 3, 14, 'c1@x.org', 'part 2 anew'),
      post('c3@x.org', 3, 3, 14, 'c2@x.org'),
    ]
    expect(revisionsOf([...first, ...again, ...more])).toEqual([
      'a1@x.org a2@x.org',
      'b1@x.org b2@x.org b3@x.org',
      'c1@x.org c2@x.org c3@x.org',
    ])
  })

  it('but not what was lost on the way, alone or as one run', () => {
    const [, two] = first
    expect(
      revisionsOf([...first, { ...two, id: 'z2@x.org', day: 7, answers: 'a1@x.org' } as Posting]),
    ).toEqual(['a1@x.org a2@x.org'])
    const whole = [1, 2, 3, 4].map(n => post(`a${n}@x.org`, n, 4, 0, n === 1 ? undefined : 'a1@x.org'))
    const some = [2, 4].map(n => post(`20260108120000.4711-${n}-ada@example.org`, n, 4, 7, 'a1@x.org'))
    expect(revisionsOf([...whole, ...some])).toEqual(['a1@x.org a2@x.org a3@x.org a4@x.org'])
  })

  it('and not what was sent twice at once', () => {
    const again = [post('b1@x.org', 1, 2, 0.01, 'a1@x.org'), post('b2@x.org', 2, 2, 0.01, 'b1@x.org')]
    expect(revisionsOf([...first, ...again])).toEqual(['a1@x.org a2@x.org'])
  })
})
