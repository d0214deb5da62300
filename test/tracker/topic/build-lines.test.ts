// Who may have a patchset built, of which revision a line speaks, and what the digits name.
import { describe, expect, it } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules, type Rules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { dkimOf, onlyFrom } from '../../verdicts.ts'
import { arrivalOf, crlf, shuffled } from '../threads.ts'
import { mailOf, type Posting } from './posted.ts'

const ada = 'Ada Example <ada@example.org>'
const marek = 'Marek Tolvanen <marek@example.org>'
const stranger = 'Noor Haddad <noor@example.net>'
const maintained: Rules = {
  ...openRules,
  secret: 'of this instance',
  approvers: ['ruth@example.net'],
  rosters: [
    {
      since: 0,
      people: [
        { person: { name: 'Marek Tolvanen', address: 'marek@example.org' }, role: 'maintainer', paths: [] },
      ],
    },
  ],
}
const signed: Verdict = { grade: 'A', how: dkimOf('example.org') }
const signedWhole: Verdict = { ...signed, covers: ['from', 'subject', 'in-reply-to'] }
const patch: Posting = {
  subject: '[PATCH] pump: stop it',
  id: 'v1@example.org',
  touches: { 'a.c': ['stop()'] },
}

interface Sent extends Posting {
  readonly verdict?: Verdict | null
  readonly known?: number
}

function arrival({ verdict = signed, known = 1, ...posting }: Sent): Arrival {
  return { ...arrivalOf(mailOf(posting)), verdict, knownAt: known }
}

function topicOf(sent: readonly Sent[], rules = maintained): Topic {
  const [topic, ...others] = fold(sent.map(arrival), rules, { established: new Set() }).topics
  if (!topic || others.length > 0) throw new Error('Not one topic')
  return topic
}

const digestOf = (topic: Topic, version = 1) =>
  topic.revisions.find(revision => revision.version === version)?.digest ?? ''

const says = (body: string, more: Partial<Sent> = {}): Sent => ({
  subject: 'Re: [PATCH] pump: stop it',
  id: 'says@example.org',
  day: 1,
  from: marek,
  answers: 'v1@example.org',
  known: 2,
  body,
  ...more,
})

const whatCame = (sent: readonly Sent[], rules?: Rules) =>
  topicOf(sent, rules).history.filter(({ what }) => what === 'CI')
const effect = (sent: readonly Sent[], rules?: Rules) => whatCame(sent, rules).map(change => change.effect)
const reason = (sent: readonly Sent[], rules?: Rules) => whatCame(sent, rules)[0]?.reason ?? null

const digits = digestOf(topicOf([patch]))

describe('the digits', () => {
  it('are eight, and the same in any order of arrival', () => {
    const series: Sent[] = [
      { subject: '[PATCH 0/2] pump: two things', id: 'c@example.org' },
      {
        subject: '[PATCH 1/2] pump: one',
        id: 'p1@example.org',
        answers: 'c@example.org',
        touches: { a: ['1'] },
      },
      {
        subject: '[PATCH 2/2] pump: two',
        id: 'p2@example.org',
        answers: 'c@example.org',
        touches: { b: ['2'] },
      },
    ]
    const first = digestOf(topicOf(series))
    expect(first).toMatch(/^[0-9a-f]{8}$/)
    for (const seed of [1, 2, 3])
      expect(digestOf(topicOf(shuffled([...series, ...series], seed)))).toBe(first)
  })

  it.each<[string, Partial<Sent>]>([
    ['another line of the diff', { touches: { 'a.c': ['stop() '] } }],
    ['another word of the message', { body: 'Because of that.' }],
    ['another author', { from: stranger }],
    ['another id', { id: 'other@example.org' }],
    ['another title', { subject: '[PATCH] pump: stop' }],
  ])('are others for %s', (_, more) => {
    expect(digestOf(topicOf([{ ...patch, ...more }]))).not.toBe(digits)
  })

  it('are the same however the lines of a mail end', () => {
    const raw = mailOf(patch)
    const twin = { ...arrivalOf(crlf(raw)), verdict: signed, knownAt: 1 }
    const [topic] = fold([twin], maintained, { established: new Set() }).topics
    expect(topic && digestOf(topic)).toBe(digits)
  })

  it('are others on another instance', () => {
    expect(digestOf(topicOf([patch], { ...maintained, secret: 'of another one' }))).not.toBe(digits)
  })

  it('are none for what is not complete, or has no patch', () => {
    expect(digestOf(topicOf([{ ...patch, subject: '[PATCH 1/2] pump: stop it' }]))).toBe('')
    expect(digestOf(topicOf([{ subject: '[PATCH 0/2] pump: two things', id: 'c@example.org' }]))).toBe('')
  })
})

describe('CI: test with digits', () => {
  it.each<[string, Partial<Sent>, boolean]>([
    ['of a maintainer', {}, true],
    ['of an approver', { from: 'Ruth Abellan <ruth@example.net>' }, true],
    ['of the author', { from: ada }, false],
    ['of a stranger', { from: stranger }, false],
    ["of a stranger with the maintainer's name", { from: 'Marek Tolvanen <marek@example.net>' }, false],
    ['of a maintainer by From alone', { verdict: onlyFrom }, false],
    ['while nobody looked yet', { verdict: null }, false],
    ['out of an archive', { verdict: { grade: 'I', how: { code: 'imported' } } }, false],
    ['signed by somebody else', { verdict: { ...signed, identity: 'noor@example.net' } }, false],
  ])('%s', (_, more, expected) => {
    expect(effect([patch, says(`CI: test ${digits}`, more)])).toEqual([expected])
  })

  it('is open to nobody on a list that names nobody or believes From', () => {
    const line = says(`CI: test ${digits}`, { verdict: onlyFrom })
    const open = { ...openRules, secret: 'of this instance' }
    expect(reason([patch, line], open)).toContain('the list has no maintainer')
    expect(effect([patch, line], { ...maintained, trust: 'from' })).toEqual([false])
    const name = says(`CI: test ${digits}`, { from: 'Marek Tolvanen <marek@example.net>' })
    expect(effect([patch, name], { ...maintained, trust: 'from' })).toEqual([false])
  })

  it('names one revision, not the one that came meanwhile', () => {
    const second: Sent = { ...patch, subject: '[PATCH v2] pump: stop it', id: 'v2@example.org', day: 0.5 }
    const [change] = whatCame([patch, second, says(`CI: test ${digits}`)])
    expect(change).toMatchObject({ effect: true, digest: digits })
    expect(digestOf(topicOf([patch, second]), 2)).not.toBe(digits)
  })

  it('is told where no revision has them', () => {
    expect(reason([patch, says('CI: test 00000000')])).toContain('no revision here has these digits')
  })

  it('is not heard in a quote or in a patch', () => {
    expect(whatCame([patch, says(`> CI: test ${digits}`)])).toEqual([])
    expect(whatCame([patch, { ...patch, body: 'CI: test', from: marek }])).toEqual([])
  })

  it('is taken back by Undo', () => {
    const undo = says('Undo: <says@example.org>', { id: 'undo@example.org', day: 2 })
    expect(whatCame([patch, says(`CI: test ${digits}`), undo])[0]).toMatchObject({ effect: false })
  })
})

describe('CI: test without digits', () => {
  it('counts where the signature covers what it answers and all was there', () => {
    expect(whatCame([patch, says('CI: test', { verdict: signedWhole })])[0]).toMatchObject({
      effect: true,
      digest: digits,
    })
  })

  it('does not where a signature could be sent below another patch', () => {
    expect(reason([patch, says('CI: test')])).toContain('without the digits')
  })

  it('does not where a mail came later, or in two texts', () => {
    const answer = says('CI: test', { verdict: signedWhole })
    expect(reason([{ ...patch, known: 3 }, answer])).toContain('not all of it was there')
    expect(reason([patch, { ...patch, body: 'Another text.', known: 3 }, answer])).toContain(
      'in one text only',
    )
  })
})

describe('CI: retest and CI: cancel', () => {
  it.each<[string, Partial<Sent>, boolean]>([
    ['of the author', { from: ada }, true],
    ['of the author by From alone', { from: ada, verdict: onlyFrom }, false],
    ["of somebody with the author's name", { from: 'Ada Example <ada@example.net>' }, false],
    ['of a maintainer', {}, true],
    ['of a stranger', { from: stranger }, false],
  ])('%s', (_, more, expected) => {
    expect(effect([patch, says('CI: retest build, unit', more)])).toEqual([expected])
    expect(effect([patch, says('CI: cancel', more)])).toEqual([expected])
    expect(effect([patch, says('Recheck-request: iol-testing', more)])).toEqual([expected])
  })

  it('speaks of the revision that it answers', () => {
    const second: Sent = { ...patch, subject: '[PATCH v2] pump: stop it', id: 'v2@example.org', day: 0.5 }
    const [old] = whatCame([patch, second, says('CI: cancel')])
    expect(old?.digest).toBe(digits)
    const [newest] = whatCame([patch, second, says('CI: cancel', { answers: 'v2@example.org' })])
    expect(newest?.digest).toBe(digestOf(topicOf([patch, second]), 2))
  })
})
