// What reviewing programs find in a patch: shown, nobody's turn and no review, until its author or a maintainer says that
// it is none. Each story comes out the same in any order of arrival.
import { describe, expect, it } from 'vitest'
import { exportLine } from '../../../tracker/export/line.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules, type Rules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { dkimOf } from '../../verdicts.ts'
import { arrivalOf, shuffled } from '../threads.ts'

const ines = 'Ines Oduya <ines@example.org>'
const marek = 'Marek Tolvanen <marek@example.net>'
const kenji = 'Kenji Amari <kenji@example.com>'
const ruth = 'Ruth Abellan <ruth@example.org>'
const reader = 'Patch Reader Bot <reader@ci.example.org>'

const person = (name: string, address: string) => ({ name, address })
const rules: Rules = {
  ...openRules,
  rosters: [
    {
      since: 0,
      people: [
        { person: person('Marek Tolvanen', 'marek@example.net'), role: 'maintainer', paths: [] },
        { person: person('Ruth Abellan', 'ruth@example.org'), role: 'reviewer', paths: [] },
        { person: person('', 'plain@ci.example.org'), role: 'robot', paths: [] },
      ],
    },
  ],
}

const signed: Verdict = { grade: 'A', how: dkimOf('its domain') }
const start = Date.UTC(2026, 2, 2, 9)

interface Letter {
  readonly id: string
  readonly from: string
  readonly body: string
  readonly subject?: string
  readonly answers?: string
  readonly minute?: number
  readonly headers?: string
}

function arrival({
  id,
  from,
  body,
  subject = 'Re: [PATCH] wal: sum',
  answers,
  minute = 0,
  headers = '',
}: Letter): Arrival {
  const said = start + minute * 60_000
  const answered = answers ? `In-Reply-To: <${answers}@example.org>\n` : ''
  const head = `From: ${from}\nSubject: ${subject}\nDate: ${new Date(said).toUTCString()}\nMessage-ID: <${id}@example.org>\n`
  return {
    ...arrivalOf(Buffer.from(`${head}${answered}${headers}\n${body}\n`)),
    verdict: signed,
    knownAt: said,
  }
}

const patch: Letter = {
  id: 'p',
  from: ines,
  subject: '[PATCH] wal: sum',
  body: 'Words.\n---\ndiff --git a/src/wal.c b/src/wal.c\n--- a/src/wal.c\n+++ b/src/wal.c\n@@ -1,2 +1,2 @@\n int a;\n-int b;\n+long b;\n',
}

const list = `The review of this patch found 3 issues:

New issues:
- [High] src/wal.c:2: the sum overflows on small machines
- [Low] the name says little

Pre-existing issues:
- [Medium] src/wal.c:1: a is never read`

const review: Letter = { id: 'r', from: reader, answers: 'p', minute: 5, body: list }

const answer = (id: string, from: string, body: string, more: Partial<Letter> = {}): Letter => ({
  id,
  from,
  body,
  answers: 'r',
  minute: 60,
  ...more,
})

function topicOf(letters: readonly Letter[], by: Rules = rules): Topic {
  const arrivals = letters.map(arrival)
  const folded = (some: readonly Arrival[]) => fold(some, by, { established: new Set() }).topics
  const topics = folded(arrivals)
  for (let seed = 1; seed <= 8; seed++)
    expect(folded(shuffled([...arrivals, ...arrivals.slice(seed % arrivals.length)], seed))).toEqual(topics)
  const [topic] = topics
  if (!topic || topics.length > 1) throw new Error('There is not one topic')
  return topic
}

const dismissedIn = (topic: Topic) =>
  (topic.findings ?? []).flatMap(({ number, dismissed }) => (dismissed ? [number] : []))
const told = (topic: Topic, id: string) => topic.history.find(({ mail }) => mail === `${id}@example.org`)

describe('what a program lists', () => {
  it('is kept of a program that we know, too', () => {
    const known = { ...review, from: 'bot+bpf-ci@kernel.org' }
    expect(topicOf([patch, known]).findings).toHaveLength(3)
  })

  it('is kept with its mail, its severity, its place, and whether the patch brought it', () => {
    expect(topicOf([patch, review]).findings).toMatchObject([
      {
        mail: 'r@example.org',
        on: 'p@example.org',
        number: 1,
        severity: 'high',
        origin: 'new',
        file: 'src/wal.c',
        line: 2,
      },
      { number: 2, severity: 'low', origin: 'new', file: null, text: 'the name says little' },
      { number: 3, severity: 'medium', origin: 'pre-existing', file: 'src/wal.c', line: 1 },
    ])
  })

  it('is nobody’s turn, no remark, no check and no review', () => {
    const praised = { ...review, body: `${list}\n\nReviewed-by: ${reader}` }
    const topic = topicOf([patch, praised])
    expect(topic.standing).toMatchObject({ turn: 'reviewer', sentence: ['Nobody has answered it yet.'] })
    expect(topic.checks).toEqual([])
    expect(topic.trailers.filter(({ counts }) => counts)).toEqual([])
  })

  it.each(['If the check failed, this leaks.', 'Result: FAIL', 'The build has failed before on such code.'])(
    'is no failed check for the words beside it: %j',
    words => {
      const topic = topicOf([patch, { ...review, body: `${list}\n\n${words}` }])
      expect(topic.checks).toEqual([])
      expect(topic.findings).toHaveLength(3)
    },
  )

  it('stands in the export, and nothing does where there is none', () => {
    const line = JSON.parse(exportLine(topicOf([patch, review]), 'tarn', undefined))
    expect(line.findings[0]).toEqual({
      mail: 'r@example.org',
      on: 'p@example.org',
      number: 1,
      severity: 'high',
      word: 'high',
      origin: 'new',
      file: 'src/wal.c',
      line: 2,
      text: 'the sum overflows on small machines',
      dismissed: null,
    })
    expect(exportLine(topicOf([patch]), 'tarn', undefined)).not.toContain('findings')
  })

  it('is a remark when a person sends it', () => {
    const topic = topicOf([patch, { ...review, from: kenji }])
    expect(topic.findings).toBeUndefined()
    expect(topic.standing.turn).toBe('author')
  })

  it('counts when only the people of the list say that it is a program', () => {
    const topic = topicOf([patch, { ...review, from: 'Plain <plain@ci.example.org>' }])
    expect(topic.findings).toHaveLength(3)
    expect(topic.standing.turn).toBe('reviewer')
  })

  it('is read from HTML alone, too', () => {
    const headers = 'Content-Type: text/html; charset=utf-8\n'
    const body =
      '<p>Automated review</p><ul><li><b>[High]</b> <code>src/wal.c:2</code>: it overflows</li><li><b>[Nit]</b> the name</li></ul>'
    expect(topicOf([patch, { ...review, headers, body }]).findings).toMatchObject([
      { severity: 'high', file: 'src/wal.c', line: 2, text: 'it overflows' },
      { severity: 'low', word: 'nit' },
    ])
  })

  it('is told once when the program says it twice', () => {
    expect(topicOf([patch, review, { ...review, id: 'again', minute: 9 }]).findings).toHaveLength(3)
  })

  it('is nothing but an automatic mail where nothing can be read', () => {
    const topic = topicOf([
      patch,
      { ...review, body: 'I have read your patch. If the sum failed, who would notice?' },
    ])
    expect(topic.findings).toBeUndefined()
    expect(topic.checks).toEqual([])
    expect(topic.standing.turn).toBe('reviewer')
  })
})

describe('a finding is dismissed', () => {
  it.each([
    ['all of a mail', 'Finding: dismissed -- none of them can happen', [1, 2, 3]],
    ['by its number', 'Finding 2: dismissed -- it is short', [2]],
    ['by its number behind the colon', 'Finding: 2 dismissed -- it is short', [2]],
    ['several by their numbers', 'Findings 1 and 3: dismissed', [1, 3]],
    [
      'the one that is quoted above',
      '> - [Low] the name says\n> little\n\nIt is short.\n\nFinding: dismissed -- it is short',
      [2],
    ],
    [
      'each below its quote',
      '> - [High] src/wal.c:2: the sum overflows on small machines\nFinding: dismissed -- b is long\n\n> - [Low] the name says little\nI keep it.',
      [1],
    ],
    ['all when the whole mail is quoted', `${list.replace(/^/gm, '> ')}\n\nFinding: dismissed`, [1, 2, 3]],
  ])('%s', (_, body, numbers) => {
    expect(dismissedIn(topicOf([patch, review, answer('a', ines, body)]))).toEqual(numbers)
  })

  it('by its author or a maintainer, with who said so and why', () => {
    for (const from of [ines, marek]) {
      const topic = topicOf([patch, review, answer('a', from, 'Finding 1: dismissed -- b is long')])
      expect(topic.findings?.[0]?.dismissed).toMatchObject({ mail: 'a@example.org', reason: 'b is long' })
      expect(told(topic, 'a')).toMatchObject({ what: 'Finding', value: '1 dismissed', effect: true })
    }
  })

  it('below the program’s mail, too, and from elsewhere by its Message-ID', () => {
    const below = [
      patch,
      review,
      answer('q', kenji, 'Is that so?'),
      answer('a', ines, 'Finding 1: dismissed', { answers: 'q', minute: 70 }),
    ]
    expect(dismissedIn(topicOf(below))).toEqual([1])
    const named = [patch, review, answer('a', ines, 'Finding: <r@example.org> 3 dismissed', { answers: 'p' })]
    expect(dismissedIn(topicOf(named))).toEqual([3])
  })

  it.each([
    ['a stranger', kenji, '"Finding" needs a maintainer of its files or the author'],
    ['a reviewer', ruth, '"Finding" needs a maintainer of its files or the author'],
  ])('not by %s, and the history says why', (_, from, reason) => {
    const topic = topicOf([patch, review, answer('a', from, 'Finding: dismissed')])
    expect(dismissedIn(topic)).toEqual([])
    expect(told(topic, 'a')).toMatchObject({ effect: false, reason })
  })

  it.each([
    [
      'a number that is not there',
      'Finding 9: dismissed',
      'r',
      'the mail that it answers lists no finding 9',
    ],
    ['a mail that lists none', 'Finding: dismissed', 'p', 'it answers no mail that lists findings'],
    [
      'a quote of something else',
      '> > +long b;\n> \n> Is this the right type?\n\nFinding: dismissed',
      'r',
      'none of the findings is quoted above it; its number would say which is meant',
    ],
  ])('not with %s', (_, body, answers, reason) => {
    const topic = topicOf([patch, review, answer('a', ines, body, { answers })])
    expect(dismissedIn(topic)).toEqual([])
    expect(told(topic, 'a')).toMatchObject({ effect: false, reason })
  })

  it('until that is taken back', () => {
    const letters = [
      patch,
      review,
      answer('a', ines, 'Finding 1: dismissed'),
      answer('u', ines, 'Undo: <a@example.org>', { minute: 90 }),
    ]
    const topic = topicOf(letters)
    expect(dismissedIn(topic)).toEqual([])
    expect(told(topic, 'a')).toMatchObject({ effect: false, undone: { mail: 'u@example.org' } })
  })

  it('once: who says it again changes nothing', () => {
    const topic = topicOf([
      patch,
      review,
      answer('a', ines, 'Finding 1: dismissed'),
      answer('b', marek, 'Finding 1: dismissed', { minute: 80 }),
    ])
    expect(topic.findings?.[0]?.dismissed?.mail).toBe('a@example.org')
    expect(told(topic, 'b')).toMatchObject({ effect: false, reason: null })
  })
})

it('prose about a finding is no line', () => {
  const topic = topicOf([patch, review, answer('a', ines, 'Finding: the sum is right.\nFinding 2: I agree.')])
  expect(topic.history).toEqual([])
})
