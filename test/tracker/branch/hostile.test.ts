// A repository that wants to break its reader: names with line ends and quotes, bytes of no charset, escape bytes,
// commits of an odd form, messages and files that look like git's own output, and configuration that runs programs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readCommits } from '../../../tracker/branch/read-commits.ts'
import type { CommitFacts } from '../../../tracker/topic/commit.ts'
import { lines, Project } from './project.ts'

vi.setConfig({ testTimeout: 120_000 })

let project: Project
let commits: Map<string, CommitFacts>
const ids = new Map<string, string>()

beforeAll(async () => {
  project = await Project.start()
  const add = (name: string, message: string | Buffer) => {
    project.git('add', '-A')
    writeFileSync(join(project.dir, 'message'), message)
    project.git('commit', '-q', '--allow-empty', '--cleanup=verbatim', '-F', join(project.dir, 'message'))
    ids.set(name, project.git('rev-parse', 'HEAD'))
  }
  const long = 'x'.repeat(250)
  mkdirSync(join(project.repository, long, long, long), { recursive: true })
  project.file(join(long, long, long, 'deep.c'), 'int deep;\n')
  project.file('a\nb\t"c"\\.c', 'int odd;\n')
  project.file('\u001b[31mred', 'int red;\n')
  writeFileSync(
    Buffer.concat([Buffer.from(`${project.repository}/`), Buffer.from([0x66, 0xe9, 0xff])]),
    'int bytes;\n',
  )
  add('names', 'odd names')
  const [first = ''] = ids.values()
  project.file('forged.c', `${first}\n\ncommit ${first}\n-- \ndiff --git a/x b/x\n${first}`)
  add('forged', `${first}\n\n${first} commit 3\nabc\ndiff --git a/y b/y\n`)
  add(
    'escapes',
    Buffer.from(
      '\u001b]0;owned\u0007\u001b[2J title\n\nCloses: <bug\u001b[1m@example.com>\n\u202ereversed\n',
    ),
  )
  add('latin', Buffer.from([0x66, 0xfc, 0x72, 0x0a]))
  add('empty', '\n\n')
  add('large', `large\n\n${'Closes: #1\n'.repeat(60_000)}`)
  project.file('large.txt', `${'y'.repeat(6 * 1024 * 1024)}\n`)
  add('much', 'a large file')
  const tree = project.git('rev-parse', 'HEAD^{tree}')
  const raw = (name: string, text: string) => {
    writeFileSync(join(project.dir, 'object'), text)
    const id = project.git('hash-object', '-t', 'commit', '-w', '--literally', join(project.dir, 'object'))
    ids.set(name, id)
  }
  raw('no-author', `tree ${tree}\ncommitter <> 99999999999999 +0000\n\nno author\n`)
  raw(
    'long-ago',
    `tree ${tree}\nauthor A <a@example.org> -99999999999 +0000\ncommitter A <a@example.org> -99999999999 +0000\n\nlong ago\n`,
  )
  project.git('config', 'diff.external', `touch ${project.dir}/ran`)
  project.git('config', 'diff.evil.textconv', `touch ${project.dir}/ran;cat`)
  project.git('config', 'diff.evil.command', `touch ${project.dir}/ran`)
  project.git('config', 'core.fsmonitor', `touch ${project.dir}/ran`)
  project.git('config', 'diff.noprefix', 'true')
  project.git('config', 'diff.context', '0')
  writeFileSync(join(project.repository, '.git', 'info', 'attributes'), '* diff=evil\n')
  const all = [...ids.values()]
  commits = new Map((await readCommits(project.repository, all)).map(facts => [facts.id, facts]))
}, 120_000)
afterAll(() => project.end())

const commit = (name: string) => commits.get(ids.get(name) ?? '')

const ran = () => existsSync(join(project.dir, 'ran'))

test('every commit is read, each with its own diff, and nothing that the repository names was run', () => {
  expect(ran()).toBe(false)
  expect(commits.size).toBe(ids.size)
  expect(commit('names')?.paths).toHaveLength(4)
  expect(commit('names')?.paths).toContain('a\nb\t"c"\\.c')
  expect(commit('forged')).toMatchObject({ paths: ['forged.c'] })
  expect(commit('empty')).toMatchObject({ title: '', paths: [], patchIds: [] })
  expect(commit('latin')?.title).toBe('für')
})

test('the patch-ids are those that git prints, whatever the configuration says', () => {
  for (const name of ['names', 'forged']) {
    const id = ids.get(name) ?? ''
    const diff = execFileSync('git', [
      '-C',
      project.repository,
      '-c',
      'core.fsmonitor=false',
      'diff-tree',
      '-p',
      '--no-ext-diff',
      '--no-textconv',
      id,
    ])
    const [ours] = execFileSync('git', ['patch-id', '--stable'], { input: diff, encoding: 'utf8' }).split(' ')
    expect(commit(name)?.patchIds).toEqual([ours])
  }
})

test('what is too large is bounded, and odd times are times', () => {
  expect(commit('large')?.closes).toEqual(['#1'])
  expect(commit('much')).toMatchObject({ title: 'a large file', patchIds: [] })
  expect(commit('no-author')?.author).toEqual({ name: '', address: '' })
  for (const name of ['no-author', 'long-ago'])
    expect(() => new Date(commit(name)?.at ?? Number.NaN).toISOString()).not.toThrow()
})

test('it is followed to its end, and nothing that it names was run', async () => {
  expect(await project.follow()).toBeNull()
  const { count } = await project.db
    .selectFrom('git_commit')
    .select(eb => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  expect(Number(count)).toBe(8)
  expect(ran()).toBe(false)
})

test('a repository that is broken or gone is told, and what was read stays', async () => {
  project.file('fine.c', lines(1, 3))
  await project.configure({ repository: join(project.dir, 'nowhere') })
  expect(await project.follow()).toMatch(/there is no directory/)
  await project.configure({ repository: project.dir })
  expect(await project.follow()).toMatch(/not a git repository/)
  expect(await project.db.selectFrom('branch').select('name').execute()).toEqual([{ name: 'main' }])
  await project.configure({ repository: null })
  await project.follow()
  expect(await project.db.selectFrom('git_commit').select('id').execute()).toEqual([])
})
