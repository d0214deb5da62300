// What is read of a commit before anything of it runs, and what is refused. Without a sandbox, so that it runs anywhere.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobSchema } from '../../ci/job.ts'
import { jobOf } from './job-of.ts'
import { type Files, Repository, script } from './repository.ts'
import { Machine } from './rig.ts'

let machine: Machine
beforeAll(async () => {
  machine = await Machine.open('none')
}, 60_000)
afterAll(() => machine.remove())

const whyOf = async (files: Files): Promise<string> => {
  const { result, log } = await machine.build(files)
  expect({ outcome: result.outcome, steps: result.steps, log }).toEqual({
    outcome: 'failure',
    steps: [],
    log: '',
  })
  return result.why ?? ''
}
const ok = script('echo built')

test('a commit without an executable file as its script is a failure that says what to do', async () => {
  expect(await whyOf({ 'a.c': 'a\n' })).toMatch(/^There is no \.ci\/build in [0-9a-f]{40}$/)
  expect(await whyOf({ '.ci/build': 'echo\n' })).toBe(
    '.ci/build is no executable file (git has mode 100644); allowed: 100755, made by git update-index --chmod=+x',
  )
  expect(await whyOf({ '.ci/build': { link: '/bin/true' } })).toContain('git has mode 120000')
  expect(await whyOf({ '.ci/build/x': ok })).toContain('git has mode 040000')
  expect(await whyOf({ real: ok, '.ci': { link: '.' }, build: ok })).toMatch(/^There is no/)
})

test('of several checks those are run that the job names', async () => {
  const files = { '.ci/build': ok, '.ci/checks/Style': ok, '.ci/checks/unit': ok }
  const ran = async (...only: string[]) => (await machine.build(files, { only })).result
  expect((await ran('style', 'nothing')).steps.map(({ name }) => name)).toEqual(['Style'])
  expect(await ran('nothing')).toMatchObject({
    outcome: 'failure',
    why: expect.stringContaining('There is no check "nothing" in the commit; allowed: build, '),
  })
})

test('each executable file of .ci/checks is a check in a clone of its own, whatever the others did', async () => {
  const { result, log } = await machine.build({
    '.ci/build': script('touch made; exit 3'),
    '.ci/checks/style': script('ls made 2>/dev/null; echo style'),
    '.ci/checks/unit.sh': script('echo unit; exit 250'),
    '.ci/checks/common.txt': 'read by the others\n',
  })
  expect(log).toBe('style\nunit\n')
  expect(result.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['build', 'failure'],
    ['style', 'success'],
    ['unit.sh', 'warning'],
  ])
  expect(result).toMatchObject({ outcome: 'failure', why: 'build: It ended with exit code 3' })
  expect(await whyOf({ '.ci/build': ok, '.ci/checks/x': { link: '../build' } })).toContain(
    'cannot be a check',
  )
  expect(await whyOf({ '.ci/build': ok, '.ci/checks/a b': ok })).toContain(
    '".ci/checks/a b" cannot be a check',
  )
})

test('.ci/config.toml asks for less, and is bounded', async () => {
  const slow = { '.ci/build': script('sleep 9'), '.ci/checks/a': script('sleep 9'), '.ci/checks/b': ok }
  const { result } = await machine.build({
    ...slow,
    '.ci/config.toml': 'seconds = 1\n[checks.a]\nseconds = 2\n[checks.b]\nseconds = 86400\n',
  })
  expect(result.steps.map(({ name, outcome, why }) => [name, outcome, why])).toEqual([
    ['build', 'timeout', 'It ran longer than 1 s'],
    ['a', 'timeout', 'It ran longer than 2 s'],
    ['b', 'success', null],
  ])
  const wrong = (text: string) => whyOf({ '.ci/build': ok, '.ci/config.toml': text })
  expect(await wrong('second = 1\n')).toMatch(/^\.ci\/config\.toml: .*second/)
  expect(await wrong('seconds = 0\n')).toMatch(/^\.ci\/config\.toml: seconds: /)
  expect(await wrong('artefacts = ["/etc/shadow"]\n')).toMatch(/^\.ci\/config\.toml: artefacts\.0: /)
  expect(await wrong('artefacts = ["$(id)"]\n')).toMatch(/^\.ci\/config\.toml: artefacts\.0: /)
  expect(await wrong('x = [\n')).toMatch(/^\.ci\/config\.toml:\d: /)
  expect(await wrong(`# ${'x'.repeat(70_000)}\n`)).toContain('allowed: 65536')
  expect(await whyOf({ '.ci/build': ok, '.ci/config.toml': { link: '/etc/passwd' } })).toContain('is no file')
})

test('the clone has as much history as the project wants, of sha256 repositories, too', async () => {
  const repository = machine.repository()
  repository.commit({ '.ci/build': script('git rev-list --count HEAD') })
  repository.commit({ a: '1' })
  const counted = async (files: Files) =>
    (await machine.run({ repository: repository.path, commit: repository.commit(files) })).log
  expect(await counted({ a: '2' })).toBe('1\n')
  expect(await counted({ '.ci/config.toml': 'depth = 3\n' })).toBe('3\n')
  expect(await counted({ '.ci/config.toml': 'depth = 0\n' })).toBe('5\n')

  const path = join(machine.directory, 'sha256')
  execFileSync('git', ['init', '--quiet', '--object-format=sha256', path])
  const other = new Repository(path)
  const commit = other.commit({ '.ci/build': ok })
  expect(await machine.run({ repository: path, commit })).toMatchObject({
    log: 'built\n',
    result: { outcome: 'success' },
  })
})

test('grafts, replacements and borrowed objects of the repository change nothing of what is built', async () => {
  const repository = machine.repository()
  const lost = repository.commit({ text: 'of another line' })
  repository.git('checkout', '--quiet', '--orphan', 'other')
  repository.commit({
    '.ci/build': script('cat text; git rev-list --count HEAD'),
    '.ci/config.toml': 'depth = 0\n',
  })
  repository.commit({ text: 'second\n' })
  const commit = repository.commit({ text: 'third\n' })
  mkdirSync(join(repository.path, '.git/info'), { recursive: true })
  writeFileSync(join(repository.path, '.git/info/grafts'), `${commit} ${lost}\n`)
  repository.git('replace', '--force', commit, lost)
  const borrowing = machine.repository()
  writeFileSync(join(borrowing.path, '.git/objects/info/alternates'), join(repository.path, '.git/objects'))
  borrowing.git('-c', 'core.useReplaceRefs=false', 'update-ref', 'refs/heads/main', commit)
  for (const { path } of [repository, borrowing])
    expect(await machine.run({ repository: path, commit })).toMatchObject({ log: 'third\n3\n' })
})

test('what cannot be fetched is our error, with what git said', async () => {
  const { path } = machine.repository()
  const commit = 'a'.repeat(40)
  const missing = await machine.run({ repository: path, commit })
  expect(missing.result).toMatchObject({ outcome: 'error', steps: [], tier: 'none' })
  expect(missing.result.why).toMatch(/^Cannot fetch a{40}: .*a{40}/)
  const nowhere = await machine.run({ repository: join(machine.directory, 'nowhere'), commit })
  expect(nowhere.result.why).toContain('nowhere')
  const program = await machine.run({ repository: `ext::sh -c touch% ${machine.directory}/pwned`, commit })
  expect(program.result).toMatchObject({
    outcome: 'error',
    why: expect.stringContaining("'ext' not allowed"),
  })
})

test('a commit that is larger than the disk is the failure of its author', async () => {
  const big = randomBytes(3_000_000).toString('base64')
  const { result } = await machine.build({ '.ci/build': ok, big }, { limits: { diskBytes: 2_000_000 } })
  expect(result).toMatchObject({
    outcome: 'failure',
    why: 'The commit and what it needs are larger than 2000000 bytes',
  })
})

test('mailed code gets no secrets, no network and no machine without a sandbox', async () => {
  const mailed = await machine.build('true', { kind: 'patchset' })
  expect(mailed.result).toMatchObject({ outcome: 'error', tier: null, steps: [] })
  expect(mailed.result.why).toMatch(
    /^Cannot build without a sandbox that holds; gvisor: .*; nspawn: .*; bwrap: /,
  )
  const secret = await machine.build('true', { kind: 'patchset', secrets: { TOKEN: 'x' } })
  expect(secret.result.why).toBe('Cannot hand secrets to mailed code')
  const wanted = await machine.build('true', { weakest: 'bwrap' })
  expect(wanted.result).toMatchObject({ outcome: 'error', why: expect.stringContaining('(at least bwrap)') })
})

test('a job that could be more than a job is refused where it comes in', () => {
  const job = jobOf({ repository: '/srv/git/x.git', commit: 'a'.repeat(40) })
  const wrong: object[] = [
    { commit: 'HEAD' },
    { repository: '--upload-pack=x' },
    { id: '../x' },
    { script: '../x' },
    { script: '.ci/../x' },
    { environment: { 'A=B': 'x' } },
    { environment: { A: 'x\nB=y' } },
    { secrets: { A: 'x\0' } },
    { limits: { ...job.limits, pids: -1 } },
    { more: 1 },
  ]
  for (const part of wrong)
    expect(jobSchema.safeParse({ ...job, ...part }).success, JSON.stringify(part)).toBe(false)
  expect(jobSchema.safeParse(job).success).toBe(true)
})
