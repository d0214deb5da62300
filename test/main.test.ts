// The real command line under the Node that runs the tests: Node refuses what the test runner accepts.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freePort } from './free-port.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-main-'))
// Open to the account that the database runs under when root runs the tests.
chmodSync(directory, 0o711)
afterAll(() => rmSync(directory, { recursive: true }))

function threadwork(...args: string[]): { code: number | null; out: string; err: string } {
  const main = join(import.meta.dirname, '..', 'main.ts')
  const env = { PATH: process.env.PATH, HOME: directory }
  const ended = spawnSync(process.execPath, [main, ...args], { cwd: directory, env, encoding: 'utf8' })
  return { code: ended.status, out: ended.stdout, err: ended.stderr }
}

test('help names every command, and every command explains itself', () => {
  const general = threadwork('--help')
  expect(general.code).toBe(0)
  const names = [...general.out.matchAll(/^ {2}(\w+) /gm)].map(([, name = '']) => name)
  const files = readdirSync(join(import.meta.dirname, '..', 'commands')).filter(file => file.endsWith('.ts'))
  expect(names.toSorted()).toEqual(files.map(file => file.replace('.ts', '')).toSorted())
  for (const name of names) {
    const help = threadwork(name, '--help')
    expect(help).toMatchObject({ code: 0, err: '' })
    expect(help.out).toContain(`Usage: threadwork ${name}`)
    expect(help.out).toContain('--data DIR')
  }
})

test('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  expect(threadwork('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

test.each([
  [['sreve'], 'Cannot run the command "sreve"; did you mean "serve"?'],
  [['serve', '--onyl', 'web'], 'Cannot run serve with the option --onyl; did you mean --only?'],
  [['serve', '--only', 'smtp,cron'], 'Cannot serve only "smtp,cron"; allowed: some of smtp,web,worker'],
  [['serve', '--web', '8080'], 'Cannot listen at --web "8080"; allowed: HOST:PORT such as 127.0.0.1:2525'],
  [['serve', 'now'], 'Cannot run serve with "now"; allowed: options only'],
  [['serve', '--verbose=yes'], 'Cannot give --verbose the value "yes"; allowed: no value'],
  [['import', 'a.mbox'], 'Cannot import without a list; allowed: --list NAME'],
  [['import', '--list', 'demo'], 'Cannot import nothing; allowed: one path of an mbox file or more'],
  [['import', '--list'], 'Cannot read --list without a value; allowed: --list NAME'],
  [['export', 'pages'], 'Cannot export "pages"; allowed: state, mbox, public-inbox, notes or git-dit LIST'],
  [['outbox', 'shwo'], 'Cannot do "shwo" with the outbox; allowed: list or retry ID'],
  [['outbox', 'retry', 'x'], 'Cannot retry "x"; allowed: the numbers that "outbox list" shows'],
  [['key', 'shwo'], 'Cannot do "shwo" with keys; allowed: list, or revoke ADDRESS and a selector'],
  [['doctor', '--config', 'none.toml'], 'Cannot read the configuration "none.toml"'],
  [
    ['doctor', '--database', 'mysql://root:secret@db/x'],
    'Cannot use --database "mysql://root:...@db/x"; allowed:',
  ],
])('threadwork %j fails in one line that says what is allowed', (args, message) => {
  const { code, out, err } = threadwork(...args)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(`threadwork: ${message}`)
  expect(err.trimEnd().split('\n')).toHaveLength(1)
})

test('--verbose adds the stack', () => {
  expect(threadwork('export', 'pages', '--verbose').err).toMatch(/\n {4}at .*commands\/export\.ts/)
})

test('init writes a configuration that doctor accepts, and never overwrites one', {
  timeout: 240_000,
}, () => {
  expect(threadwork('init')).toMatchObject({ code: 0, err: '' })
  expect(existsSync(join(directory, 'threadwork-data'))).toBe(true)
  const written = join(directory, 'threadwork.toml')
  writeFileSync(
    written,
    readFileSync(written, 'utf8').replace(/"127\.0\.0\.1:(?:2525|8080)"/g, '"127.0.0.1:0"'),
  )
  const checked = threadwork('doctor')
  expect(checked).toMatchObject({ code: 0, err: '' })
  expect(checked.out).toMatch(/^All \d\d findings are ok\n {2}ok {4}/)
  expect(checked.out).toContain('threadwork.toml')
  expect(checked.out).toContain('demo@localhost')
  expect(checked.out).not.toContain('mailBytesMax')
  expect(threadwork('doctor', '--limits').out).toMatch(/limit mailBytesMax +26,214,400/)

  writeFileSync(join(directory, 'threadwork.toml'), 'mine = true\n')
  const again = threadwork('init')
  expect(again.code).toBe(1)
  expect(again.err).toContain('Cannot write "threadwork.toml": it exists')
  expect(readFileSync(join(directory, 'threadwork.toml'), 'utf8')).toBe('mine = true\n')
})

test('doctor fails and says last, and counts first, what is wrong and how to mend it', async () => {
  const listen = '[smtp]\nlisten = "127.0.0.1:0"\n[web]\nlisten = "127.0.0.1:0"\n'
  writeFileSync(join(directory, 'own.toml'), `${listen}[[lists]]\nname = "a"\naddress = "a@example.org"\n`)
  const { code, out } = threadwork(
    'doctor',
    '--config',
    'own.toml',
    '--database',
    `postgres://nobody@127.0.0.1:${await freePort()}/x`,
  )
  expect(code).toBe(1)
  expect(out).toMatch(/^1 of \d\d findings is WRONG, at the end\n/)
  expect(out).toMatch(/WRONG database +Cannot reach the database: .*; to mend: correct --database.*\n$/)
})
