import { describe, expect, it } from 'vitest'
import { patchStateRefusal, type Roster } from '../../../tracker/topic/authority.ts'

const ines = { name: 'Ines Oduya', address: 'ines@example.org' }
const marek = { name: 'Marek Tolvanen', address: 'marek@example.org' }
const priya = { name: 'Priya Santhanam', address: 'priya@example.org' }

const roster: Roster = [
  { person: { name: '', address: 'marek@example.org' }, role: 'maintainer', paths: [] },
  { person: priya, role: 'maintainer', paths: ['net/', '*.rs', 'doc/*.txt'] },
]
const accept = (sender: typeof ines, ...files: string[]) =>
  patchStateRefusal({ state: 'accepted', sender, author: ines, files }, roster)

describe('who may set a state', () => {
  it('is anybody while no maintainer is configured', () => {
    expect(patchStateRefusal({ state: 'accepted', sender: ines, author: ines, files: [] }, [])).toBeNull()
  })

  it('is the maintainer for a final state, not the author', () => {
    expect(accept(marek, 'src/wal.c')).toBeNull()
    expect(accept(ines, 'src/wal.c')).toBe('"accepted" needs a maintainer of its files')
  })

  it('is the author for own moves, and nobody else', () => {
    const withdraw = (sender: typeof ines) =>
      patchStateRefusal({ state: 'withdrawn', sender, author: ines, files: ['src/wal.c'] }, roster)
    expect(withdraw(ines)).toBeNull()
    expect(withdraw({ name: 'Kenji Amari', address: 'kenji@example.org' })).not.toBeNull()
  })

  it.each([
    [['net/a.c', 'net/sub/b.c'], true],
    [['net/a.c', 'src/wal.c'], false],
    [['src/lib.rs'], true],
    [['doc/a.txt'], true],
    [['doc/a.md'], false],
    [['network.c'], false],
  ])('with paths holds where each file lies in them: %j %s', (files, may) => {
    expect(accept(priya, ...files) === null).toBe(may)
  })
})
