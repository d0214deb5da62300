// What we call a patch's id must be what git calls it, else `patchid:` finds nothing.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touchedFiles } from '../../../tracker/mail/diff.ts'
import { diffText } from '../../../tracker/mail/diff-text.ts'
import { patchId } from '../../../tracker/mail/patch-id.ts'

let dir: string
const git = (args: string[], input?: string) =>
  execFileSync('git', args, { cwd: dir, input, encoding: 'utf8', env: { ...process.env, ...identity } })
const identity = {
  GIT_AUTHOR_NAME: 'Ines Oduya',
  GIT_AUTHOR_EMAIL: 'ines@example.org',
  GIT_COMMITTER_NAME: 'Ines Oduya',
  GIT_COMMITTER_EMAIL: 'ines@example.org',
}

/** Two commits with everything a diff can hold; the mail of the second. */
let mail: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'patch-id-'))
  git(['init', '-q', '-b', 'main'])
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`)
  writeFileSync(join(dir, 'many.c'), `${lines.join('\n')}\n`)
  writeFileSync(join(dir, 'old name.txt'), 'a\nb\nc\nd\n')
  writeFileSync(join(dir, 'gone.c'), 'x\n')
  writeFileSync(join(dir, 'no-end'), 'a\nb')
  writeFileSync(join(dir, 'blob.bin'), Buffer.from([0, 1, 2, 3, 255]))
  git(['add', '-A'])
  git(['commit', '-q', '-m', 'base'])
  lines[3] = 'line three'
  lines[30] = '-- not a signature'
  lines.splice(20, 1)
  writeFileSync(join(dir, 'many.c'), `${lines.join('\n')}\n`)
  git(['mv', 'old name.txt', 'grün.txt'])
  git(['rm', '-q', 'gone.c'])
  writeFileSync(join(dir, 'no-end'), 'a\nc')
  writeFileSync(join(dir, 'blob.bin'), Buffer.from([0, 9, 2, 3, 255]))
  writeFileSync(join(dir, 'fresh.c'), 'int x;\n')
  git(['add', '-A'])
  git(['commit', '-q', '-m', 'change a lot'])
  mail = git(['format-patch', '--stdout', '--no-renames', '-1'])
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('the diff of a mail', () => {
  it('has the id that git patch-id --stable prints', () => {
    const text = git(['diff', '--no-renames', 'HEAD~', '--', 'many.c', 'gone.c', 'no-end', 'fresh.c'])
    const [ours] = git(['patch-id', '--stable'], text).split(' ')
    expect(patchId(diffText(text.split('\n')).diff)).toBe(ours)
  })

  it('has that id however the files are ordered and the white space is', () => {
    const part = (file: string) => git(['diff', '--no-renames', 'HEAD~', '--', file])
    expect(patchId(part('many.c') + part('fresh.c'))).toBe(patchId(part('fresh.c') + part('many.c')))
    const spaced = part('many.c').replace('+line three', '+line   three')
    expect(patchId(spaced)).toBe(patchId(part('many.c')))
    expect(patchId(part('many.c').replace('+line three', '+line four'))).not.toBe(patchId(part('many.c')))
  })

  it('ends where the hunks end: the signature below is no removed line', () => {
    const { diff, inDiff, damaged } = diffText(mail.split('\n'))
    expect(damaged).toBe(false)
    expect(diff).not.toMatch(/^-- $/m)
    expect(diff).toContain('+-- not a signature')
    expect(inDiff[mail.split('\n').indexOf('-- ')]).toBe(false)
  })

  it('touches the files, with the counts, that git apply --numstat says', () => {
    const numstat = git(['apply', '--numstat', '-z', '-'], mail)
    const expected = numstat
      .split('\0')
      .filter(Boolean)
      .map(row => row.split('\t'))
      .map(([added, removed, path]) => [path, Number(added) || 0, Number(removed) || 0])
    const files = touchedFiles(diffText(mail.split('\n')).diff)
    expect(files.map(file => [file.path, file.added, file.removed]).sort()).toEqual(expected.sort())
    expect(files.find(file => file.path === 'blob.bin')?.binary).toBe(true)
  })

  it('knows both names of a rename', () => {
    const text = git(['diff', '-M', 'HEAD~', '--', 'old name.txt', 'grün.txt'])
    expect(touchedFiles(diffText(text.split('\n')).diff)).toMatchObject([
      { path: 'grün.txt', from: 'old name.txt' },
    ])
  })

  it('is called damaged when a mailer wrapped a line', () => {
    const wrapped = mail.replace('+-- not a signature', '+-- not a\nsignature')
    expect(diffText(wrapped.split('\n')).damaged).toBe(true)
  })
})
