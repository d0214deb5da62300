// The standing sentences, over the shapes that patchsets and threads can have: English that a maintainer would write.
import { describe, expect, it } from 'vitest'
import { bugStatuses, patchStates } from '../../../base/state-words.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import { type Posting, topicsOf } from './posted.ts'

const textOf = ({ standing }: Topic) =>
  standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join('')

const said = (postings: readonly Posting[]): string => {
  const [topic] = topicsOf(postings)
  if (!topic) throw new Error('There is no topic')
  return textOf(topic)
}

const ruth = 'Ruth Abellan <ruth@example.net>'
const ines = 'Ines Oduya <ines@example.com>'
const people = [
  ruth,
  ines,
  'Kenji Amari <kenji@example.com>',
  'Marek Tolvanen <marek@example.net>',
  'Lena Brandt <lena@example.org>',
]

/** `came` of `total` patches of one version. */
const posted = (total: number, came = total): Posting[] =>
  Array.from({ length: came }, (_, at) => ({
    id: `p${at + 1}@x.org`,
    subject: total === 1 ? '[PATCH] lid: turn it' : `[PATCH ${at + 1}/${total}] lid: turn it ${at + 1}`,
    touches: { [`lid${at}.c`]: [`turn(${at});`] },
    ...(at > 0 ? { answers: 'p1@x.org' } : {}),
  }))

let letters = 0
const answer = (on: number, body: string, from = ruth, day = 1): Posting => ({
  id: `a${++letters}@x.org`,
  subject: 'Re: [PATCH] lid: turn it',
  answers: `p${on}@x.org`,
  body,
  from,
  day,
})

/** What no sentence may say. */
const clumsy: readonly RegExp[] = [
  /\b1 (?:patches|answers|are|wait|need|others|more patches)\b/,
  /(?<!Of |of |of the |[Pp]atch )\b(?:[2-9]|\d\d) (?:patch|answer|is|waits|needs)\b/,
  /\ball [12] patches\b|\b1 of 1\b|\bOf 1 patches\b/i,
  /[a-z]-(?:requested|review|applicable|upstream|ack|info)\b/,
  / and [^,.]+ and /,
  / {2}|\s[.,]|\.\.|,\./,
  /\bsaid (?:new|accepted|rejected|fixed)\b/,
  /\b(?:undefined|null|NaN)\b/,
  /\b(\w+) \1\b/,
]

function expectEnglish(sentence: string): void {
  expect(sentence).toMatch(/^[A-Z0-9].*\.$/s)
  for (const one of clumsy) expect(sentence).not.toMatch(one)
}

describe('every state, of one patch and of several', () => {
  const shapes = patchStates.flatMap(state => [1, 2, 3, 7].map(total => [state, total] as const))
  it.each(shapes)('%s of %i', (state, total) => {
    const lines = posted(total).map((_, at) => answer(at + 1, `Patch-Status: ${state}`, ruth, 1 + at))
    const sentence = said([...posted(total), ...lines])
    expectEnglish(sentence)
    if (state !== 'new' && state !== 'rfc') expect(sentence).toContain('Ruth Abellan')
  })
})

describe('two states in one series', () => {
  const pairs = patchStates.flatMap(one =>
    patchStates.flatMap(two => (one < two ? [[one, two] as const] : [])),
  )
  it.each(pairs)('%s and %s', (one, two) => {
    for (const total of [2, 3, 5])
      expectEnglish(
        said([
          ...posted(total),
          answer(1, `Patch-Status: ${one}`),
          answer(total, `Patch-Status: ${two}`, ruth, 2),
        ]),
      )
  })
})

describe('reviews, remarks and what is missing', () => {
  const shapes = [1, 2, 3, 6].flatMap(total =>
    [0, 1, total].flatMap(reviewed =>
      [1, 2, 3, 5].flatMap(reviewers =>
        [false, true].flatMap(remark =>
          [0, 1, 3].map(missing => [total, Math.min(reviewed, total), reviewers, remark, missing] as const),
        ),
      ),
    ),
  )
  it.each(shapes)(
    '%i patches, %i reviewed by %i, a remark: %s, %i missing',
    (total, reviewed, reviewers, remark, missing) => {
      const reviews = Array.from({ length: reviewed }, (_, at) =>
        people.slice(0, reviewers).map(from => answer(at + 1, `Reviewed-by: ${from}`, from)),
      ).flat()
      const asks = remark ? [answer(1, 'Why not shut it?', ruth, 3)] : []
      expectEnglish(said([...posted(total + missing, total), ...reviews, ...asks]))
    },
  )
})

describe('bugs and threads', () => {
  const report: Posting = { id: 'p1@x.org', subject: '[BUG] lid: it leaks', body: 'It leaks.' }
  it.each(
    bugStatuses.flatMap(status =>
      [status, `${status} in 1.4`, `${status} #12`].map(value => [value] as const),
    ),
  )('Bug-Status: %s', value => {
    expectEnglish(said([report, answer(1, `Bug-Status: ${value}`)]))
  })

  it.each([0, 1, 2, 5])('%i answers', count => {
    const answers = Array.from({ length: count }, (_, at) =>
      answer(1, 'Here, too.', people[at] ?? ruth, at + 1),
    )
    expectEnglish(said([report, ...answers]))
    expectEnglish(said([{ ...report, subject: 'lid: how does it turn?' }, ...answers]))
  })
})

describe('the words', () => {
  it.each<[string, readonly Posting[], string]>([
    [
      'who accepted a series',
      [...posted(3), answer(1, 'Series applied, thanks')],
      'Ruth Abellan applied all 3 patches on 2 January 2026.',
    ],
    [
      'who accepted one',
      [...posted(1), answer(1, 'Patch-Status: accepted')],
      'Ruth Abellan accepted it on 2 January 2026.',
    ],
    [
      'that a branch is named',
      [...posted(1), answer(1, 'Applied to lid-next, thanks.')],
      'Ruth Abellan applied it to lid-next on 2 January 2026.',
    ],
    [
      'what is asked for',
      [
        ...posted(2),
        answer(1, 'Patch-Status: changes-requested'),
        answer(2, 'Patch-Status: changes-requested'),
      ],
      'Ruth Abellan asked for changes to the last of 2 patches on 2 January 2026, and no newer version has come yet.',
    ],
    [
      'that a reviewed patch waits for no review',
      [...posted(2), answer(1, 'Applied.'), answer(2, `Reviewed-by: ${ines}`, ines)],
      'Of 2 patches, 1 is accepted. Patch 2 waits to be applied.',
    ],
    [
      'why a mixed series waits for its author',
      [...posted(2), answer(1, 'Patch-Status: accepted'), answer(2, 'Why?', ines, 2)],
      'Of 2 patches, 1 is accepted. Patch 2 waits for an answer of Ada Example. Ines Oduya commented on 3 January 2026 and has no answer yet.',
    ],
    [
      'which patches of a mixed series wait for whom',
      [
        ...posted(6),
        answer(1, 'Patch-Status: accepted'),
        answer(2, 'Patch-Status: rejected'),
        answer(3, 'Patch-Status: changes-requested'),
        answer(6, 'Patch-Status: under-review', ines),
      ],
      'Of 6 patches, 1 is accepted and 1 is rejected. Patch 3 waits for changes by Ada Example. Patches 4 and 5 wait for a reviewer. Patch 6 waits for Ines Oduya, who reviews it.',
    ],
    [
      'that a remark below the cover is about each patch that waits',
      [
        { id: 'p0@x.org', subject: '[PATCH 0/2] lid: twice', body: 'Both.' },
        ...posted(2).map(one => ({ ...one, answers: 'p0@x.org' })),
        answer(1, 'Patch-Status: accepted'),
        answer(2, `Reviewed-by: ${ines}`, ines),
        answer(0, 'Why not shut it?', ruth, 3),
      ],
      'Of 2 patches, 1 is accepted. Patch 2 waits for an answer of Ada Example. Ruth Abellan commented on 4 January 2026 and has no answer yet.',
    ],
    [
      'three reviewers',
      [...posted(1), ...people.slice(0, 3).map(from => answer(1, `Reviewed-by: ${from}`, from))],
      'Ruth Abellan, Ines Oduya and Kenji Amari reviewed it. It is ready to apply.',
    ],
    [
      'one who reviewed it and asks later',
      [...posted(1), answer(1, `Reviewed-by: ${ruth}`), answer(1, 'Why not shut it?', ruth, 2)],
      'Ruth Abellan reviewed it. A later comment of 3 January 2026 has no answer yet.',
    ],
    [
      'what is missing',
      posted(9, 4),
      'Nobody has answered it yet. 4 of 9 patches arrived; 5 to 9 are missing.',
    ],
  ])('say %s', (_, postings, sentence) => {
    expect(said(postings)).toBe(sentence)
  })

  const leak: Posting = { id: 'p1@x.org', subject: '[BUG] lid: it leaks', body: 'It leaks.' }
  it.each<[string, readonly Posting[], string]>([
    ['that nobody has confirmed it', [leak], 'Nobody has answered yet. It waits for somebody to confirm it.'],
    [
      'who spoke last of one that is new',
      [leak, answer(1, 'Here, too.'), answer(1, 'Not here.', ines, 2)],
      'It waits for somebody to confirm it; the latest of 2 answers is by Ines Oduya of 3 January 2026.',
    ],
    [
      'that it waits for a fix',
      [leak, answer(1, 'Bug-Status: confirmed')],
      'Ruth Abellan confirmed it on 2 January 2026. It waits for a fix.',
    ],
    [
      'whom it waits for',
      [leak, answer(1, 'Bug-Status: confirmed\nDelegate: me')],
      'Ruth Abellan confirmed it on 2 January 2026. It waits for a fix by Ruth Abellan.',
    ],
    [
      'what the reporter was asked',
      [leak, answer(1, 'Thanks. Which release is it, 1.3 or later?\n\nBug-Status: needs-info')],
      'Ruth Abellan asked Ada Example, who reported it, for more information on 2 January 2026: “Which release is it, 1.3 or later?” It waits for Ada Example.',
    ],
    [
      'that he answered',
      [
        leak,
        answer(1, 'Which one?\n\nBug-Status: needs-info'),
        answer(1, 'The red one.', 'Ada Example <ada@example.org>', 2),
      ],
      'Ruth Abellan asked Ada Example, who reported it, for more information on 2 January 2026: “Which one?” Ada Example answered on 3 January 2026: it waits for Ruth Abellan.',
    ],
  ])('say of a bug %s', (_, postings, sentence) => {
    expect(said(postings)).toBe(sentence)
  })

  it('call a pulled request pulled, and nobody’s turn', () => {
    const request: Posting = {
      id: 'p1@x.org',
      subject: '[GIT PULL] lid for 6.9',
      body: 'The following changes since commit 0123456789abcdef0123456789abcdef01234567:\n\n  lid: base\n\nare available in the Git repository at:\n\n  https://git.example.org/lid.git tags/lid-6.9\n\nfor you to fetch changes up to 89abcdef0123456789abcdef0123456789abcdef:\n\n  lid: turn\n',
    }
    const [topic] = topicsOf([request, answer(1, 'Pulled, thanks.')])
    expect(topic && textOf(topic)).toBe('Ruth Abellan pulled it on 2 January 2026.')
    expect(topic?.standing.turn).toBe('nobody')
  })

  it('call an announcement one', () => {
    const [topic] = topicsOf([
      {
        id: 'p1@x.org',
        subject: '[ANNOUNCE] lid 1.4 released',
        body: 'lid 1.4 is released. The tarball and its signature are at https://lid.example.org/.',
      },
    ])
    expect(topic?.kind).toBe('announcement')
    expect(topic?.standing.word).toBe('Announcement')
  })
})

describe('a question', () => {
  const asked = (...answers: Posting[]) => said([...posted(1), answer(1, 'Why not shut it?'), ...answers])

  it.each(['Delegate: me', 'Labels: +lid', 'Severity: high', 'Undo: <nothing@x.org>', 'pw-bot: nonsense'])(
    'still waits for its answer behind %s',
    line => {
      expect(asked(answer(1, line, ines, 2))).toContain('has no answer yet')
      expect(said([...posted(1), answer(1, `Why not shut it?\n\n${line}`)])).toContain('has no answer yet')
    },
  )

  it('waits no more when a state was set after it', () => {
    expect(asked(answer(1, 'Patch-Status: under-review', ines, 2))).not.toContain('no answer yet')
  })
})
