import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { hookScript, hookState, installHook } from '../../ci/hook.ts'
import { dropSpooled, makeSpool, readSpool, spoolState, watchSpool } from '../../ci/spool.ts'
import { Bare } from './bare.ts'

const main = join(import.meta.dirname, '../../main.ts')

async function hooked(): Promise<{ bare: Bare; spool: string }> {
  const bare = new Bare()
  const spool = join(bare.directory, 'spool')
  makeSpool(spool)
  await installHook(bare.path, spool)
  return { bare, spool }
}

const pushesIn = async (spool: string) => (await readSpool(spool)).map(({ push }) => push)
const one = '7c41e09b'.repeat(5)
const zeros = '0'.repeat(40)

test('a push is in the spool when it is over: what each ref was and is, and who gitolite says it was', async () => {
  const { bare, spool } = await hooked()
  const first = bare.commit('one')
  bare.env = { ...bare.env, GL_USER: 'ada', GL_REPO: 'tarn' }
  expect(bare.push('main', 'main:refs/heads/wip/x').stderr).not.toContain('Threadwork')
  const second = bare.commit('two')
  bare.push('main', ':refs/heads/wip/x')
  const known = { repository: bare.path, user: 'ada', certificate: null, nonce: null, nonceStatus: null }
  expect(await pushesIn(spool)).toEqual([
    {
      ...known,
      updates: [
        { old: null, new: first, ref: 'refs/heads/main' },
        { old: null, new: first, ref: 'refs/heads/wip/x' },
      ],
    },
    {
      ...known,
      updates: expect.arrayContaining([
        { old: first, new: second, ref: 'refs/heads/main' },
        { old: first, new: null, ref: 'refs/heads/wip/x' },
      ]),
    },
  ])
})

test.each(['$(id)', '--upload-pack=x', '-x', 'a;id', '`id`', "it's", '"', '<script>', '|&', 'grün', '%s%n'])(
  'a branch may be called %s',
  async name => {
    const { bare, spool } = await hooked()
    const commit = bare.commit('one')
    bare.push(`HEAD:refs/heads/${name}`)
    const [push] = await pushesIn(spool)
    expect(push?.updates).toEqual([{ old: null, new: commit, ref: `refs/heads/${name}` }])
  },
)

test('a value with a line end in it never becomes two', async () => {
  const { bare, spool } = await hooked()
  bare.commit('one')
  bare.env = { ...bare.env, GL_USER: `eve\nuser ada` }
  bare.push('main')
  expect((await pushesIn(spool))[0]).toMatchObject({ user: null })
})

test('a hook that was there is kept, gets the same input, and is called by every later one', async () => {
  const bare = new Bare()
  const spool = join(bare.directory, "ada's spool")
  makeSpool(spool)
  const seen = join(bare.directory, 'seen')
  const before = join(bare.path, 'hooks/post-receive')
  mkdirSync(join(bare.path, 'hooks'), { recursive: true })
  writeFileSync(before, `#!/bin/sh\ncat >>'${seen}'\nexit 3\n`, { mode: 0o755 })
  const chained = `${before}.chained`
  const installed = { file: before, chained, isCalled: true }
  expect(await installHook(bare.path, join(bare.directory, 'elsewhere'))).toEqual(installed)
  expect(await installHook(bare.path, spool)).toEqual(installed)
  const commit = bare.commit('one')
  expect(bare.push('main').status).toBe(0)
  expect(readFileSync(seen, 'utf8')).toBe(`${zeros} ${commit} refs/heads/main\n`)
  expect(await pushesIn(spool)).toHaveLength(1)
  expect(await hookState(bare.path)).toEqual({ file: before, spool, isCurrent: true })
})

test('a hook is not installed over two others, nor into what is no bare repository', async () => {
  const bare = new Bare()
  const file = join(bare.path, 'hooks/post-receive')
  mkdirSync(join(bare.path, 'hooks'), { recursive: true })
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(`${file}.chained`, '#!/bin/sh\n', { mode: 0o755 })
  await expect(installHook(bare.path, '/spool')).rejects.toThrow('is there already; allowed: one of the two')
  await expect(installHook(bare.clone, '/spool')).rejects.toThrow('allowed: a bare repository')
  await expect(installHook(join(bare.directory, 'none'), '/spool')).rejects.toThrow('Cannot use')
  expect(readFileSync(file, 'utf8')).toBe('#!/bin/sh\n')
})

test('core.hooksPath of the repository is where the hook goes', async () => {
  const bare = new Bare()
  bare.there('config', 'core.hooksPath', 'other')
  expect((await installHook(bare.path, '/spool')).file).toBe(join(bare.path, 'other/post-receive'))
})

test.each([
  ['is gone', (spool: string) => spool],
  ['is a file', (spool: string) => writeFileSync(spool, '')],
])('a push goes through when the spool %s, and its owner is told', async (_, spoil) => {
  const bare = new Bare()
  const spool = join(bare.directory, 'spool')
  spoil(spool)
  await installHook(bare.path, spool)
  bare.commit('one')
  const { status, stderr } = bare.push('main')
  expect(status).toBe(0)
  expect(stderr).toContain('so it is not built')
})

test('a push goes through when the spool is full, and adds nothing to it', async () => {
  const { bare, spool } = await hooked()
  for (let number = 0; number < 3_001; number++) writeFileSync(join(spool, `push.${number}`), '')
  bare.commit('one')
  expect(bare.push('main')).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('so it is not built'),
  })
  expect(readdirSync(spool)).toHaveLength(3_001)
})

test('what other accounts leave in the spool keeps nobody out, whatever it is called and wherever it leads', async () => {
  const { bare, spool } = await hooked()
  const ours = join(bare.directory, 'ours')
  writeFileSync(ours, '')
  for (let number = 0; number < 1_500; number++) {
    writeFileSync(join(spool, `push.${number}`), '')
    symlinkSync(ours, join(spool, `push.link${number}`))
  }
  execFileSync('sh', ['-c', `chown -h 65534 '${spool}'/*`])
  const commit = bare.commit('one')
  expect(bare.push('main')).toMatchObject({ status: 0, stderr: expect.not.stringContaining('Threadwork') })
  // Of each account one after the other, so this one does not wait behind 3,000.
  const found = await readSpool(spool)
  expect(found).toHaveLength(200)
  expect(found.filter(({ push }) => push !== null)).toMatchObject([{ push: { updates: [{ new: commit }] } }])
})

test('names that no hook gives are cleared away after an hour, others are let be, and more than hooks leave is not kept', async () => {
  const { spool } = await hooked()
  const names = ['push.a-b', 'new.x', 'push.directory', 'push.full']
  for (const name of ['push.a-b', 'new.x', 'a-b']) writeFileSync(join(spool, name), '')
  for (const name of ['push.directory', 'push.full']) mkdirSync(join(spool, name))
  writeFileSync(join(spool, 'push.full', 'file'), '')
  await readSpool(spool)
  expect(readdirSync(spool)).toHaveLength(5)
  for (const name of ['a-b', ...names]) utimesSync(join(spool, name), new Date(0), new Date(0))
  expect((await spoolState(spool)).strange.map(({ name }) => name).sort()).toEqual(names.toSorted())
  await readSpool(spool)
  expect(readdirSync(spool).sort()).toEqual(['a-b', 'push.full'])
  for (let number = 0; number < 4_010; number++) writeFileSync(join(spool, `push.${number}`), '')
  await readSpool(spool)
  expect(readdirSync(spool)).toHaveLength(4_002)
})

test('another account than the server pushes into a spool that it may write to, and cannot take others out', async () => {
  const bare = new Bare()
  const spool = join(bare.directory, 'spool')
  mkdirSync(spool)
  chmodSync(spool, 0o1773)
  await installHook(bare.path, spool)
  const hook = join(bare.path, 'hooks/post-receive')
  const as = { uid: 65_534, gid: 65_534, cwd: bare.path, env: { PATH: process.env.PATH } }
  const ran = spawnSync(hook, { ...as, input: `${zeros} ${one} refs/heads/main\n`, encoding: 'utf8' })
  expect(ran).toMatchObject({ status: 0, stderr: '' })
  const [spooled] = await readSpool(spool)
  expect(spooled).toMatchObject({ account: 65_534, wrong: '' })
  writeFileSync(join(spool, 'push.ours'), '')
  expect(spawnSync('rm', ['-f', join(spool, 'push.ours')], as).status).not.toBe(0)
})

test('the hook keeps a pusher waiting for a few milliseconds', async () => {
  const { bare } = await hooked()
  const hook = join(bare.path, 'hooks/post-receive')
  const times = Array.from({ length: 15 }, () => {
    const started = performance.now()
    execFileSync(hook, { cwd: bare.path, input: `${zeros} ${one} refs/heads/main\n` })
    return performance.now() - started
  })
  expect(Math.min(...times)).toBeLessThan(100)
})

test('of a push of very many refs the hook tells the first', async () => {
  const { bare, spool } = await hooked()
  const lines = Array.from({ length: 5_000 }, (_, number) => `${zeros} ${one} refs/heads/b${number}\n`)
  execFileSync(join(bare.path, 'hooks/post-receive'), { cwd: bare.path, input: lines.join('') })
  const [push] = await pushesIn(spool)
  expect(push?.updates).toHaveLength(200)
})

test('the hook is plain shell that every /bin/sh reads', () => {
  for (const shell of ['dash', 'bash'])
    expect(spawnSync(shell, ['-n'], { input: hookScript('/spool'), encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
})

test('threadwork hook install says what it did, and hook show prints the same hook', () => {
  const bare = new Bare()
  const data = join(bare.directory, 'data')
  const threadwork = (...words: readonly string[]) =>
    spawnSync(process.execPath, [main, ...words, '--data', data], { cwd: bare.directory, encoding: 'utf8' })
  const file = join(bare.path, 'hooks/post-receive')
  const spool = join(data, 'spool')
  expect(threadwork('hook', 'install', bare.path).stdout).toBe(
    `Installed ${file}, which leaves pushes in ${spool}\n`,
  )
  expect(threadwork('hook', 'show').stdout).toBe(readFileSync(file, 'utf8'))
  expect(statSync(file).mode & 0o777).toBe(0o755)
  expect(threadwork('hook', 'instal', bare.path)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('allowed: install REPOSITORY, or show'),
  })
})

test('of a hook that git never called, because it is not executable, nobody says that it is called now', () => {
  const bare = new Bare()
  const file = join(bare.path, 'hooks/post-receive')
  const seen = join(bare.directory, 'seen')
  mkdirSync(join(bare.path, 'hooks'), { recursive: true })
  writeFileSync(file, `#!/bin/sh\ntouch '${seen}'\n`, { mode: 0o644 })
  const words = [main, 'hook', 'install', bare.path, '--data', join(bare.directory, 'data')]
  const { stdout } = spawnSync(process.execPath, words, { cwd: bare.directory, encoding: 'utf8' })
  expect(stdout).toContain(
    `the hook that was there is ${file}.chained now, and not executable, so git did not call it and nobody does; to have it called: chmod +x ${file}.chained\n`,
  )
  bare.commit('one')
  expect(bare.push('main').status).toBe(0)
  expect(existsSync(seen)).toBe(false)
  chmodSync(`${file}.chained`, 0o755)
  bare.commit('two')
  bare.push('main')
  expect(existsSync(seen)).toBe(true)
})

test('a hook that was there and takes long keeps its pusher waiting, and the push is in the spool before it ends', async () => {
  const bare = new Bare()
  const spool = join(bare.directory, 'spool')
  makeSpool(spool)
  const before = join(bare.path, 'hooks/post-receive')
  const go = join(bare.directory, 'go')
  mkdirSync(join(bare.path, 'hooks'), { recursive: true })
  execFileSync('mkfifo', [go])
  writeFileSync(before, `#!/bin/sh\ncat >/dev/null\ncat '${go}'\nexit 1\n`, { mode: 0o755 })
  await installHook(bare.path, spool)
  const commit = bare.commit('one')
  const pushing = spawn('git', ['-C', bare.clone, 'push', 'origin', 'main'], {
    env: bare.env,
    stdio: 'ignore',
  })
  const ended = once(pushing, 'exit')
  await vi.waitUntil(async () => (await pushesIn(spool)).length === 1, { timeout: 20_000 })
  expect(pushing.exitCode).toBeNull()
  expect(await pushesIn(spool)).toMatchObject([{ updates: [{ new: commit, ref: 'refs/heads/main' }] }])
  writeFileSync(go, '')
  expect(await ended).toEqual([0, null])
})

test('a hook that is installed before there is a data directory leaves pushes where serve looks for them', () => {
  const bare = new Bare()
  const threadwork = (...words: readonly string[]) =>
    spawnSync(process.execPath, [main, ...words], { cwd: bare.directory, encoding: 'utf8' })
  threadwork('hook', 'install', bare.path)
  const hook = readFileSync(join(bare.path, 'hooks/post-receive'), 'utf8')
  expect(hook).toContain(`spool='${join(bare.directory, 'threadwork-data/spool')}'`)
  expect(threadwork('hook', 'show')).toMatchObject({ stdout: hook, stderr: '' })
  expect(statSync(join(bare.directory, 'threadwork-data/spool')).mode & 0o777).toBe(0o700)
})

const whole = (more = '') =>
  `threadwork-push 1\nrepository /srv/git/tarn.git\n${more}\n${zeros} ${one} refs/heads/main\nend\n`

test.each([
  ['half of one', whole().slice(0, -5), 'its end is missing'],
  ['nothing', '', 'it does not begin with'],
  ['another kind of file', 'root:x:0:0\n', 'it does not begin with'],
  ['a line that is none of it', whole('shell /bin/sh\n'), '"shell /bin/sh" is no line of it'],
  ['the same line twice', whole('user ada\nuser eve\n'), '"user eve" is no line of it'],
  ['a certificate that is no object', whole('certificate --help\n'), '"certificate --help" is no line of it'],
  ['a user that is none', whole('user <script>\n'), 'is no line of it'],
  ['a relative repository', whole().replace('/srv', 'srv'), 'is no line of it'],
  ['no repository', whole().replace(/^repository.*\n/m, ''), 'it names no repository'],
  ['an id that is none', whole().replace(one, '-'.repeat(40)), 'is no update of a ref'],
  ['a short id', whole().replace(one, '7c41e09b'), 'is no update of a ref'],
  ['a ref out of refs', whole().replace('refs/heads/main', 'HEAD'), 'is no update of a ref'],
  ['a ref that climbs', whole().replace('heads/main', '../config'), 'is no update of a ref'],
  ['a ref that is a lock', whole().replace('main', 'main.lock'), 'is no update of a ref'],
  ['too much', whole('x'.repeat(2_000_000)), 'it has more than'],
  ['ten thousand of NUL', '\0'.repeat(10_000), 'it does not begin with'],
])('%s in the spool is no push', async (_, text, wrong) => {
  const { spool } = await hooked()
  writeFileSync(join(spool, 'push.aaaaaaaaaa'), text)
  const [spooled, more] = await readSpool(spool)
  expect(spooled).toMatchObject({ push: null, wrong: expect.stringContaining(wrong) })
  expect(more).toBeUndefined()
  await dropSpooled(spool, 'push.aaaaaaaaaa')
  expect(readdirSync(spool)).toEqual([])
})

test('links, pipes, directories and second names in the spool are told from pushes, and nothing behind them is read', async () => {
  const { bare, spool } = await hooked()
  const text = join(bare.directory, 'text')
  writeFileSync(text, whole())
  symlinkSync(text, join(spool, 'push.link'))
  linkSync(text, join(spool, 'push.twin'))
  execFileSync('mkfifo', [join(spool, 'push.pipe')])
  mkdirSync(join(spool, 'push.directory'))
  const found = await readSpool(spool)
  expect(found.map(({ name, wrong }) => `${name}: ${wrong}`).sort()).toEqual([
    'push.link: it is a link',
    'push.pipe: it is no file',
    'push.twin: it has another name, so somebody else may have written it',
  ])
  for (const { name } of found) await dropSpooled(spool, name)
  expect(readdirSync(spool)).toEqual(['push.directory'])
  expect(existsSync(text)).toBe(true)
})

test('a push that is still being written is not seen, and is cleared away when its hook died', async () => {
  const { spool } = await hooked()
  const file = join(spool, 'new.aaaaaaaaaa')
  writeFileSync(file, whole().slice(0, 30))
  expect(await readSpool(spool)).toEqual([])
  expect(existsSync(file)).toBe(true)
  utimesSync(file, new Date(0), new Date(0))
  await readSpool(spool)
  expect(existsSync(file)).toBe(false)
})

test('a directory with the name of a push that is being written holds up nobody', async () => {
  const { bare, spool } = await hooked()
  const commit = bare.commit('one')
  bare.push('main')
  const directory = join(spool, 'new.aaaaaaaaaa')
  mkdirSync(directory)
  utimesSync(directory, new Date(0), new Date(0))
  expect(await pushesIn(spool)).toMatchObject([{ updates: [{ new: commit }] }])
})

test('a push that says it was written in the future was written now', async () => {
  const { spool } = await hooked()
  const file = join(spool, 'push.aaaaaaaaaa')
  writeFileSync(file, whole())
  utimesSync(file, new Date('2099-01-01'), new Date('2099-01-01'))
  const [spooled] = await readSpool(spool)
  expect(spooled?.at).toBeLessThanOrEqual(Date.now())
})

test('pushes come out in the order in which they were made', async () => {
  const { spool } = await hooked()
  for (const [name, seconds] of [
    ['c', 3],
    ['a', 2],
    ['b', 1],
  ] as const) {
    writeFileSync(join(spool, `push.${name}`), whole())
    utimesSync(join(spool, `push.${name}`), seconds, seconds)
  }
  expect((await readSpool(spool)).map(({ name }) => name)).toEqual(['push.b', 'push.a', 'push.c'])
})

test('whoever watches the spool hears of a push', async () => {
  const { bare, spool } = await hooked()
  bare.commit('one')
  const heard = new Promise<void>(resolve => {
    const watched = watchSpool(spool, () => {
      watched.close()
      resolve()
    })
  })
  bare.push('main')
  await heard
  expect(await pushesIn(spool)).toHaveLength(1)
})

test('who wrote a file is what the file system says', async () => {
  const { spool } = await hooked()
  writeFileSync(join(spool, 'push.a'), whole())
  chownSync(join(spool, 'push.a'), 65_534, 65_534)
  expect((await readSpool(spool))[0]).toMatchObject({ account: 65_534 })
})
