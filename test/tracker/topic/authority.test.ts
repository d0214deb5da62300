import { describe, expect, it } from 'vitest'
import type { MessageId } from '../../../base/ids.ts'
import { carerOf, patchStateRefusal } from '../../../tracker/topic/authority.ts'
import { openRules, type Roster, type Rules, rosterAt } from '../../../tracker/topic/rules.ts'
import type { PatchState } from '../../../tracker/topic/topic.ts'
import type { Node } from '../../../tracker/topic/tree.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { arcOf, dkimOf, onlyFrom } from '../../verdicts.ts'
import { arrivalOf } from '../threads.ts'

const ines = { name: 'Ines Oduya', address: 'ines@example.org' }
const marek = { name: 'Marek Tolvanen', address: 'marek@example.org' }
const priya = { name: 'Priya Santhanam', address: 'priya@example.org' }
const robot = { name: '', address: 'robot@ci.example.org' }

const roster: Roster = [
  { person: marek, aliases: ['marek@home.example.net'], role: 'maintainer', paths: [] },
  { person: priya, role: 'maintainer', paths: ['net/', '*.rs', 'doc/*.txt'] },
  { person: robot, role: 'robot', paths: [] },
  { person: { name: 'Ruth Abellan', address: 'ruth@example.org' }, role: 'reviewer', paths: [] },
]
const rules: Rules = { ...openRules, rosters: [{ since: 0, people: roster }] }
const signed: Verdict = { grade: 'A', how: dkimOf('example.org') }

function node({ name, address }: typeof ines, verdict: Verdict): Node {
  const { facts } = arrivalOf(
    Buffer.from(`From: "${name}" <${address}>\nMessage-ID: <x@example.org>\n\nYes.\n`),
  )
  const place = {
    said: 0,
    announces: false,
    note: false,
    trusted: false,
    ends: false,
    heads: false,
    automatic: false,
    depth: 0,
    parent: null,
    ghost: null,
  }
  return {
    id: 'x@example.org' as MessageId,
    facts,
    imposters: 0,
    text: '',
    texts: [],
    elsewhere: new Set(),
    judged: false,
    afterHistory: false,
    shown: null,
    landed: [],
    namedCommit: null,
    verdict,
    counts: 1,
    ...place,
  }
}

const ask = (
  state: PatchState,
  sender: typeof ines,
  verdict: Verdict,
  { files = ['src/wal.c'], decided = false, by = rules } = {},
) =>
  patchStateRefusal(state, {
    mail: node(sender, verdict),
    rules: by,
    original: node(ines, onlyFrom),
    files,
    decided,
  })?.reason ?? null

describe('who may set a state', () => {
  it('is anybody while no maintainer is configured', () => {
    expect(ask('accepted', ines, onlyFrom, { by: openRules })).toBeNull()
  })

  it('is the maintainer for a final state, not the author', () => {
    expect(ask('accepted', marek, signed)).toBeNull()
    expect(ask('accepted', ines, signed)).toBe(
      '"accepted" needs a maintainer of its files or a robot of the list',
    )
  })

  it('is the author for own moves, and nobody else', () => {
    expect(ask('withdrawn', ines, onlyFrom)).toBeNull()
    expect(ask('withdrawn', { name: 'Kenji Amari', address: 'kenji@example.org' }, signed)).not.toBeNull()
  })

  it('is not the author where a maintainer decided', () => {
    expect(ask('changes-requested', ines, signed, { decided: true })).not.toBeNull()
    expect(ask('changes-requested', marek, signed, { decided: true })).toBeNull()
  })

  it.each([
    [['net/a.c', 'net/sub/b.c'], true],
    [['net/a.c', 'src/wal.c'], false],
    [['src/lib.rs'], true],
    [['doc/a.txt'], true],
    [['doc/a.md'], false],
    [['network.c'], false],
  ])('with paths holds where each file lies in them: %j %s', (files, may) => {
    expect(ask('accepted', priya, signed, { files }) === null).toBe(may)
  })

  it('is a robot of the list for what it did', () => {
    expect(ask('accepted', robot, signed)).toBeNull()
    expect(ask('accepted', robot, onlyFrom)).not.toBeNull()
    expect(ask('rejected', robot, signed)).not.toBeNull()
  })
})

describe('how sure the list wants to be', () => {
  it('is a confirmed sender for what belongs to a role', () => {
    expect(ask('accepted', marek, onlyFrom)).toBe('"accepted" needs a confirmed sender; only From says so')
    expect(ask('accepted', marek, { grade: 'C', how: { code: 'pending' } })).toContain(
      'it is not checked yet',
    )
    expect(ask('accepted', marek, { grade: 'B', how: arcOf('lists.example.org') })).toBeNull()
  })

  it('is From alone where the list says so', () => {
    expect(ask('accepted', marek, onlyFrom, { by: { ...rules, trust: 'from' } })).toBeNull()
  })

  it('is history as it was imported, unless the list says no', () => {
    const verdict: Verdict = { grade: 'I', how: { code: 'imported' } }
    expect(ask('accepted', marek, verdict)).toBeNull()
    expect(ask('accepted', marek, verdict, { by: { ...rules, history: false } })).toContain('imported')
  })

  it('is the grade that the list sets for a state', () => {
    const by = { ...rules, needs: { accepted: 'A', deferred: 'C', withdrawn: 'B' } as const }
    expect(ask('accepted', marek, { grade: 'B', how: arcOf('lists.example.org') }, { by })).toContain(
      'there is only ARC',
    )
    expect(ask('deferred', marek, onlyFrom, { by })).toBeNull()
    expect(ask('withdrawn', ines, onlyFrom, { by })).not.toBeNull()
  })

  it('is the address: another who signs his own mail and takes the name is nobody', () => {
    const other = { name: 'Marek Tolvanen', address: 'marek@example.net' }
    expect(
      ask('accepted', other, { grade: 'A', how: dkimOf('example.net'), identity: other.address }),
    ).not.toBeNull()
  })

  it('is the signature of the sender, not of somebody else', () => {
    expect(ask('accepted', marek, { ...signed, identity: 'list@lists.example.net' })).not.toBeNull()
    expect(ask('accepted', marek, { ...signed, identity: 'marek@home.example.net' })).toBeNull()
  })

  it('is one person at all configured addresses', () => {
    expect(ask('accepted', { name: 'm', address: 'marek@home.example.net' }, signed)).toBeNull()
  })
})

describe('the roster', () => {
  const rosters = [
    { since: 100, people: roster.slice(0, 1) },
    { since: 200, people: roster },
  ]
  it('is the one in force, and before the first the first', () => {
    expect([50, 100, 199, 200].map(time => rosterAt(rosters, time).length)).toEqual([1, 1, 1, 4])
    expect(rosterAt([], 5)).toEqual([])
  })

  it('says who takes care of files by paths that hold them all', () => {
    expect(carerOf(['net/a.c'], roster)?.person).toEqual(priya)
    expect(carerOf(['net/a.c', 'src/wal.c'], roster)).toBeNull()
  })
})
