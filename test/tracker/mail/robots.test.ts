// A robot is its entry in the table: whatever treats robots does as the entry says, for each of them. A new one needs a
// mail of its own here and, with `check`, `begins` or `behind`, its name in the lists at the end.

import { describe, expect, it, test } from 'vitest'
import { seq } from '../../../base/ids.ts'
import { mayAnswer } from '../../../tracker/answer/may-answer.ts'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { type RobotName, reportAddress, robotNames, traitsOf } from '../../../tracker/mail/robots.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import { vouchedFacts } from '../../../tracker/topic/vouched.ts'
import { onlyFrom } from '../../verdicts.ts'
import { arrivalOf } from '../threads.ts'

type Headers = Readonly<Record<string, string>>

/** What each is known by. */
const known: Record<RobotName, Headers> = {
  'moved-posting': { 'X-Threadwork-Origin': 'github pull 12' },
  moved: { 'X-Threadwork-Origin': 'github issue 12' },
  vacation: { 'Auto-Submitted': 'auto-replied' },
  bounce: { From: 'Mail Delivery System <mailer-daemon@example.net>' },
  'syzbot-report': { From: 'syzbot <syzbot+0123456789abcdef0123@example.net>' },
  'syzbot-reply': { From: 'syzbot ci <syzbot+ci0123456789@example.net>' },
  'patchwork-bot': { From: 'patchwork-bot+tarn@example.net' },
  'pr-tracker-bot': { From: 'pr-tracker-bot@example.net' },
  'tip-bot2': { From: 'tip-bot2 for Ruth <tip-bot2@example.net>' },
  'bpf-ci': { From: 'bot+bpf-ci@example.net' },
  'b4-ty': { 'Message-ID': '<177.1.b4-ty@example.org>' },
  'kernel-test-robot': { From: 'kernel test robot <robot@example.net>' },
  lkft: { From: 'lkft@example.net' },
  'bugzilla-new': { 'X-Bugzilla-Type': 'new', 'X-Bugzilla-Who': 'Kenji@example.org' },
  'bugzilla-changed': { 'X-Bugzilla-Type': 'changed', 'X-Bugzilla-Who': 'kenji@example.org' },
  gerrit: { 'X-Gerrit-MessageType': 'newchange' },
  coverity: { From: 'scan-admin@coverity.com', Subject: 'New Defects reported by Coverity Scan for tarn' },
  jenkins: { 'X-Jenkins-Job': 'tarn-main' },
  forge: { 'X-GitHub-Sender': 'ruth' },
  automatic: { 'Auto-Submitted': 'auto-generated' },
  'bugzilla-admin': { From: 'bugzilla-daemon@example.net', 'X-Bugzilla-Who': 'kenji@example.org' },
}

const diff =
  'Words.\n\nSigned-off-by: Ines <ines@example.org>\n---\ndiff --git a/wal.c b/wal.c\n--- a/wal.c\n+++ b/wal.c\n@@ -1 +1 @@\n-one\n+two\n'

function bytes(headers: Headers, body: string): Buffer {
  const all: Headers = {
    From: 'Ruth Abellan <ruth@example.org>',
    Subject: 'wal: the sum is torn',
    Date: 'Mon, 16 Mar 2026 11:00:00 +0000',
    'Message-ID': '<r@example.org>',
    ...headers,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\n`)
  return Buffer.from(`${head.join('')}\n${body}`)
}

const mail = (headers: Headers, body: string): Arrival => arrivalOf(bytes(headers, body))
const patch = mail(
  {
    From: 'Ines Oduya <ines@example.org>',
    Subject: '[PATCH] wal: sum',
    'Message-ID': '<p@example.org>',
    Date: 'Mon, 16 Mar 2026 10:00:00 +0000',
  },
  diff,
)
const answering = { 'In-Reply-To': '<p@example.org>', Subject: 'Re: [PATCH] wal: sum' }
/** Nothing vouches for it. */
const heard = ({ facts }: Arrival) => vouchedFacts(facts, onlyFrom)
const topicOf = (...arrivals: Arrival[]) => fold(arrivals, openRules, { established: new Set() }).topics[0]

describe.each(robotNames)('%s', name => {
  const traits = traitsOf(name)
  const own = known[name]

  it('is known, and told beside its mail', () => {
    expect(mail(own, 'It is torn.\n').facts.robot).toBe(name)
    expect(topicOf(mail(own, 'It is torn.\n'))?.robots).toMatchObject([{ class: name }])
  })

  it('posts where its entry says so', () => {
    const { posting } = heard(mail({ ...own, Subject: '[PATCH] wal: sum' }, diff))
    expect(posting).toBe(traits.posts ? 'patch' : 'none')
  })

  it('begins a bug, a report or nothing of its own', () => {
    const { bugSign, begins } = traits
    expect(topicOf(mail(own, 'It is torn.\n'))?.kind).toBe(bugSign ? 'bug' : (begins ?? 'discussion'))
  })

  it('changes a state by its lines only where its entry says so', () => {
    const { tags } = heard(mail({ ...own, ...answering }, 'Patch-Status: accepted\n'))
    expect(tags.map(({ tag }) => tag)).toEqual(traits.tags ? ['Patch-Status'] : [])
  })

  it('is nobody who applies a patch when nobody wrote its mail', () => {
    const said = mail({ ...own, ...answering }, 'Applied, thanks.\n')
    const { behind, check } = traitsOf(said.facts.robot)
    const accepted = behind !== 'nobody' && check === null && !traitsOf(said.facts.robot).foreign
    expect(topicOf(patch, said)?.state).toBe(accepted ? 'accepted' : 'new')
  })

  it('gives a check with its answer as its entry says', () => {
    const said = mail({ ...own, ...answering }, 'The build of this patch was run.\n')
    const { check } = traitsOf(said.facts.robot)
    expect(topicOf(patch, said)?.checks.map(({ state }) => state)).toEqual(check ? [check] : [])
  })

  it('is itself its sender, and says in whose name it writes', () => {
    const { sender, behalf } = mail(own, 'It is torn.\n').facts
    expect(sender.address).not.toBe('kenji@example.org')
    expect(behalf).toEqual(traits.personIn === null ? undefined : { name: '', address: 'kenji@example.org' })
  })

  it('is claimed by the address of a report where each has one', () => {
    const address = mail(own, '').facts.sender.address
    expect(reportAddress(address)).toBe(traits.reportAddress ? address : null)
  })

  it('gets no mail', () => {
    const raw = bytes(own, 'It is torn.\n')
    const { facts } = arrivalOf(raw)
    const trace = '2026-03-16T11:00:05.000Z'
    const arrival = {
      seq: seq(1),
      facts,
      headers: decodeMail(raw).headers,
      envelope: { road: 'smtp', from: 'x@example.net', trace },
      verdict: { grade: 'A' as const, identity: facts.sender.address },
    }
    const situation = {
      now: new Date('2026-03-16T11:30:00Z'),
      own: 'threadwork@lists.example.org',
      lists: [],
      robots: [],
      trust: 'verified' as const,
      kind: 'discussion' as const,
      imposters: false,
      recent: true,
    }
    expect(mayAnswer([arrival], situation)).toHaveProperty('reason')
    expect(traits.answered).toBe(false)
  })
})

describe('without the fields that it is known by', () => {
  const daemon = { From: 'Pump bugs <bugs@example.net>' }
  const newBug = [
    'https://bugs.example.net/show_bug.cgi?id=12',
    '',
    '            Bug ID: 12',
    '           Summary: the hose leaks',
    '           Product: pump',
    '            Status: NEW',
    '',
    'Water everywhere.',
    '',
  ].join('\n')
  const comment = [
    'https://bugs.example.net/show_bug.cgi?id=12',
    '',
    '--- Comment #3 from Ruth Alder <ruth@example.net> ---',
    'I see it, too.',
    '',
  ].join('\n')
  const table = [
    'Ruth Alder <ruth@example.net> changed:',
    '',
    '           What    |Removed                     |Added',
    '----------------------------------------------------------------------------',
    '             Status|NEW                         |RESOLVED',
    '         Resolution|---                         |FIXED',
    '',
  ].join('\n')
  const review = [
    'Ruth Alder has uploaded this change for review.',
    '',
    '-- ',
    'To view, visit https://review.example.net/c/pump/+/12',
    '',
    'Gerrit-Project: pump',
    'Gerrit-Branch: main',
    'Gerrit-MessageType: newchange',
    '',
  ].join('\n')

  it.each<[RobotName, string, string]>([
    ['bugzilla-new', '[Bug 12] New: the hose leaks', newBug],
    ['bugzilla-changed', '[Bug 12] the hose leaks', comment],
    ['bugzilla-changed', '[Bug 12] the hose leaks', table],
    ['gerrit', 'Change in pump[main]: hose: wind it', review],
    ['gerrit', '[S] Change in pump[main]: hose: wind it', review],
  ])('%s is told by subject and text: %s', (name, subject, body) => {
    expect(mail({ ...daemon, Subject: subject }, body).facts.robot).toBe(name)
  })

  it('a bug that it closes is fixed', () => {
    const first = mail(
      { ...daemon, Subject: '[Bug 12] New: the hose leaks', 'Message-ID': '<b0@example.net>' },
      newBug,
    )
    const closed = mail(
      {
        ...daemon,
        Subject: '[Bug 12] the hose leaks',
        'Message-ID': '<b1@example.net>',
        'In-Reply-To': '<b0@example.net>',
      },
      table,
    )
    expect(topicOf(first, closed)).toMatchObject({ kind: 'bug', bug: { status: 'fixed' } })
  })

  it.each([
    ['Re: [Bug 12] the hose leaks', `Bo wrote:\n> ${comment.replaceAll('\n', '\n> ')}\n\nMe, too.\n`],
    ['[Bug 12] the hose leaks', 'I see this on my pump as well.\n'],
    ['the hose leaks', table],
    ['Change in pump[main]: hose: wind it', 'I will change it.\n'],
  ])('a person’s mail is a person’s: %s', (subject, body) => {
    expect(mail({ Subject: subject }, body).facts.robot).toBeNull()
  })
})

test('the entries say so', () => {
  const having = (pick: (name: RobotName) => unknown) => robotNames.filter(name => pick(name))
  expect(having(name => traitsOf(name).behind === 'nobody')).toEqual(['vacation', 'bounce'])
  expect(having(name => traitsOf(name).check === 'fail')).toEqual(['syzbot-reply', 'kernel-test-robot'])
  expect(having(name => traitsOf(name).check === 'warning')).toEqual(['bpf-ci'])
  expect(having(name => traitsOf(name).begins === 'report')).toEqual([
    'syzbot-reply',
    'syzbot-report',
    'kernel-test-robot',
    'lkft',
    'gerrit',
    'coverity',
    'jenkins',
    'forge',
  ])
})

test('a robot that only the people of a list name tells what was done, and no mail goes to it', () => {
  expect(traitsOf(null)).toMatchObject({
    behind: 'program',
    answered: false,
    states: ['accepted', 'superseded', 'not-applicable'],
  })
})
