// `threadwork build`, as somebody calls it who wants to see why a build failed.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Repository, script } from './repository.ts'

let room = ''
let repository: Repository
beforeAll(() => {
  room = mkdtempSync(join(tmpdir(), 'threadwork-test-'))
  chmodSync(room, 0o755)
  execFileSync('mkdir', [join(room, 'tarn')])
  repository = new Repository(join(room, 'tarn'))
})
afterAll(() => rmSync(room, { recursive: true }))

/** As a supervisor that leaves its own files open: the last one is a directory of the machine. */
function carelessly(): (number | 'ignore' | 'pipe')[] {
  const directory = openSync('/', 'r')
  onTestFinished(() => closeSync(directory))
  return ['ignore', 'pipe', 'pipe', ...Array<'ignore'>(40).fill('ignore'), directory]
}

function build(...words: readonly string[]) {
  const main = join(import.meta.dirname, '../../main.ts')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'build', '--data', join(room, 'data'), ...words],
    { encoding: 'utf8', cwd: room, env: { PATH: process.env.PATH, HOME: room }, stdio: carelessly() },
  )
  return { code: status, out: stdout, err: stderr }
}

test('prints the log, says how it ended, and exits with 0 for success and warning alone', () => {
  repository.commit({ '.ci/build': script('echo lit; exit 250') })
  expect(build('tarn')).toMatchObject({
    code: 0,
    out: 'lit\n',
    err: expect.stringMatching(/^warning in \d+\.\d s \((?:nspawn|gvisor|bwrap)\)\n$/),
  })
  const failing = repository.commit({ '.ci/build': script('echo dark; exit 3') })
  expect(build('tarn', failing.slice(0, 10))).toMatchObject({
    code: 1,
    out: 'dark\n',
    err: expect.stringContaining('build: It ended with exit code 3'),
  })
  expect(build('tarn', 'HEAD~1', '--mailed')).toMatchObject({ code: 0, out: 'lit\n' })
})

test('a file that whoever started it has open is none of the build', () => {
  repository.commit({ '.ci/build': script('ls -d /proc/self/fd/0 /proc/self/fd/43') })
  const { out } = build('tarn')
  expect(out).toMatch(/^\/proc\/self\/fd\/0$/m)
  expect(out).not.toMatch(/^\/proc\/self\/fd\/43$/m)
})

test('keeps what the build hands back, with checks beside it', () => {
  repository.commit({
    '.ci/build': script('mkdir out; echo light > out/lamp'),
    '.ci/config.toml': 'artefacts = ["out/*"]\n',
    '.ci/checks/style': script('exit 1'),
  })
  const ended = build('tarn', '--artefacts', join(room, 'lamp.tar'))
  expect(ended).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^build: success\nstyle: failure\nfailure in /),
  })
  expect(execFileSync('tar', ['-xOf', join(room, 'lamp.tar'), 'out/lamp'], { encoding: 'utf8' })).toBe(
    'light\n',
  )
})

test.each([
  [['tarn', 'nope'], 'Cannot build "nope" of "tarn"; allowed: a commit of a git repository here'],
  [['--', 'tarn', '--upload-pack=x'], 'Cannot build "--upload-pack=x"'],
  [[], 'allowed: REPOSITORY'],
  [['tarn', '--seconds', '0'], 'Cannot build for "0" seconds'],
])('%j is refused in one line', (words, text) => {
  const { code, out, err } = build(...words)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(text)
  expect(err.split('\n')).toHaveLength(2)
})
