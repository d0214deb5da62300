// Our repository of published patchsets: bases are kept, looked for by what a diff names, and told apart from what nothing
// leads to.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepBranches, newestWith, openPublished, publishedRef, reachable } from '../../ci/published.ts'
import { blobsBefore } from '../../tracker/build/base.ts'

const dir = mkdtempSync(join(tmpdir(), 'threadwork-published-'))
const work = join(dir, 'work')
const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
const git = (...words: string[]) =>
  execFileSync('git', [...who, ...words], { cwd: work, encoding: 'utf8' }).trim()
const commit = (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text)
  git('add', '-A')
  git('commit', '-q', '--allow-empty', '-m', 'change')
  return git('rev-parse', 'HEAD')
}
const blob = (at: string) => git('rev-parse', at)

let published = ''
const commits: string[] = []

beforeAll(async () => {
  mkdirSync(work)
  git('init', '-q', '-b', 'main')
  commits.push(
    commit({ a: '1', b: '1' }),
    commit({ a: '2' }),
    commit({ b: '2' }),
    commit({ c: '1' }),
    commit({ a: '3' }),
  )
  published = (await openPublished(dir)).repository
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('branches', () => {
  it('are kept as they stand, and what they lost stays reachable', async () => {
    const source = { name: 'tarn', path: work }
    expect(await keepBranches(published, source, ['main', 'lacking'])).toEqual([
      { branch: 'main', head: commits[4] },
    ])
    expect(await reachable(published, 'tarn', commits[1]?.slice(0, 12) ?? '')).toMatchObject({
      commit: commits[1],
      byBranch: true,
    })
    git('checkout', '-q', '-b', 'side')
    const lost = commit({ d: '1' })
    expect(await reachable(published, 'tarn', lost)).toBeNull()
    expect(await reachable(published, 'tarn', '--all')).toBeNull()
  })
})

describe('the newest commit with some blobs', () => {
  it.each([
    [{ a: 4, b: 4 }, 4],
    [{ a: 3 }, 3],
    [{ a: 1, b: 1 }, 1],
    [{ a: 0 }, 0],
    [{ a: 0, b: 2 }, null],
  ])('%j is commit %s', async (wanted, expected) => {
    const blobs = new Map(
      Object.entries(wanted).map(([path, at]) => [path, blob(`${commits[at]}:${path}`).slice(0, 8)]),
    )
    const found = await newestWith(published, commits[4] ?? '', blobs)
    expect(found === null ? null : commits.indexOf(found)).toBe(expected)
  })

  it('takes what a diff names of each file first', () => {
    const diff = (path: string, was: string, now: string) =>
      `diff --git a/${path} b/${path}\nindex ${was}..${now} 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-1\n+2\n`
    const texts = [
      diff('a', '1111111', '2222222'),
      diff('a', '2222222', '3333333') + diff('n', '0000000', '4444444'),
    ]
    expect([...blobsBefore(texts)]).toEqual([['a', '1111111']])
  })
})

describe('the ref of a revision', () => {
  it.each(['demo', 'a..b', 'net.', 'x.lock', 'a...lock'])('is one that git takes, of the list %s', list => {
    const ref = publishedRef(list, 'abcdefghijklmnop', 3)
    expect(() => git('check-ref-format', ref)).not.toThrow()
  })
})
