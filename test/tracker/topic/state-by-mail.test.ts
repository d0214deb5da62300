// Who changes what by mail, on a list with people: each story is a few mails with their verdicts, and must come out the
// same in any order of arrival and when mails come twice.
import { describe, expect, it } from 'vitest'
import type { MessageId } from '../../../base/ids.ts'
import { closingsOf } from '../../../tracker/topic/closing.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { nothingOutside, type Outside } from '../../../tracker/topic/outside.ts'
import { openRules, type Roster, type Rules } from '../../../tracker/topic/rules.ts'
import type { Change, Topic } from '../../../tracker/topic/topic.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import { imported, type Verdict } from '../../../tracker/topic/verdict.ts'
import { dkimOf, onlyFrom } from '../../verdicts.ts'
import { arrivalOf, shuffled } from '../threads.ts'

const ines = 'Ines Oduya <ines@example.org>'
const marek = 'Marek Tolvanen <marek@example.net>'
const priya = 'Priya Santhanam <priya@example.com>'
const ruth = 'Ruth Abellan <ruth@example.org>'
const kenji = 'Kenji Amari <kenji@example.com>'
const bot = 'applied <robot@ci.example.org>'

const roster: Roster = [
  { person: { name: 'Marek Tolvanen', address: 'marek@example.net' }, role: 'maintainer', paths: [] },
  { person: { name: 'Priya Santhanam', address: 'priya@example.com' }, role: 'maintainer', paths: [] },
  { person: { name: 'Ruth Abellan', address: 'ruth@example.org' }, role: 'reviewer', paths: ['src/'] },
  { person: { name: '', address: 'robot@ci.example.org' }, role: 'robot', paths: [] },
]
const rules: Rules = { ...openRules, rosters: [{ since: 0, people: roster }] }

const signed: Verdict = { grade: 'A', how: dkimOf('its domain') }

interface Letter {
  readonly id: string
  readonly from: string
  readonly body?: string
  readonly subject?: string
  readonly answers?: string
  readonly minute?: number
  readonly verdict?: Verdict | null
  /** Hours from its Date to its arrival; null for an imported mail. */
  readonly came?: number | null
  readonly headers?: string
}

const start = Date.UTC(2026, 2, 2, 9)

function arrival(letter: Letter): Arrival {
  const { id, from, body = '', subject = 'Re: [PATCH] wal: sum', answers, minute = 0, headers = '' } = letter
  const said = start + minute * 60_000
  const lines = [
    `From: ${from}`,
    `Subject: ${subject}`,
    `Date: ${new Date(said).toUTCString()}`,
    `Message-ID: <${id}@example.org>`,
    ...(answers ? [`In-Reply-To: <${answers}@example.org>`] : []),
  ]
  const { verdict = signed, came = 0 } = letter
  return {
    ...arrivalOf(Buffer.from(`${lines.join('\n')}\n${headers}\n${body}\n`)),
    verdict: came === null ? imported : verdict,
    knownAt: came === null ? null : said + came * 3_600_000,
  }
}

const diff = (line: string) =>
  `Words.\n---\ndiff --git a/src/wal.c b/src/wal.c\n--- a/src/wal.c\n+++ b/src/wal.c\n@@ -1,2 +1,2 @@\n int a;\n-int b;\n+long ${line};\n`

const patch: Letter = { id: 'v1', from: ines, subject: '[PATCH] wal: sum', body: diff('one') }
const answer = (id: string, from: string, body: string, more: Partial<Letter> = {}): Letter => ({
  id,
  from,
  body,
  answers: 'v1',
  minute: 60,
  ...more,
})

function topicsOf(letters: readonly Letter[], by: Rules = rules, outside?: Outside): readonly Topic[] {
  const arrivals = letters.map(arrival)
  const folded = (some: readonly Arrival[]) =>
    [...fold(some, by, { established: new Set() }, outside).topics].sort((a, b) => (a.id < b.id ? -1 : 1))
  const topics = folded(arrivals)
  for (let seed = 1; seed <= 12; seed++)
    expect(folded(shuffled([...arrivals, ...arrivals.slice(seed % arrivals.length)], seed))).toEqual(topics)
  return topics
}

function topicOf(letters: readonly Letter[], by: Rules = rules): Topic {
  const [topic] = topicsOf(letters, by)
  if (!topic) throw new Error('There is no topic')
  return topic
}

const change = (topic: Topic, id: string): Change | undefined =>
  topic.history.findLast(({ mail }) => mail === `${id}@example.org`)

describe('a patch', () => {
  it('is accepted by a maintainer whose signature was seen, and the history says how', () => {
    const topic = topicOf([patch, answer('a', marek, 'Patch-Status: accepted')])
    expect(topic.state).toBe('accepted')
    expect(change(topic, 'a')).toMatchObject({
      effect: true,
      vouch: { role: 'maintainer', grade: 'A', how: dkimOf('its domain') },
    })
  })

  it('is not accepted by From alone, and who was named is not blamed for it', () => {
    const topic = topicOf([patch, answer('a', marek, 'Patch-Status: accepted', { verdict: onlyFrom })])
    expect(topic.state).toBe('new')
    expect(change(topic, 'a')).toMatchObject({
      effect: false,
      unconfirmed: true,
      reason: '"accepted" needs a confirmed sender; only From says so',
    })
  })

  it('waits for the verdict of a mail that just came', () => {
    const topic = topicOf([patch, answer('a', marek, 'Patch-Status: accepted', { verdict: null })])
    expect(topic.state).toBe('new')
    expect(change(topic, 'a')).toMatchObject({ effect: false, vouch: { how: { code: 'pending' } } })
    expect(change(topic, 'a')).not.toHaveProperty('unconfirmed')
  })

  it('is accepted from the moment the sender confirmed it', () => {
    const verdict: Verdict = { grade: 'B', how: { code: 'token' }, confirmed: start + 300 * 60_000 }
    const topic = topicOf([
      patch,
      answer('a', marek, 'Patch-Status: accepted', { verdict }),
      answer('b', priya, 'Patch-Status: under-review', { minute: 120 }),
    ])
    expect(topic.state).toBe('accepted')
  })

  it('is not touched by a stranger, signed or not', () => {
    const topic = topicOf([
      patch,
      answer('a', kenji, 'Patch-Status: rejected'),
      answer('b', kenji, 'Applied, thanks.', { minute: 61 }),
      answer('c', `Marek Tolvanen <marek@attacker.example.com>`, 'Patch-Status: accepted', { minute: 62 }),
    ])
    expect(topic.state).toBe('new')
    expect(topic.history.map(({ effect }) => effect)).toEqual([false, false, false])
  })

  it('is withdrawn by its author, as well authenticated as it, unless a maintainer decided', () => {
    const withdrawn = answer('w', ines, 'Patch-Status: withdrawn', { verdict: onlyFrom, minute: 90 })
    const unsigned = { ...patch, verdict: onlyFrom }
    expect(topicOf([unsigned, withdrawn]).state).toBe('withdrawn')
    expect(topicOf([patch, withdrawn]).state).toBe('new')
    expect(topicOf([patch, { ...withdrawn, verdict: signed }]).state).toBe('withdrawn')
    const decided = topicOf([patch, answer('a', marek, 'Patch-Status: rejected'), withdrawn])
    expect(decided.state).toBe('rejected')
  })

  it('is asked to change by a reviewer whose sender is confirmed', () => {
    const body = 'Patch-Status: changes-requested'
    expect(topicOf([patch, answer('r', ruth, body)]).state).toBe('changes-requested')
    expect(topicOf([patch, answer('r', ruth, body, { verdict: onlyFrom })]).state).toBe('new')
  })

  it('is accepted by a robot of the list that says so, and by no other robot', () => {
    expect(topicOf([patch, answer('a', bot, 'Applied, thanks.')]).state).toBe('accepted')
    const other = answer('a', 'robot <robot@ci.example.com>', 'Applied, thanks.\nPatch-Status: accepted')
    expect(topicOf([patch, other]).state).toBe('new')
  })

  it('is not moved by the automatic answer of a maintainer', () => {
    const away = answer('a', marek, 'Patch-Status: accepted', {
      headers: 'Auto-Submitted: auto-replied\n',
      verdict: { ...signed, covers: ['auto-submitted'] },
    })
    expect(topicOf([patch, away]).state).toBe('new')
    expect(topicOf([patch, away], openRules).state).toBe('new')
  })

  it('says so once when it stands so already', () => {
    const topic = topicOf([
      patch,
      answer('a', marek, 'Patch-Status: accepted'),
      answer('b', priya, 'Patch-Status: accepted', { minute: 120 }),
      answer('c', kenji, 'Patch-Status: accepted', { minute: 130 }),
    ])
    expect(topic.revisions[0]?.patches[0]?.stateBy).toBe('a@example.org')
    expect(change(topic, 'b')).toMatchObject({ effect: false, reason: null })
    expect(change(topic, 'c')).toMatchObject({ effect: false, reason: null })
  })

  it('believes its list where From is trusted, and everybody where nobody has a role', () => {
    const forged = answer('a', marek, 'Patch-Status: accepted', { verdict: onlyFrom })
    expect(topicOf([patch, forged], { ...rules, trust: 'from' }).state).toBe('accepted')
    expect(topicOf([patch, answer('a', kenji, 'Patch-Status: accepted')], openRules).state).toBe('accepted')
  })
})

it('a line about a bug below a patch has no effect, and says so; a word that plans one is prose', () => {
  const topic = topicOf([
    patch,
    answer('a', marek, 'Bug-Status: fixed'),
    answer('b', marek, 'Severity: high'),
  ])
  expect(topic).toMatchObject({ kind: 'patchset', state: 'new' })
  expect(change(topic, 'a')).toMatchObject({ effect: false, reason: expect.stringContaining('a patchset') })
  expect(change(topic, 'b')).toBeUndefined()
})

describe('two maintainers', () => {
  const accepted = answer('a', marek, 'Patch-Status: accepted')

  it('who did not see each other conflict: the decision stays, and both mails are named', () => {
    const topic = topicOf([patch, accepted, answer('b', priya, 'Patch-Status: rejected', { minute: 90 })])
    expect(topic.state).toBe('accepted')
    expect(change(topic, 'b')).toMatchObject({
      effect: false,
      against: 'a@example.org',
      reason: 'Marek Tolvanen set "accepted" before, and this is no answer to that mail',
    })
  })

  it('do not conflict in an answer, by the same person, or within five minutes', () => {
    const rejected = (more: Partial<Letter>, from = priya) =>
      topicOf([patch, accepted, answer('b', from, 'Patch-Status: rejected', { minute: 90, ...more })]).state
    expect(rejected({ answers: 'a' })).toBe('rejected')
    expect(rejected({}, marek)).toBe('rejected')
    expect(rejected({ minute: 65 })).toBe('rejected')
    expect(rejected({ minute: 66 })).toBe('accepted')
  })
})

describe('the check itself', () => {
  it('goes red when said time is replaced by the order of arrival', () => {
    const letters = [
      patch,
      answer('a', marek, 'Patch-Status: accepted'),
      answer('b', priya, 'Patch-Status: rejected', { minute: 90 }),
    ]
    const states = [1, 2, 3, 4, 5, 6].map(seed => {
      const arrivals = shuffled(letters.map(arrival), seed).map((one, index) => ({
        ...one,
        facts: { ...one.facts, said: start + index * 3_600_000 },
      }))
      return fold(arrivals, rules, { established: new Set() }).topics[0]?.state
    })
    expect(new Set(states).size).toBeGreaterThan(1)
  })
})

describe('Undo', () => {
  const accepted = answer('a', marek, 'Patch-Status: accepted')
  const undo = (id: string, from: string, target: string, more: Partial<Letter> = {}) =>
    answer(id, from, `Undo: <${target}@example.org>`, { minute: 100, ...more })

  it('takes an own change back, and both stay in the history', () => {
    const topic = topicOf([patch, accepted, undo('u', marek, 'a')])
    expect(topic.state).toBe('new')
    expect(change(topic, 'a')).toMatchObject({ effect: false, undone: { mail: 'u@example.org' } })
    expect(change(topic, 'u')).toMatchObject({ what: 'Undo', effect: true })
  })

  it('takes effect whatever the two times say', () => {
    expect(topicOf([patch, accepted, undo('u', marek, 'a', { minute: 10 })]).state).toBe('new')
  })

  it('is for any change by a maintainer, and for no other by anybody else', () => {
    expect(topicOf([patch, accepted, undo('u', priya, 'a')]).state).toBe('new')
    expect(topicOf([patch, accepted, undo('u', ines, 'a')]).state).toBe('accepted')
    expect(topicOf([patch, accepted, undo('u', marek, 'a', { verdict: onlyFrom })]).state).toBe('accepted')
  })

  it('can be undone, and a circle of them comes to an end', () => {
    expect(topicOf([patch, accepted, undo('u', marek, 'a'), undo('w', priya, 'u')]).state).toBe('accepted')
    const circle = [undo('u', marek, 'w'), undo('w', priya, 'u')]
    expect(topicOf([patch, accepted, ...circle]).state).toBe('accepted')
  })

  it('of what is not here changes nothing and says so', () => {
    const topic = topicOf([patch, accepted, undo('u', marek, 'nowhere')])
    expect(change(topic, 'u')).toMatchObject({ effect: false, reason: 'it names no mail of this topic' })
  })
})

describe('a newer revision', () => {
  const v2 = (more: Partial<Letter> = {}): Letter => ({
    id: 'v2',
    from: ines,
    subject: '[PATCH v2] wal: sum',
    body: diff('two'),
    answers: 'v1',
    minute: 500,
    ...more,
  })
  const states = (topic: Topic) => topic.revisions.map(revision => revision.state)

  it('supersedes with a worse grade while nothing is decided', () => {
    expect(states(topicOf([patch, v2({ verdict: onlyFrom })]))).toEqual(['superseded', 'new'])
  })

  it('leaves the rest alone when it is only From that says whose it is, and another patch was decided', () => {
    const one = { ...patch, subject: '[PATCH 1/2] wal: sum' }
    const two = { ...patch, id: 'v1b', subject: '[PATCH 2/2] wal: count', body: diff('count'), answers: 'v1' }
    const accepted = answer('a', marek, 'Patch-Status: 1/2 accepted')
    const next = (verdict: Verdict) => [
      v2({ subject: '[PATCH v2 1/2] wal: sum', verdict }),
      v2({
        id: 'v2b',
        subject: '[PATCH v2 2/2] wal: count',
        body: diff('count2'),
        answers: 'v2',
        minute: 501,
        verdict,
      }),
    ]
    const second = (verdict: Verdict) =>
      topicOf([one, two, accepted, ...next(verdict)]).revisions[0]?.patches[1]?.state
    expect(second(signed)).toBe('superseded')
    expect(second(onlyFrom)).toBe('new')
  })
})

describe('the same mail twice', () => {
  it('is as good as its best copy', () => {
    const direct = answer('a', marek, 'Patch-Status: accepted')
    const listed = { ...direct, verdict: onlyFrom, headers: 'List-Id: <tarn.example.org>\n' }
    const topic = topicOf([patch, listed, direct])
    expect(topic.state).toBe('accepted')
    expect(topic.history).toHaveLength(1)
  })

  it('with another text is an imposter, and the better grade is the mail', () => {
    const topic = topicOf([
      patch,
      answer('a', marek, 'Patch-Status: accepted', { verdict: onlyFrom, minute: 30 }),
      answer('a', marek, 'Patch-Status: rejected', { minute: 60 }),
    ])
    expect(topic.state).toBe('rejected')
    expect(topic.mails.find(mail => mail.id === 'a@example.org')?.imposters).toBe(1)
  })

  it('from an archive is no less when a copy that nobody signed comes live', () => {
    const archived = answer('a', marek, 'Patch-Status: accepted', { came: null })
    expect(topicOf([patch, archived]).state).toBe('accepted')
    expect(topicOf([patch, archived], { ...rules, history: false }).state).toBe('new')
    const live = { ...archived, came: 1, verdict: onlyFrom, headers: 'X-Loop: a\n' }
    expect(topicOf([patch, archived, live]).state).toBe('accepted')
  })

  it('a year later changes nothing', () => {
    const archived = answer('a', marek, 'Patch-Status: accepted', { came: null })
    const replayed = { ...archived, came: 365 * 24, verdict: onlyFrom, headers: 'X-Loop: a\n' }
    expect(topicOf([patch, archived, replayed]).state).toBe('accepted')
  })
})

describe('the people of the time', () => {
  const later: Rules = {
    ...openRules,
    rosters: [
      { since: 0, people: roster },
      {
        since: start + 24 * 3_600_000,
        people: roster.filter(({ person }) => person.name !== 'Marek Tolvanen'),
      },
    ],
  }
  const accepted = (came: number | null) => answer('a', marek, 'Patch-Status: accepted', { came })

  it('count for a live mail as it came, for an imported one as it was said', () => {
    expect(topicOf([patch, accepted(0)], later).state).toBe('accepted')
    expect(topicOf([patch, accepted(48)], later).state).toBe('new')
    expect(topicOf([patch, accepted(null)], later).state).toBe('accepted')
  })

  it('are the first who were named for an archive that is older than they', () => {
    const named = {
      ...openRules,
      rosters: [
        { since: start + 100 * 3_600_000, people: [] },
        { since: start + 200 * 3_600_000, people: roster },
      ],
    }
    const says = (from: string, came: number | null) =>
      topicOf([patch, answer('a', from, 'Patch-Status: accepted', { came })], named).state
    expect([says(marek, null), says(kenji, null)]).toEqual(['accepted', 'new'])
    expect([says(kenji, 150), says(kenji, 250)]).toEqual(['accepted', 'new'])
  })
})

describe('a delegate', () => {
  it('is who has all its files, until a maintainer names another', () => {
    expect(topicOf([patch]).delegate).toEqual({ person: roster[2]?.person, by: null })
    expect(topicOf([patch, answer('d', marek, 'Delegate: me')]).delegate).toEqual({
      person: { name: 'Marek Tolvanen', address: 'marek@example.net' },
      by: 'd@example.org',
    })
    expect(topicOf([patch, answer('d', marek, 'Delegate: none')])).not.toHaveProperty('delegate')
    expect(topicOf([patch, answer('d', marek, 'Delegate: dana@example.org')]).delegate?.person.address).toBe(
      'dana@example.org',
    )
    expect(topicOf([patch, answer('d', kenji, 'Delegate: me')]).delegate?.by).toBeNull()
  })
})

describe('a line that names what it speaks of', () => {
  const one = { ...patch, subject: '[PATCH 1/2] wal: sum' }
  const two = { ...patch, id: 'v1b', subject: '[PATCH 2/2] wal: count', body: diff('count'), answers: 'v1' }
  const states = (body: string) =>
    topicOf([one, two, answer('a', marek, body)]).revisions[0]?.patches.map(({ state }) => state)

  it('changes that patch, or all, and nothing where it names something else', () => {
    expect(states('Patch-Status: accepted')).toEqual(['accepted', 'new'])
    expect(states('Patch-Status: <v1b@example.org> accepted')).toEqual(['new', 'accepted'])
    expect(states('pw-bot: accept')).toEqual(['accepted', 'accepted'])
    const topic = topicOf([one, two, answer('a', marek, 'Patch-Status: <other@example.org> accepted')])
    expect(change(topic, 'a')).toMatchObject({
      effect: false,
      reason: null,
      sent: { target: 'other@example.org' },
    })
  })
})

describe('a bug', () => {
  const bug: Letter = { id: 'bug', from: kenji, subject: '[BUG] wal: wrong sum', body: 'It crashes.' }
  const say = (id: string, from: string, body: string, more: Partial<Letter> = {}) =>
    answer(id, from, body, { subject: 'Re: [BUG] wal: wrong sum', answers: 'bug', ...more })

  it('is closed by a maintainer who is confirmed, confirmed by a reviewer, reopened by its reporter', () => {
    expect(topicOf([bug, say('a', marek, 'Bug-Status: fixed')]).state).toBe('fixed')
    expect(topicOf([bug, say('a', marek, 'Bug-Status: fixed', { verdict: onlyFrom })]).state).toBe('new')
    expect(topicOf([bug, say('a', ines, 'Bug-Status: fixed')]).state).toBe('new')
    const reopened = say('b', kenji, 'Bug-Status: reopened', { minute: 90, answers: 'a', verdict: onlyFrom })
    const invalid = say('a', marek, 'Bug-Status: invalid')
    expect(topicOf([{ ...bug, verdict: onlyFrom }, invalid, reopened]).state).toBe('reopened')
    expect(topicOf([bug, invalid, reopened]).state).toBe('invalid')
  })

  it('has a delegate whom a maintainer or reviewer names', () => {
    expect(topicOf([bug, say('d', ruth, 'Delegate: me')]).delegate?.person.address).toBe('ruth@example.org')
    expect(topicOf([bug, say('d', kenji, 'Delegate: me')])).not.toHaveProperty('delegate')
  })

  it('takes labels as they are added and taken away, the last word of a line on each', () => {
    const labels = (...lines: string[]) =>
      topicOf([bug, ...lines.map((line, minute) => say(`l${minute}`, ruth, line, { minute: 60 + minute }))])
        .bug?.labels
    expect(labels('Labels: +io, WAL')).toEqual(['io', 'wal'])
    expect(labels('Labels: +io wal', 'Labels: -io +late')).toEqual(['late', 'wal'])
    expect(labels('Labels: +io -io -wal +wal')).toEqual(['wal'])
  })

  it('repeats the bug that is named, whatever is said behind it, and none where a title is', () => {
    const claims = (value: string) =>
      topicOf([bug, say('a', marek, `Bug-Status: duplicate ${value}`)]).claims.map(({ target }) => target)
    expect(claims('of <third@example.org> as Ruth found')).toEqual(['third@example.org'])
    expect(claims('https://bugs.example.com/12')).toEqual(['https://bugs.example.com/12'])
    expect(topicOf([bug, say('a', marek, '#syz dup: wal: no sum')])).toMatchObject({
      state: 'duplicate',
      claims: [],
    })
  })

  it('shows a status that nobody knows, without effect', () => {
    const topic = topicOf([bug, say('a', marek, 'Bug-Status: mended')])
    expect(topic.state).toBe('new')
    expect(change(topic, 'a')).toMatchObject({
      what: 'Bug-Status',
      value: 'mended',
      effect: false,
      reason: '"mended" is no bug status',
    })
  })

  it('is not changed by a line about another bug', () => {
    const numbers = new Map([
      [12, { id: 'bug@example.org' as MessageId, since: start }],
      [13, { id: 'other@example.org' as MessageId, since: start }],
    ])
    const state = (number: number) =>
      topicsOf([bug, say('a', marek, `Bug-Status: #${number} fixed`)], rules, {
        ...nothingOutside,
        numbers,
      })[0]?.state
    expect([state(12), state(13), state(14)]).toEqual(['fixed', 'new', 'new'])
  })

  it('keeps what another maintainer decided unless it is answered', () => {
    const topic = topicOf([
      bug,
      say('a', marek, 'Bug-Status: fixed'),
      say('b', priya, 'Bug-Status: wontfix', { minute: 90 }),
    ])
    expect(topic.state).toBe('fixed')
    expect(change(topic, 'b')).toMatchObject({ effect: false, against: 'a@example.org' })
  })

  it('is fixed when the patch that closes it is accepted, and stays reopened after that', () => {
    const fix = { ...patch, body: diff('one').replace('Words.', 'Words.\n\nCloses: <bug@example.org>') }
    const accepted = answer('a', marek, 'Patch-Status: accepted')
    const outside = (letters: readonly Letter[]): Outside => ({
      ...nothingOutside,
      statements: topicsOf(letters).flatMap(closingsOf),
    })
    expect(outside([fix]).statements).toEqual([])
    const state = (letters: readonly Letter[]) => topicsOf(letters, rules, outside([fix, accepted]))[0]
    expect(state([bug])).toMatchObject({ state: 'fixed', history: [{ mail: 'a@example.org', effect: true }] })
    expect(state([bug, say('b', marek, 'Bug-Status: reopened', { minute: 90 })])?.state).toBe('reopened')
    expect(state([bug, say('b', marek, 'Bug-Status: confirmed', { minute: 30 })])?.state).toBe('fixed')
  })

  it('is closed by number where the number was known', () => {
    const numbers = new Map([[12, { id: 'bug@example.org' as MessageId, since: start }]])
    const closes = (number: number) => {
      const letters = [
        patch,
        answer('c', ines, `Closes: #${number}`),
        answer('a', marek, 'Patch-Status: accepted'),
      ]
      return topicsOf(letters, rules, { ...nothingOutside, numbers })[0]
    }
    expect(closes(12)?.claims).toContainEqual({
      mail: 'c@example.org',
      what: 'closes',
      target: 'bug@example.org',
    })
    const unknown = closes(13)
    expect(unknown?.claims).toEqual([])
    expect(unknown?.history.find(({ what }) => what === 'Closes')).toMatchObject({
      effect: false,
      reason: 'there was no bug #13 when it was said',
    })
  })

  it('is not made of spam by the lines in it', () => {
    const spam: Letter = {
      id: 'spam',
      from: 'Lucky Winner <winner@casino.example.com>',
      subject: 'You have won',
      body: 'Dear friend, claim your prize today.\n\nType: bug\nBug-Status: confirmed\nTitle: Not spam',
    }
    for (const by of [rules, openRules]) {
      const topic = topicOf([spam], by)
      expect(topic.kind).toBe('spam')
      expect(topic.history.map(({ effect }) => effect)).toEqual([false, false, false])
    }
  })
})

describe('a person with a role', () => {
  const hello = (from: string): Letter => ({
    id: 'hello',
    from,
    subject: 'Hello',
    body: 'Good morning to all of you.',
  })

  it('is no stranger, whatever the first mail looks like', () => {
    expect(topicOf([hello(marek)], rules).kind).toBe('discussion')
    expect(topicOf([hello(marek.replace(/<.*>/, '<marek@casino.example.com>'))], rules).kind).toBe('spam')
  })
})

describe('a line of another thread', () => {
  const bug: Letter = { id: 'bug', from: kenji, subject: '[BUG] wal: wrong sum', body: 'It crashes.' }
  const numbers = new Map([[12, { id: 'bug@example.org' as MessageId, since: start }]])
  const say = (id: string, from: string, body: string, more: Partial<Letter> = {}) =>
    answer(id, from, body, { subject: 'Re: [BUG] wal: wrong sum', answers: 'bug', ...more })
  /** The topics of the second letters, with what the topics of the first ones say of them. */
  const hear = (away: readonly Letter[], home: readonly Letter[], by: Rules = rules) => {
    const said = topicsOf(away, by, { ...nothingOutside, numbers }).flatMap(topic => topic.statements ?? [])
    const [topic] = topicsOf(home, by, { ...nothingOutside, numbers, statements: said.toReversed() })
    if (!topic) throw new Error('There is no topic')
    return topic
  }
  const effects = (topic: Topic) => topic.history.map(({ mail, effect }) => [mail.split('@')[0], effect])

  it('has its effect there, at its time, and is told here without a decision', () => {
    const away = [patch, answer('a', marek, 'Bug-Status: #12 fixed in 1.4\nSeverity: #12 high')]
    const topic = hear(away, [bug, say('b', marek, 'Bug-Status: confirmed', { minute: 30 })])
    expect(topic).toMatchObject({ state: 'fixed', bug: { severity: 'high' } })
    expect(effects(topic)).toEqual([
      ['b', true],
      ['a', true],
      ['a', true],
    ])
    expect(change(topic, 'a')?.vouch).toMatchObject({ role: 'maintainer', grade: 'A' })
    expect(hear(away, [bug, say('b', marek, 'Bug-Status: reopened', { minute: 90 })]).state).toBe('reopened')
    const [own] = topicsOf(away, rules, { ...nothingOutside, numbers })
    expect(own?.history).toMatchObject([
      { what: 'Bug-Status', effect: false, reason: null, sent: { target: 'bug@example.org', bug: 12 } },
      { what: 'Severity', effect: false, reason: null, sent: { target: 'bug@example.org', bug: 12 } },
    ])
  })

  it('needs the same right as in the thread', () => {
    const by = (from: string, verdict = signed) =>
      hear([patch, answer('a', from, 'Bug-Status: #12 fixed', { verdict })], [bug])
    expect(by(ines).state).toBe('new')
    expect(change(by(ines), 'a')?.reason).toBe(
      '"fixed" needs a maintainer of the list or a robot of the list',
    )
    expect(change(by(marek, onlyFrom), 'a')).toMatchObject({ effect: false, unconfirmed: true })
    expect(by(marek).state).toBe('fixed')
  })

  it('is no answer to what another maintainer decided, unless it stands below it', () => {
    const decided = say('d', marek, 'Bug-Status: wontfix', { minute: 10 })
    const topic = hear([patch, answer('a', priya, 'Bug-Status: #12 fixed')], [bug, decided])
    expect(topic.state).toBe('wontfix')
    expect(change(topic, 'a')).toMatchObject({ effect: false, against: 'd@example.org' })
    const proposed = { ...patch, answers: 'd', minute: 20 }
    const thread = [bug, decided, proposed, answer('a', priya, 'Bug-Status: #12 fixed')]
    const bugOf = hear(thread, thread)
    expect(bugOf).toMatchObject({ kind: 'bug', state: 'fixed' })
  })

  it('is taken back from either side', () => {
    const away = [patch, answer('a', marek, 'Bug-Status: <bug@example.org> fixed')]
    const here = hear([...away, answer('u', marek, 'Undo: <a@example.org>', { minute: 90 })], [bug])
    const there = hear(away, [bug, say('u', priya, 'Undo: <a@example.org>', { minute: 90 })])
    const forged = hear(away, [bug, say('u', ines, 'Undo: <a@example.org>', { minute: 90 })])
    expect([here.state, there.state, forged.state]).toEqual(['new', 'new', 'fixed'])
    for (const topic of [here, there])
      expect(change(topic, 'a')).toMatchObject({ effect: false, undone: { mail: 'u@example.org' } })
  })

  it('changes the patch that it names, and nothing before it was posted', () => {
    const away = [bug, say('a', marek, 'Patch-Status: <v1@example.org> accepted')]
    const topic = hear(away, [{ ...patch, minute: 90 }])
    expect(topic).toMatchObject({ state: 'accepted', history: [{ said: start + 90 * 60_000 }] })
    const fix = { ...patch, body: diff('one').replace('Words.', 'Words.\n\nCloses: <other@example.org>') }
    expect(closingsOf(hear(away, [fix]))).toMatchObject([
      { what: 'closing', mail: 'a@example.org', target: 'other@example.org' },
    ])
  })

  it('says of the bug it names that it repeats another one, and nothing of its own thread', () => {
    const other = { ...bug, id: 'other', subject: '[BUG] wal: no sum' }
    const away = [
      other,
      say('a', marek, 'Bug-Status: #12 duplicate <third@example.org>', { answers: 'other' }),
    ]
    const claim = { mail: 'a@example.org', what: 'duplicate', target: 'third@example.org' }
    expect(hear(away, [bug])).toMatchObject({ state: 'duplicate', claims: [claim] })
    expect(topicsOf(away, rules, { ...nothingOutside, numbers })[0]).toMatchObject({
      state: 'new',
      claims: [],
    })
  })

  it('is not handed on where the list knows no such bug, nor by a stranger whose thread looks like spam', () => {
    const [unknown] = topicsOf([patch, answer('a', marek, 'Bug-Status: #13 fixed')])
    expect(unknown).not.toHaveProperty('statements')
    expect(unknown && change(unknown, 'a')?.reason).toBe('there was no bug #13 when it was said')
    const spam: Letter = {
      id: 'spam',
      from: 'Lucky Winner <winner@casino.example.com>',
      subject: 'You have won',
      body: 'Dear friend, claim your prize today.\n\nBug-Status: #12 fixed',
    }
    expect(hear([spam], [bug], openRules).state).toBe('new')
  })

  it('is one of not too many: twenty of a topic, and of those that reach one the confirmed first', () => {
    const many = (verdict: Verdict, from: string, count: number, name: string) =>
      Array.from({ length: count }, (_, index) =>
        answer(`${name}${index}`, from, 'Labels: #12 +seen', { verdict, minute: index, answers: name }),
      )
    const [busy] = topicsOf([{ ...patch, id: 'busy' }, ...many(signed, marek, 21, 'busy')], rules, {
      ...nothingOutside,
      numbers,
    })
    expect(busy?.statements).toHaveLength(20)
    expect(busy?.history.at(-1)?.reason).toBe('more than 20 mails of this topic speak of other topics')
    const flood = (busy?.statements ?? []).flatMap(statement =>
      Array.from({ length: 20 }, (_, copy) => ({
        ...statement,
        mail: `${copy}-${statement.mail}` as MessageId,
        verdict: onlyFrom,
      })),
    )
    const late = topicsOf([patch, answer('a', marek, 'Bug-Status: #12 fixed', { minute: 900 })], rules, {
      ...nothingOutside,
      numbers,
    }).flatMap(topic => topic.statements ?? [])
    const [topic] = topicsOf([bug], rules, { ...nothingOutside, numbers, statements: [...flood, ...late] })
    expect(topic?.state).toBe('fixed')
    expect(topic?.history).toHaveLength(200)
  })
})
