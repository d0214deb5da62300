import { describe, expect, it } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import {
  arrivalWithMailmap,
  parseMailmap,
  rostersWithMailmap,
  withMailmap,
} from '../../../tracker/topic/mailmap.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import { dkimOf } from '../../verdicts.ts'
import { arrivalOf } from '../threads.ts'

const text = `# people
Ines Oduya <ines@example.org> <ines@old.example.com>
Marek Tolvanen <marek@example.org>
<priya@example.com> <priya@laptop.example.net>  # her machine
Ruth Abellan <ruth@example.org> build <root@example.org>
not a line
`
const mailmap = parseMailmap(text)

function mail(id: string, from: string, subject: string, number: number) {
  return arrivalOf(
    Buffer.from(
      `From: ${from}\nSubject: ${subject}\nDate: Mon, ${number} Mar 2026 10:00:00 +0000\nMessage-ID: <${id}@example.org>\n\nWords.\n---\ndiff --git a/wal.c b/wal.c\n--- a/wal.c\n+++ b/wal.c\n@@ -1 +1 @@\n-a\n+b${number}\n`,
    ),
  )
}

describe('a .mailmap', () => {
  it('has the four forms of gitmailmap(5), and comments', () => {
    expect(mailmap).toEqual([
      {
        address: 'ines@old.example.com',
        name: null,
        person: { name: 'Ines Oduya', address: 'ines@example.org' },
      },
      {
        address: 'marek@example.org',
        name: null,
        person: { name: 'Marek Tolvanen', address: 'marek@example.org' },
      },
      { address: 'priya@laptop.example.net', name: null, person: { name: '', address: 'priya@example.com' } },
      {
        address: 'root@example.org',
        name: 'build',
        person: { name: 'Ruth Abellan', address: 'ruth@example.org' },
      },
    ])
  })

  it('makes one person of several addresses, so that a reroll from another machine finds its first version', () => {
    const v1 = mail('v1', 'Priya <priya@example.com>', '[PATCH] wal: sum', 2)
    const v2 = mail('v2', 'ps <priya@laptop.example.net>', '[PATCH v2] wal: sum', 3)
    const topics = (arrivals: (typeof v1)[]) =>
      fold(arrivals, openRules, { established: new Set() }).topics.map(topic => topic.revisions.length)
    expect(topics([v1, v2])).toEqual([1, 1])
    const known = [v1, v2].map(arrival => arrivalWithMailmap(arrival, mailmap))
    expect(topics(known)).toEqual([2])
  })

  it('means by a vouched address whom it means by the sender, and nobody else', () => {
    const vouched = (from: string, identity: string) => {
      const arrival = {
        ...mail('v', from, '[PATCH] x', 4),
        verdict: { grade: 'A', how: dkimOf('example.org'), identity } as const,
      }
      const { facts, verdict } = arrivalWithMailmap(arrival, mailmap)
      return [facts.sender.address, verdict?.identity]
    }
    expect(vouched('Bo <bo@example.net>', 'bo@example.net')).toEqual(['bo@example.net', 'bo@example.net'])
    expect(vouched('Ines <ines@old.example.com>', 'ines@old.example.com')).toEqual([
      'ines@example.org',
      'ines@example.org',
    ])
    expect(vouched('Ines <ines@old.example.com>', 'bo@example.net')).toEqual([
      'ines@example.org',
      'bo@example.net',
    ])
  })

  it('gives a role to whom it means by its holder', () => {
    const entry = (address: string, aliases?: string[]) => ({
      person: { name: 'Ines Oduya', address },
      role: 'maintainer' as const,
      paths: [],
      ...(aliases && { aliases }),
    })
    const bo = entry('bo@example.net')
    const old = entry('ines@old.example.com', ['ines@home.example.net'])
    expect(rostersWithMailmap([{ since: 0, people: [old, bo] }], mailmap)).toEqual([
      {
        since: 0,
        people: [entry('ines@old.example.com', ['ines@home.example.net', 'ines@example.org']), bo],
      },
    ])
  })

  it('leaves a maintainer his say who is configured by an address that it maps', () => {
    const patch = mail('v1', 'Priya <priya@example.com>', '[PATCH] wal: sum', 2)
    const word = arrivalOf(
      Buffer.from(
        'From: Ines Oduya <ines@old.example.com>\nSubject: Re: [PATCH] wal: sum\nDate: Mon, 9 Mar 2026 10:00:00 +0000\nMessage-ID: <a@example.org>\nIn-Reply-To: <v1@example.org>\n\nPatch-Status: accepted\n',
      ),
    )
    const verdict = { grade: 'A', how: dkimOf('old.example.com'), identity: 'ines@old.example.com' } as const
    const people = [
      { person: { name: '', address: 'ines@old.example.com' }, role: 'maintainer', paths: [] } as const,
    ]
    const rules = { ...openRules, rosters: rostersWithMailmap([{ since: 0, people }], mailmap) }
    const arrivals = [patch, { ...word, verdict }].map(arrival => arrivalWithMailmap(arrival, mailmap))
    expect(fold(arrivals, rules, { established: new Set() }).topics.map(({ state }) => state)).toEqual([
      'accepted',
    ])
  })

  it('leaves others alone, and an address whose line asks for another name', () => {
    const { facts } = mail('r', 'Somebody <root@example.org>', '[PATCH] x', 4)
    expect(withMailmap(facts, mailmap).sender).toEqual({ name: 'Somebody', address: 'root@example.org' })
  })
})
