// A git that is ended while it writes a diff: half of one would have another patch-id, and the patch would never be
// found to be in the branch.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readCommits } from '../../../tracker/branch/read-commits.ts'

const path = process.env.PATH ?? ''
let room = ''
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'threadwork-test-'))
})
afterEach(() => {
  process.env.PATH = path
  rmSync(room, { recursive: true })
})

const git = (...words: string[]) =>
  execFileSync('git', ['-C', room, '-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', ...words], {
    encoding: 'utf8',
  }).trim()

/** Two commits, the newest first. */
function twoCommits(): string[] {
  git('init', '-q')
  for (const name of ['one', 'two']) {
    writeFileSync(join(room, name), `${name}\n`.repeat(40))
    git('add', name)
    git('commit', '-qm', name)
  }
  return git('rev-list', 'HEAD').split('\n')
}

/** From now on git dies after so many bytes of a diff. */
function dyingGit(bytes: number): void {
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const file = join(room, 'git')
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in *diff-tree*) '${real}' "$@" | head -c ${bytes}; kill -9 $$;; *) exec '${real}' "$@";; esac\n`,
  )
  chmodSync(file, 0o755)
  process.env.PATH = `${room}${delimiter}${path}`
}

it('a diff in which git was ended is left out, the ones before it count', async () => {
  const ids = twoCommits()
  const [newest, oldest] = await readCommits(room, ids)
  expect(oldest).toMatchObject({ patchIds: [expect.any(String)], paths: ['one'] })
  dyingGit(500)
  expect(await readCommits(room, ids)).toEqual([newest, { ...oldest, patchIds: [], paths: [], lines: [] }])
})
