// Real pushes to refs/for/ over a path, with real hooks; what they make is looked at in the outbox, and in the tracker when it
// comes back over the list.
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { installHook } from '../../ci/hook.ts'
import { readPolicy } from '../../ci/policy.ts'
import { installSeriesHooks } from '../../ci/series-hook.ts'
import { makeSpool } from '../../ci/spool.ts'
import { makeResolver } from '../../ingest/auth/resolver.ts'
import { postSeries } from '../../ingest/submission/post-series.ts'
import { Refusal } from '../../ingest/submission/refusal.ts'
import { SeriesRefusal } from '../../tracker/build/series.ts'
import { type SeriesIntakeOptions, startSeriesIntake } from '../../tracker/build/series-intake.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { type Desk, makeDesk } from '../answer/desk.ts'
import { Bare } from '../ci/bare.ts'
import { Keys } from '../ci/keys.ts'
import { startDns, type TestDns } from '../dns.ts'
import { until } from '../ingest/until.ts'

let keys: Keys
let ssh: string
let dns: TestDns
let desk: Desk
beforeAll(async () => {
  keys = new Keys()
  ssh = keys.ssh('ada')
  keys.ssh('eve')
  dns = await startDns()
  dns.records.set('_dmarc.example.com', 'v=DMARC1; p=reject')
  desk = await makeDesk()
})
afterAll(async () => {
  keys.remove()
  await dns.close()
})

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

interface Given {
  readonly push?: string
  readonly serving?: boolean
  readonly bytesMax?: number
  readonly post?: SeriesIntakeOptions['post']
}

/** Ada signs her pushes, Grace comes by gitolite. */
class Place {
  readonly bare = new Bare()
  readonly spool = join(this.bare.directory, 'spool')
  readonly #given: Given
  #name = `tarn${Math.random().toString(36).slice(2, 8)}`

  private constructor(given: Given) {
    this.#given = given
  }

  static async open(given: Given = {}): Promise<Place> {
    const place = new Place(given)
    makeSpool(place.spool)
    await installHook(place.bare.path, place.spool)
    await installSeriesHooks(place.bare.path, place.spool)
    place.bare.commit('root')
    place.bare.push('main')
    if (given.serving !== false) place.serve()
    return place
  }

  serve(
    post = this.#given.post ?? ((posting: Parameters<SeriesIntakeOptions['post']>[0]) => this.post(posting)),
  ) {
    const file = join(this.bare.directory, 'policy.toml')
    const { push = '["push-certificate", "gitolite-user"]', bytesMax = 1_000_000 } = this.#given
    writeFileSync(
      file,
      `[gitolite]
users = ["grace", "nobody"]
addresses = { grace = "grace@example.com" }
[[repository]]
name = "${this.#name}"
path = "${this.bare.path}"
[[signer]]
name = "Ada"
address = "Ada@example.org"
ssh = "${ssh}"
[[patches]]
list = "tarn"
repository = "${this.#name}"
prefixes = { Next = "next" }
push = ${push}
`,
    )
    const homes = join(this.bare.directory, 'homes')
    const policy = () => readPolicy(file)
    const intake = startSeriesIntake({ log: quiet, policy, spool: this.spool, homes, bytesMax, post })
    onTestFinished(() => intake.close())
  }

  async post(posting: Parameters<SeriesIntakeOptions['post']>[0]) {
    const means = { db: desk.db, resolve: makeResolver(dns.server), mailBytesMax: 1_000_000 }
    return postSeries(posting, means).catch(error => {
      throw error instanceof Refusal ? new SeriesRefusal(error.message) : error
    })
  }

  start(who: 'ada' | 'eve' | 'grace' | 'nobody' | null, ...words: readonly string[]) {
    const isSigned = who === 'ada' || who === 'eve'
    const all = [
      ...['-C', this.bare.clone, ...(isSigned ? keys.sshWords(who) : []), 'push'],
      ...[...(isSigned ? ['--signed'] : []), 'origin', ...words],
    ]
    const env = { ...this.bare.env, ...(who === null || isSigned ? {} : { GL_USER: who }) }
    return spawn('git', all, {
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
  }

  async push(...given: Parameters<Place['start']>): Promise<{ code: number | null; said: string }> {
    const child = this.start(...given)
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    const code = await new Promise<number | null>(resolve => child.on('close', resolve))
    return { code, said }
  }

  commit(file: string, text: string, ...options: readonly string[]): void {
    writeFileSync(join(this.bare.clone, file), `${text}\n`)
    this.bare.git('add', '--all')
    this.bare.git('commit', '--quiet', '--message', `${file}: ${text}`, ...options)
  }

  /** What is owed since the last call. */
  async mails(): Promise<string[]> {
    const rows = await desk.db
      .selectFrom('outbox')
      .select(['bytes', 'recipient', 'id'])
      .where('kind', '=', 'submission')
      .orderBy('id')
      .execute()
    const fresh = rows.filter(({ id }) => !seen.has(id))
    for (const { id, recipient } of fresh) {
      seen.add(id)
      expect(recipient).toBe('tarn-devel@lists.example.org')
    }
    return fresh.map(({ bytes }) => (bytes ?? Buffer.alloc(0)).toString().replaceAll('\r\n', '\n'))
  }
}
/** Ids of mails that were looked at. */
const seen = new Set<string>()

const subjects = (mails: readonly string[]) => mails.map(mail => /^Subject: (.*)$/m.exec(mail)?.[1])
const field = (mail: string | undefined, name: string) =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(mail?.split('\n\n')[0] ?? '')?.[1]
const refsOf = ({ bare }: Place) => bare.there('for-each-ref', '--format=%(refname)').split('\n')

test('two people push one topic twice each: two patchsets of two revisions, each mailed once, and no ref', async () => {
  const place = await Place.open()
  place.commit('a', 'one')
  place.commit('b', 'two')
  const to = ['HEAD:refs/for/main', '-o', 'topic=x', '-o', 'title=Faster logs'] as const
  const first = await place.push('ada', ...to)
  expect(first.said).toContain('Threadwork: v1 of x: 3 mails to tarn-devel@lists.example.org')
  expect(first.said).toContain('HEAD -> refs/for/main/x/v1')
  expect(first.code).toBe(0)
  const one = await place.mails()
  expect(subjects(one)).toEqual(['[PATCH 0/2] Faster logs', '[PATCH 1/2] a: one', '[PATCH 2/2] b: two'])
  expect(field(one[0], 'From')).toBe('Ada <ada@example.org>')
  expect((await place.push('ada', ...to)).said).toContain('v1 of x is known')
  expect(await place.mails()).toEqual([])

  place.commit('b', 'two, mended', '--amend')
  expect((await place.push('ada', ...to)).said).toContain('v2 of x: 3 mails')
  const two = await place.mails()
  expect(subjects(two)[0]).toBe('[PATCH v2 0/2] Faster logs')
  expect(field(two[0], 'In-Reply-To')).toBe(field(one[0], 'Message-Id'))

  place.bare.git('checkout', '--quiet', '-b', 'other', 'origin/main')
  place.commit('c', 'three')
  const graces = ['HEAD:refs/for/main', '-o', 'topic=x'] as const
  expect((await place.push('grace', ...graces)).said).toContain('v1 of x: 1 mail ')
  place.commit('c', 'three, mended', '--amend')
  expect((await place.push('grace', ...graces)).said).toContain('v2 of x: 1 mail ')
  const grace = await place.mails()
  // Her domain lets nobody else write in its name.
  expect(field(grace[0], 'From')).toMatch(/^grace via Threadwork <threadwork\+grace\.example\.com@lists/)
  expect(grace[0]).toContain('\n\nFrom: Ada <ada@example.org>\n')
  expect(refsOf(place)).toEqual(['refs/heads/main'])

  for (const [index, mail] of [...one, ...two, ...grace].entries())
    await desk.arrive(`series${index}`, { bytes: Buffer.from(mail) })
  const rows = await desk.db.selectFrom('topic').select('data').execute()
  const topics = rows.map(({ data }) => data as unknown as Topic)
  expect(topics.map(({ kind, title, revisions }) => [kind, title, revisions.length]).sort()).toEqual([
    ['patchset', 'Faster logs', 2],
    ['patchset', 'c: three, mended', 2],
  ])
}, 60_000)

test('what is mailed makes the commit that was pushed, under its own author', async () => {
  const place = await Place.open()
  place.commit(
    'grün',
    'größer',
    '--author',
    'Bea Ö <bea@example.net>',
    '-m',
    'From: Mallory <m@example.net>\nmore',
  )
  const { said } = await place.push('ada', 'HEAD:refs/for/main', '-o', 'topic=x')
  expect(said).toContain('1 mail ')
  const [mail = ''] = await place.mails()
  const file = join(place.bare.directory, 'mail')
  writeFileSync(file, mail)
  const tree = place.bare.git('rev-parse', 'HEAD^{tree}')
  place.bare.git('checkout', '--quiet', '-b', 'applied', 'origin/main')
  place.bare.git('am', '--quiet', file)
  expect(place.bare.git('rev-parse', 'HEAD^{tree}')).toBe(tree)
  expect(place.bare.git('log', '-1', '--format=%an <%ae>')).toBe('Bea Ö <bea@example.net>')
  expect(field(mail, 'From')).toBe('Ada <ada@example.org>')
})

describe('is refused with one line on the terminal, and nothing is mailed', () => {
  test('whoever is not known, and options that are none', async () => {
    const place = await Place.open()
    place.commit('a', 'one')
    for (const [who, options, why] of [
      [null, ['topic=x'], 'The push is not signed'],
      ['eve', ['topic=x'], 'Who pushed is not known'],
      ['nobody', ['topic=x'], 'The policy has no mail address of nobody'],
      ['ada', [], 'It needs a topic'],
      ['ada', ['topic=../x'], 'A topic has up to 80 letters'],
      ['ada', ['topic=--output=x'], 'A topic has up to 80 letters'],
      ['ada', ['topic=x', 'to=eve@example.net'], 'Allowed options are topic'],
      ['ada', ['topic=x', 'topic=y'], 'each once'],
    ] as const) {
      const words = options.flatMap(each => ['-o', each])
      const { code, said } = await place.push(who, 'HEAD:refs/for/main', ...words)
      expect(code).toBe(1)
      expect(said.match(/remote rejected.*Threadwork: .*$/gm)).toEqual([expect.stringContaining(why)])
    }
    expect(await place.mails()).toEqual([])
    expect(refsOf(place)).toEqual(['refs/heads/main'])
  }, 60_000)

  test('what is no range of patches, or too much', async () => {
    const place = await Place.open({ bytesMax: 20_000 })
    const pushed = async (ref = 'main') =>
      (await place.push('ada', `HEAD:refs/for/${ref}`, '-o', 'topic=x')).said
    expect(await pushed()).toContain('It has no commit that main has not')
    place.commit('a', 'one')
    expect(await pushed('--upload-pack=x')).toContain('There is no branch --upload-pack=x here')
    expect(await pushed('refs/heads/main')).toContain('There is no branch refs/heads/main here')
    const good = place.bare.git('rev-parse', 'HEAD')
    place.bare.git('commit', '--quiet', '--allow-empty', '-m', 'nothing')
    expect(await pushed()).toContain('changes nothing')
    place.bare.git('reset', '--quiet', '--hard', good)
    place.commit('big', 'x\n'.repeat(20_000))
    expect(await pushed()).toContain('has more than 20000 bytes')
    place.bare.git('reset', '--quiet', '--hard', good)
    place.commit('wide', 'x'.repeat(2_000))
    expect(await pushed()).toContain('which mail servers cut')
    place.bare.git('reset', '--quiet', '--hard', good)
    place.commit('dos', 'one\r\ntwo\r')
    expect(await pushed()).toContain('end with CR')
    place.bare.git('reset', '--quiet', '--hard', good)
    place.commit('latin', 'x', '--author', 'B <b@example.net>')
    writeFileSync(join(place.bare.clone, 'latin'), Buffer.from([0xe4, 10]))
    place.bare.git('commit', '--quiet', '--all', '--amend', '--no-edit')
    expect(await pushed()).toContain('not UTF-8')
    place.bare.git('reset', '--quiet', '--hard', good)
    place.bare.git('checkout', '--quiet', '-b', 'side', 'origin/main')
    place.commit('b', 'two')
    place.bare.git('merge', '--quiet', '--no-edit', good)
    expect(await pushed()).toContain('is a merge; rebase')
    place.bare.git('checkout', '--quiet', '--orphan', 'alone')
    place.commit('c', 'three')
    expect(await pushed()).toContain('no history in common')
    const one = ['HEAD:refs/for/main', `${good}:refs/for/next`, '-o', 'topic=x']
    expect((await place.push('ada', ...one)).said).toContain('one branch of refs/for/ at a time')
    expect(await place.mails()).toEqual([])
  }, 60_000)

  test('the list is not set for it', async () => {
    const place = await Place.open({ push: '[]' })
    place.commit('a', 'one')
    const { said } = await place.push('ada', 'HEAD:refs/for/main', '-o', 'topic=x')
    expect(said).toContain('No list takes series that are pushed here')
  })
})

test('titles and descriptions of many lines are text, whatever they look like', async () => {
  const place = await Place.open()
  place.commit('a', 'one')
  const coded = (text: string) => `{base64}${Buffer.from(text).toString('base64')}`
  const title = `title=${coded('Fast\nBcc: eve@example.net\n\n[PATCH 5/9]')}`
  const description = `description=${coded('From: Mallory <m@example.net>\n\nWhy not.\r\n\0'.slice(0, -1))}`
  const { said } = await place.push(
    'ada',
    'HEAD:refs/for/main',
    '-o',
    'topic=x',
    '-o',
    title,
    '-o',
    description,
  )
  expect(said).toContain('2 mails')
  const [cover = '', patch = ''] = await place.mails()
  expect(cover.split('\n\n')[0]).not.toMatch(/^Bcc/m)
  expect(field(cover, 'Subject')).toMatch(/^\[PATCH 0\/1\] Fast Bcc: eve@example.net/)
  expect(cover).toContain('\n\nFrom: Ada <ada@example.org>\n\nFrom: Mallory')
  expect(field(patch, 'In-Reply-To')).toBe(field(cover, 'Message-Id'))
})

test('a hook that is killed, and a server that fails behind its commit: it is mailed once', async () => {
  const place = await Place.open({ serving: false })
  place.commit('a', 'one')
  const to = ['HEAD:refs/for/main', '-o', 'topic=x'] as const
  const child = place.start('ada', ...to)
  await until(async () => readdirSync(place.spool).some(name => name.startsWith('series.')))
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  let fails = true
  place.serve(async posting => {
    const posted = await place.post(posting)
    if (!fails) return posted
    fails = false
    throw new Error('killed')
  })
  await until(async () => !readdirSync(place.spool).some(name => name.startsWith('series.')))
  expect(await place.mails()).toHaveLength(1)
  expect((await place.push('ada', ...to)).said).toContain('v1 of x is known')
  expect(await place.mails()).toEqual([])
})

test('what others leave in the spool keeps nobody out, other pushes are as they were, a hook of the operator is heard, and two pushes at once are one', async () => {
  const place = await Place.open()
  const hook = join(place.bare.path, 'hooks/pre-receive')
  const operators = join(place.bare.directory, 'operators')
  mkdirSync(operators)
  writeFileSync(`${hook}.chained`, `#!/bin/sh\ncat >>${operators}/seen\n[ ! -e ${operators}/shut ]\n`, {
    mode: 0o755,
  })
  mkdirSync(join(place.spool, 'series.directory'))
  writeFileSync(join(place.spool, 'series.junk'), 'threadwork-series 1\n')
  place.commit('a', 'one')
  const both = ['HEAD:refs/heads/wip', 'HEAD:refs/for/main', '-o', 'topic=x'] as const
  expect((await place.push('ada', ...both)).said).toContain('nothing beside it')
  expect(refsOf(place)).toEqual(['refs/heads/main', 'refs/heads/wip'])
  const at = ['HEAD:refs/for/main', '-o', 'topic=x'] as const
  const all = await Promise.all([place.push('ada', ...at), place.push('ada', ...at)])
  expect(all.map(({ code }) => code)).toEqual([0, 0])
  expect(await place.mails()).toHaveLength(1)
  writeFileSync(join(operators, 'shut'), '')
  expect((await place.push('ada', ...at)).said).toContain('pre-receive hook declined')
  expect(readFileSync(join(operators, 'seen'), 'utf8')).toContain('refs/for/main')
  expect(readdirSync(place.bare.path).filter(name => name.startsWith('threadwork-series'))).toEqual([])
  expect(existsSync(join(place.bare.path, 'hooks/proc-receive'))).toBe(true)
}, 60_000)

test.runIf(process.getuid?.() === 0)(
  'the hooks run as another account, which owns the repository',
  async () => {
    const place = await Place.open()
    place.commit('a', 'one')
    const { directory } = place.bare
    // The server's umask keeps what it writes from others, as a service's does.
    const mask = process.umask(0o077)
    onTestFinished(() => void process.umask(mask))
    execFileSync('chown', ['-R', '65534:65534', place.bare.path, place.bare.clone])
    chownSync(place.spool, 0, 65534)
    chmodSync(place.spool, 0o1770)
    const words = ['-C', place.bare.clone, 'push', 'origin', 'HEAD:refs/for/main', '-o', 'topic=x']
    const env = { ...place.bare.env, GL_USER: 'grace', HOME: directory } as NodeJS.ProcessEnv
    const child = spawn('git', words, { env, uid: 65534, gid: 65534, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    expect(await new Promise(resolve => child.on('close', resolve))).toBe(0)
    expect(said).toContain('v1 of x: 1 mail ')
    expect(await place.mails()).toHaveLength(1)
  },
)
