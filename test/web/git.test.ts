// What git may fetch from the pages' server, with the real git: what is offered, and nothing else, and never a push.
import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../base/limits.ts'
import type { Policy } from '../../ci/policy.ts'
import { publishedRepository } from '../../ci/published.ts'
import { offersOf } from '../../tracker/build/offers.ts'
import { type Listener, listen } from '../../web/listen.ts'
import { gitRoutes, gitServer } from '../../web/route/git.ts'

const dir = mkdtempSync(join(tmpdir(), 'threadwork-git-'))
const work = join(dir, 'work')
const bare = join(dir, 'tarn.git')
const env = {
  PATH: process.env.PATH ?? '',
  HOME: dir,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
}
const run = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words], {
    cwd: work,
    env,
    encoding: 'utf8',
  }).trim()
/** Beside the server, which runs in this process. */
const git = async (...words: string[]) =>
  (await promisify(execFile)('git', words, { cwd: dir, env, encoding: 'utf8' })).stdout.trim()

let server: Listener
let url = ''
let secret = ''
let openTag = ''
let hiddenTag = ''
let childOfSecret = ''
let shown = ''
let borrowing = ''
let large = ''

beforeAll(async () => {
  execFileSync('git', ['init', '-q', '-b', 'main', work])
  const commit = (text: string) => {
    writeFileSync(join(work, 'a'), text)
    run('add', '.')
    run('commit', '-q', '-m', text)
    return run('rev-parse', 'HEAD')
  }
  shown = commit('shown')
  execFileSync('git', ['clone', '-q', '--bare', work, bare])
  run('tag', '-a', '-m', 'offered words', 'open')
  run('tag', '-a', '-m', 'hidden words', 'hidden')
  openTag = run('rev-parse', 'open')
  hiddenTag = run('rev-parse', 'hidden')
  run('checkout', '-q', '-b', 'secret')
  secret = commit('secret')
  childOfSecret = commit('child')
  run('push', '-q', bare, 'secret', 'open', 'hidden', 'main:refs/ci/demo/abc/v1')
  // What a repository's own configuration allows counts for nothing here.
  for (const key of ['uploadpack.allowAnySHA1InWant', 'http.receivepack'])
    execFileSync('git', ['-C', bare, 'config', key, 'true'])
  const isOffered = (ref: string) =>
    ['refs/heads/main', 'refs/tags/open'].includes(ref) || ref.startsWith('refs/ci/')
  const ours = offersOf(() => ({ patches: [{}], repositories: [] }) as unknown as Policy, dir)
  const routes = gitRoutes(gitServer(), name =>
    name === 'tarn'
      ? { directory: bare, isOffered }
      : name === 'borrowing'
        ? { directory: borrowing, isOffered }
        : name === 'large'
          ? { directory: large, isOffered }
          : ours(name),
  )
  server = await listen(new Hono().route('/-/git', routes), { host: '127.0.0.1', port: 0 }, 'git')
  url = `http://127.0.0.1:${server.port}/-/git/tarn.git`
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

describe.each(['0', '1', '2'])('with version %s of the protocol', version => {
  const at = ['-c', `protocol.version=${version}`]

  it('shows what is offered', async () => {
    const refs = (await git(...at, 'ls-remote', url)).split('\n').map(line => line.split('\t')[1])
    expect(refs).toEqual([
      ...['HEAD', 'refs/ci/demo/abc/v1', 'refs/heads/main'],
      ...['refs/tags/open', 'refs/tags/open^{}'],
    ])
  })

  it('is cloned and fetched from', async () => {
    const clone = `clone-${version}`
    await git(...at, 'clone', '-q', url, clone)
    expect(await git('-C', clone, 'rev-parse', 'HEAD')).toBe(shown)
    await git(...at, '-C', clone, 'fetch', '-q', '--depth=1', url, 'refs/ci/demo/abc/v1')
    expect(await git('-C', clone, 'rev-parse', 'FETCH_HEAD')).toBe(shown)
  })

  it('gives a clone the tags that are offered, and no others', async () => {
    const clone = `clone-${version}`
    expect(await git('-C', clone, 'rev-parse', 'open')).toBe(openTag)
    await expect(git('-C', clone, 'cat-file', '-e', hiddenTag)).rejects.toThrow()
    const branch = `branch-${version}`
    await git('init', '-q', branch)
    await git('-C', branch, 'remote', 'add', 'origin', url)
    await git(...at, '-C', branch, 'fetch', '-q', 'origin')
    expect(await git('-C', branch, 'rev-parse', 'open')).toBe(openTag)
    await expect(git('-C', branch, 'cat-file', '-e', hiddenTag)).rejects.toThrow()
  })

  it('hands out nothing that is hidden, not by its id either', async () => {
    const fetch = git(...at, '-C', `clone-${version}`, 'fetch', '-q', url, secret)
    await expect(fetch).rejects.toThrow()
    await expect(git('-C', `clone-${version}`, 'cat-file', '-e', secret)).rejects.toThrow()
  })
})

describe('a repository with', () => {
  const served = join(dir, 'tarn.git')
  const into = (name: string) => join(served, name)

  it('grafts and replacements hands out its true history, and nothing that they lead to', async () => {
    mkdirSync(into('info'), { recursive: true })
    writeFileSync(into('info/grafts'), `${shown} ${childOfSecret}\n`)
    execFileSync('git', ['-C', served, 'update-ref', `refs/replace/${shown}`, childOfSecret])
    try {
      await git('clone', '-q', '--no-local', url, 'grafted')
      expect(await git('-C', 'grafted', 'rev-list', 'HEAD')).toBe(shown)
      await expect(git('-C', 'grafted', 'cat-file', '-e', secret)).rejects.toThrow()
      await git('-C', 'grafted', 'fsck', '--full')
      await git('init', '-q', 'deep')
      await git('-C', 'deep', 'fetch', '-q', '--depth=5', url, 'refs/heads/main')
      await expect(git('-C', 'deep', 'cat-file', '-e', secret)).rejects.toThrow()
    } finally {
      rmSync(into('info/grafts'))
      execFileSync('git', ['-C', served, 'update-ref', '-d', `refs/replace/${shown}`])
    }
  })

  it('objects of another one hands out none of them but those that it offers', async () => {
    const other = join(dir, 'other.git')
    execFileSync('git', ['clone', '-q', '--bare', work, other])
    const foreign = run('rev-parse', 'secret')
    const alone = join(dir, 'borrowing.git')
    execFileSync('git', [
      'clone',
      '-q',
      '--bare',
      '--shared',
      '--single-branch',
      '--branch=main',
      other,
      alone,
    ])
    execFileSync('git', ['-C', alone, 'cat-file', '-e', foreign])
    borrowing = alone
    const at = url.replace('tarn', 'borrowing')
    await git('clone', '-q', at, 'borrowed')
    expect(await git('-C', 'borrowed', 'rev-parse', 'HEAD')).toBe(shown)
    await expect(git('-C', 'borrowed', 'cat-file', '-e', foreign)).rejects.toThrow()
    await expect(git('-C', 'borrowed', 'fetch', '-q', at, foreign)).rejects.toThrow()
  })
})

it('shows every patchset that was published, however many there are, and no branch that is kept beside them', async () => {
  const published = publishedRepository(dir)
  execFileSync('git', ['clone', '-q', '--bare', work, published])
  const refs = Array.from({ length: 3_100 }, (_, at) => `create refs/ci/demo/t${at}/v1 ${shown}\n`)
  const input = `${refs.join('')}create refs/ci/demo/a/v1 ${secret}\ncreate refs/kept/tarn/main ${shown}\n`
  execFileSync('git', ['-C', published, 'update-ref', '--stdin'], { input })
  const from = url.replace('tarn', 'ci')
  const told = (await git('ls-remote', from)).split('\n').map(line => line.split('\t')[1] ?? '')
  expect(told).toHaveLength(3_101)
  expect(told.every(ref => ref.startsWith('refs/ci/demo/'))).toBe(true)
  await git('init', '-q', 'lab')
  await git('-C', 'lab', 'fetch', '-q', from, 'refs/ci/demo/a/v1')
  expect(await git('-C', 'lab', 'rev-parse', 'FETCH_HEAD')).toBe(secret)
  await expect(git('-C', 'lab', 'fetch', '-q', from, childOfSecret)).rejects.toThrow()
})

describe('it refuses', () => {
  it('a push', async () => {
    await expect(git('-C', work, 'push', url, 'secret:refs/heads/main')).rejects.toThrow(
      /403|read-only|Nothing/,
    )
    expect(execFileSync('git', ['-C', bare, 'rev-parse', 'main'], { encoding: 'utf8' }).trim()).toBe(shown)
    expect((await fetch(`${url}/git-receive-pack`, { method: 'POST', body: '0000' })).status).toBe(403)
    expect((await fetch(`${url}/info/refs?service=git-receive-pack`)).status).toBe(403)
  })

  it.each(['HEAD', 'config', 'objects/info/packs', '../tarn.git/config', 'info/refs', '%2e%2e/config'])(
    'the file %s',
    async path => {
      expect((await fetch(`${url}/${path}`)).status).toBeGreaterThanOrEqual(400)
    },
  )

  it('a repository that is not there', async () => {
    await expect(git('clone', '-q', url.replace('tarn', 'other'), 'none')).rejects.toThrow(/not found/)
  })

  const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`
  const ask = (body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${url}/git-upload-pack`, { method: 'POST', body, headers })

  it('what is hidden, in a body that is packed, too', async () => {
    const body = `${line('command=fetch')}0001${line('no-progress')}${line(`want ${secret}\n`)}${line('done\n')}0000`
    const version = { 'Git-Protocol': 'version=2' }
    expect((await ask(body, version)).status).toBe(400)
    expect((await ask(gzipSync(body), { ...version, 'Content-Encoding': 'gzip' })).status).toBe(400)
    const open = body.replace(secret, shown)
    const packed = await ask(gzipSync(open), { ...version, 'Content-Encoding': 'gzip' })
    expect(packed.status).toBe(200)
    expect(Buffer.from(await packed.arrayBuffer()).toString('latin1')).toContain('PACK')
  })

  it.each(['0', '2'])(
    'what is below a hidden commit, from a clone that says it ends there, by version %s',
    async version => {
      const body = (from: string) =>
        version === '2'
          ? `${line('command=fetch')}0001${line(`want ${shown}\n`)}${line(`shallow ${from}\n`)}${line('deepen 2147483647\n')}${line('done\n')}0000`
          : `${line(`want ${shown} shallow\n`)}${line(`shallow ${from}\n`)}${line('deepen 2147483647\n')}0000${line('done\n')}`
      const way = { 'Git-Protocol': `version=${version}` }
      expect((await ask(body(childOfSecret), way)).status).toBe(400)
      const open = await ask(body(shown), way)
      expect(open.status).toBe(200)
      expect(Buffer.from(await open.arrayBuffer()).toString('latin1')).toContain('PACK')
      // Of a commit that is not here git takes no notice.
      expect((await ask(body('1'.repeat(40)), way)).status).toBe(200)
    },
  )

  it.each([
    ['what is no request of git', 'nothing'],
    ['another command', `${line('command=object-info')}0000`],
    ['a line without an end', 'ffff'],
  ])('%s', async (_, body) => {
    expect((await ask(body, { 'Git-Protocol': 'version=2' })).status).toBe(400)
  })

  it('one client a fetch, where it reads nothing of those that it has, and no other one', async () => {
    large = join(dir, 'large.git')
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', large])
    const stored = (words: string[], input?: Buffer) =>
      execFileSync('git', ['-C', large, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...words], {
        ...{ env, encoding: 'utf8' as const },
        ...(input === undefined ? {} : { input }),
      }).trim()
    const blob = stored(['hash-object', '-w', '--stdin'], randomBytes(24 * 1024 * 1024))
    const tree = stored(['mktree'], Buffer.from(`100644 blob ${blob}\ta\n`))
    const head = stored(['commit-tree', '-m', 'large', tree])
    stored(['update-ref', 'refs/heads/main', head])
    const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`
    const asked = `${line('command=fetch\n')}0001${line(`want ${head}\n`)}${line('done\n')}0000`
    const fetchSlowly = () =>
      new Promise<{ status: string; socket: Socket }>(resolve => {
        const socket = connect(server.port, '127.0.0.1')
        socket.write(
          'POST /-/git/large.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n' +
            `Git-Protocol: version=2\r\nContent-Length: ${asked.length}\r\n\r\n${asked}`,
        )
        socket.once('data', (bytes: Buffer) =>
          resolve({ status: bytes.toString('latin1', 9, 12), socket: socket.pause() }),
        )
      })
    const fetches = await Promise.all(Array.from({ length: limits.gitServedMax }, fetchSlowly))
    const statuses = fetches.map(({ status }) => status)
    expect(statuses.filter(status => status === '200')).toHaveLength(limits.gitServedPerClientMax)
    expect(statuses.filter(status => status === '503')).toHaveLength(
      limits.gitServedMax - limits.gitServedPerClientMax,
    )
    const other = git('-c', 'http.extraHeader=X-Forwarded-For: 192.0.2.2', 'ls-remote', url)
    expect(await other).toContain('refs/heads/main')
    for (const { socket } of fetches) socket.destroy()
    const again = () => git('-c', 'http.extraHeader=X-Forwarded-For: 192.0.2.1', 'ls-remote', url)
    await expect.poll(() => again().catch(String), { timeout: 30_000 }).toContain('refs/heads/main')
  }, 120_000)

  it('nobody because others are slow to ask', async () => {
    const slow = Array.from({ length: 12 }, () => {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(
        'POST /-/git/tarn.git/git-upload-pack HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n0000',
      )
      return socket
    })
    await Promise.all(slow.map(socket => once(socket, 'connect')))
    // Each of them was read before this one, which comes later.
    await ask('0000')
    expect(await git('ls-remote', url)).toContain('refs/heads/main')
    // Nor because they went before they had asked.
    await Promise.all(slow.map(socket => once(socket.destroy(), 'close')))
    for (const _ of slow) expect((await ask('0000')).status).toBe(200)
  })

  it('a long body, and one that only unpacks to be long', async () => {
    const long = Buffer.alloc(3 * 1024 * 1024, '0')
    expect((await ask(long)).status).toBe(413)
    expect((await ask(gzipSync(long), { 'Content-Encoding': 'gzip' })).status).toBe(400)
  })
})
