// b4, lei and public-inbox, as Debian has them, against the program with an archive: what people do with their clients, and
// the same questions to both servers. The long form of the second is test/clients/run.ts, over any mbox.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toMboxrd } from '../../base/mboxrd.ts'
import { inventMails } from '../bench/invent.ts'
import { until } from '../ingest/until.ts'
import { nodeWords } from '../node-words.ts'
import { idOf } from './mails.ts'
import { type OurServer, startOurs } from './our-server.ts'
import { inventQueries } from './queries.ts'
import { compareQueries, compareRaws, compareThreads, type Sides } from './side-by-side.ts'
import { spamOf } from './spam.ts'
import { startTheirs, type TheirServer } from './their-server.ts'

let directory: string
let repository: string
let ours: OurServer
let theirs: TheirServer
let mails: Buffer[]
let series: { v1: Buffer[]; v2: Buffer[] }

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'threadwork-clients-'))
  // Open to the account that the database runs under when root runs the tests.
  chmodSync(directory, 0o711)
  for (const name of ['home', 'runtime', 'theirs']) mkdirSync(join(directory, name), { mode: 0o700 })
  repository = join(directory, 'repository')
  series = makeSeries()
  const review = letter(
    idOf(series.v2[1] ?? Buffer.alloc(0)),
    'Reviewed-by: Priya Nand <priya@example.net>\n',
  )
  mails = [...[...inventMails(60)].map(mail => Buffer.from(mail)), ...series.v1, ...series.v2, review]
  const mbox = join(directory, 'archive.mbox')
  writeFileSync(mbox, Buffer.concat(mails.map(toMboxrd)), { mode: 0o644 })
  const starting = startTheirs(join(directory, 'theirs'), 'tarn', mails)
  const maintainer =
    '[[lists.people]]\nname = "Ruth Adler"\naddress = "ruth@example.net"\nrole = "maintainer"\n'
  ours = await startOurs(directory, 'tarn', mbox, maintainer)
  theirs = await starting
  git('config', 'b4.midmask', `${ours.url}/tarn/%s`)
  git('config', 'b4.linkmask', `${ours.url}/tarn/%s/`)
  git('config', 'b4.searchmask', `${ours.url}/tarn/?x=m&t=1&q=%s`)
}, 300_000)

afterAll(async () => {
  await run('lei', 'daemon-kill').catch(() => {})
  await ours?.close()
  await theirs?.close()
  rmSync(directory, { recursive: true, force: true })
})

const env = () => ({
  PATH: process.env.PATH,
  HOME: join(directory, 'home'),
  XDG_RUNTIME_DIR: join(directory, 'runtime'),
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ines Oduya',
  GIT_AUTHOR_EMAIL: 'ines@example.org',
  GIT_COMMITTER_NAME: 'Ines Oduya',
  GIT_COMMITTER_EMAIL: 'ines@example.org',
})

const git = (...words: string[]): string =>
  execFileSync('git', ['-C', repository, ...words], { env: env(), encoding: 'utf8' }).trim()

/** All that it prints; b4 speaks on both. */
const run = (program: string, ...words: string[]): Promise<string> => runWith({}, program, ...words)

/** With settings of git beside those of the repository. */
async function runWith(
  settings: Readonly<Record<string, string>>,
  program: string,
  ...words: string[]
): Promise<string> {
  const configured = Object.entries(settings).flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  const { stdout, stderr } = await promisify(execFile)(program, words, {
    env: { ...env(), GIT_CONFIG_COUNT: `${configured.length / 2}`, ...Object.fromEntries(configured) },
    cwd: repository,
    encoding: 'utf8',
  })
  return stdout + stderr
}

/** Two patches, and a second revision in a thread of its own that changes the second one. */
function makeSeries(): { v1: Buffer[]; v2: Buffer[] } {
  execFileSync('git', ['init', '-q', '-b', 'main', repository], { env: env() })
  git('config', 'user.name', 'Ines Oduya')
  git('config', 'user.email', 'ines@example.org')
  const commit = (message: string, text: string) => {
    writeFileSync(join(repository, 'wal.c'), text)
    git('add', 'wal.c')
    git('commit', '-q', '-m', `${message}\n\nSigned-off-by: Ines Oduya <ines@example.org>`)
  }
  writeFileSync(join(repository, 'wal.c'), 'one\ntwo\n')
  git('add', 'wal.c')
  // Of somebody else and long ago: b4 looks for the parents of all recent commits of its own user.
  const long = '2020-01-01T00:00:00Z'
  const elder = { GIT_AUTHOR_EMAIL: 'root@example.com', GIT_COMMITTER_EMAIL: 'root@example.com' }
  const dated = { GIT_AUTHOR_DATE: long, GIT_COMMITTER_DATE: long }
  execFileSync('git', ['-C', repository, 'commit', '-q', '-m', 'start'], {
    env: { ...env(), ...elder, ...dated },
  })
  git('tag', 'start')
  commit('wal: lock it', 'one\nlock\ntwo\n')
  commit('wal: unlock it', 'one\nlock\ntwo\nunlok\n')
  const v1 = posted('-v1', 1)
  git('reset', '-q', '--hard', 'HEAD~1')
  commit('wal: unlock it', 'one\nlock\ntwo\nunlock\n')
  git('tag', 'sent')
  const v2 = posted('-v2', 4)
  git('checkout', '-q', '-B', 'work', 'start')
  return { v1, v2 }
}

const posted = (version: string, hour: number): Buffer[] =>
  git('format-patch', '--stdout', '--thread', '--cover-letter', version, 'start..HEAD')
    .replaceAll('.git.', `.git${version}.`)
    .split(/^From [0-9a-f]{40} .*\n/m)
    .slice(1)
    .map((mail, at) =>
      Buffer.from(
        `To: tarn@lists.example.org\n${mail}\n`
          .replace(/^Date: .*$/m, `Date: Mon, 2 Mar 2026 0${hour}:0${at}:00 +0000`)
          .replace('*** SUBJECT HERE ***', 'wal: hold the lock')
          .replace(
            '*** BLURB HERE ***',
            'Both are needed.\n\n---\nchange-id: 20260302-wal-lock-0a1b2c3d4e5f',
          ),
      ),
    )

const letter = (answers: string, body: string): Buffer =>
  Buffer.from(
    `From: Priya Nand <priya@example.net>\nTo: tarn@lists.example.org\nSubject: Re: [PATCH v2 1/2] wal: lock it\n` +
      `Date: Tue, 3 Mar 2026 09:00:00 +0000\nMessage-ID: <r1@example.net>\nIn-Reply-To: <${answers}>\n\n${body}\n`,
  )

const head = (mail: Buffer | undefined) => idOf(mail ?? Buffer.alloc(0))

// Each starts a program that takes its time on a busy machine.
describe('their clients', { timeout: 240_000 }, () => {
  test('b4 am takes the revision that it is asked for', async () => {
    const said = await run('b4', 'am', head(series.v1[0]))
    expect(said).toContain('Total patches: 2')
    git('checkout', '-q', '-B', 'am', 'start')
    git('am', '-q', join(repository, /git am (\S+)/.exec(said)?.[1] ?? ''))
    expect(git('show', 'HEAD:wal.c')).toBe('one\nlock\ntwo\nunlok')
  })

  test('b4 am -c finds the newer one, with the trailers given since', async () => {
    const said = await run('b4', 'am', '-c', head(series.v1[0]))
    expect(said).toContain('Will use the latest revision: v2')
    git('checkout', '-q', '-B', 'newest', 'start')
    git('am', '-q', join(repository, /git am (\S+)/.exec(said)?.[1] ?? ''))
    expect(git('diff', 'sent')).toBe('')
    expect(git('log', '--format=%B', 'start..')).toContain('Reviewed-by: Priya Nand <priya@example.net>')
  })

  test('b4 am gives the patches of public-inbox, byte for byte', async () => {
    const [here, there] = await Promise.all(
      [ours.url, theirs.url].map(async (url, at) => {
        const taken = join(directory, `taken-${at}`)
        mkdirSync(taken)
        const settings = {
          'b4.midmask': `${url}/tarn/%s`,
          'b4.searchmask': `${url}/tarn/?x=m&t=1&q=%s`,
        }
        await runWith(settings, 'b4', 'am', '-c', '-o', taken, head(series.v1[0]))
        return readdirSync(taken)
          .sort()
          .map(name => [name, readFileSync(join(taken, name), 'utf8')])
      }),
    )
    expect(here).toHaveLength(2)
    expect(here).toEqual(there)
  })

  test('b4 ty thanks for what was applied', async () => {
    const thanks = join(directory, 'thanks')
    mkdirSync(thanks)
    await run('b4', 'ty', '-a', '-b', 'newest', '-o', thanks)
    const letters = readdirSync(thanks).map(name => readFileSync(join(thanks, name), 'utf8'))
    const letter = letters.find(text => text.includes(`In-Reply-To: <${head(series.v2[0])}>`))
    expect(letter).toMatch(/\[2\/2\] wal: unlock it\n\s+commit: [0-9a-f]{40}/)
  })

  test('b4 am takes the address of a page as it stands on it', async () => {
    const page = await (await fetch(`${ours.url}/tarn/${head(series.v2[0])}/`)).text()
    const line = /<code class="cmd">(b4 am \S+)<\/code>/.exec(page)?.[1] ?? ''
    const said = await run('sh', '-c', `cd "$0" && git config --unset b4.midmask; ${line}`, repository)
    git('config', 'b4.midmask', `${ours.url}/tarn/%s`)
    expect(said).toContain('Total patches: 2')
  })

  test('b4 mbox, b4 shazam and b4 diff', async () => {
    expect(await run('b4', 'mbox', head(series.v2[1]))).toContain('4 messages in the thread')
    git('checkout', '-q', '-B', 'shazam', 'start')
    await run('b4', 'shazam', head(series.v2[0]))
    expect(git('diff', 'sent')).toBe('')
    const compared = await run('b4', 'diff', head(series.v2[0]))
    expect(compared).toMatch(/1: {2}\w+ = 1: {2}\w+ wal: lock it/)
  })

  test('b4 trailers takes what was given since into the commits of its author', async () => {
    git('checkout', '-q', '-B', 'own', 'sent')
    await run('b4', 'trailers', '-u', '-F', head(series.v2[0]))
    expect(git('log', '--format=%B', 'start..own')).toContain('Reviewed-by: Priya Nand <priya@example.net>')
  })

  test('lei searches and imports', async () => {
    const found = join(directory, 'found.mbox')
    await run('lei', 'q', '--only', `${ours.url}/tarn/`, '-f', 'mboxrd', '-o', found, 's:"hold the lock"')
    const ids = (path: string) =>
      [...readFileSync(path, 'utf8').matchAll(/^Message-ID: <(.*)>$/gim)].map(([, id]) => id).sort()
    expect(ids(found)).toEqual([head(series.v1[0]), head(series.v2[0])].sort())
    await run('lei', 'import', `${ours.url}/tarn/${head(series.v2[0])}/t.mbox.gz`)
    const own = join(directory, 'own.mbox')
    await run('lei', 'q', '-f', 'mboxrd', '-o', own, 's:wal')
    // It keeps what it found before, too.
    expect(ids(own)).toEqual([head(series.v1[0]), ...series.v2.map(idOf), 'r1@example.net'].sort())
  })

  test('docs/reading.md says what works', async () => {
    git('checkout', '-q', '-B', 'documented', 'start')
    const text = readFileSync(new URL('../../docs/reading.md', import.meta.url), 'utf8')
    const lines = [...text.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) => block).join('')
    expect(lines.split('\n').length).toBeGreaterThan(9)
    const here = lines
      .replaceAll('https://lists.example.org', ours.url)
      .replaceAll('MESSAGE-ID', head(series.v2[0]))
    await run('sh', '-ec', here)
    expect(git('diff', 'sent')).toBe('')
    expect(readFileSync(join(repository, 'found.mbox'), 'utf8')).toContain(`<${head(series.v2[0])}>`)
    await run('gzip', '-t', 'results.mbox.gz')
  })

  test('git clones the list, and what export public-inbox writes is the same, also when it was killed once', async () => {
    const from = `${ours.url}/tarn/git/0.git`
    const clone = join(directory, 'clone.git')
    await until(async () => (await fetch(`${from}/info/refs?service=git-upload-pack`)).ok)
    await until(async () => (await run('git', 'ls-remote', from)).includes('refs/heads/master'))
    await run('git', 'clone', '-q', '--mirror', from, clone)
    expect(await run('git', '-C', clone, 'rev-list', '--count', 'HEAD')).toBe(`${mails.length}\n`)
    const out = join(directory, 'exported')
    const at = ['--config', join(directory, 'threadwork.toml'), '--data', join(directory, 'data')]
    const words = [...nodeWords(), 'export', 'public-inbox', ...at, '--list', 'tarn', '--out', out]
    const killed = spawn(process.execPath, words, { stdio: 'ignore' })
    await until(async () => existsSync(join(out, 'git', '0.git', 'objects', 'pack')))
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    await promisify(execFile)(process.execPath, words)
    const head = (path: string) => run('git', '-C', path, 'rev-parse', 'master')
    expect(await head(join(out, 'git', '0.git'))).toBe(await head(clone))
  })

  test('git-pw lists, shows, downloads and applies patches and series', async () => {
    const added = await ours.command('token', 'add', 'git-pw', '--scope', 'check', '--as', 'ines@example.org')
    git('config', 'pw.server', `${ours.url}/api/1.3`)
    git('config', 'pw.project', 'tarn')
    git('config', 'pw.token', /threadwork-[0-9a-f]{64}/.exec(added)?.[0] ?? '')
    // Lists go through a pager, even to programs, and less may be missing.
    const pw = (...words: string[]) => run('env', 'GIT_PAGER=cat', 'git', 'pw', ...words)
    const patches = await pw('patch', 'list', '--submitter', 'ines@example.org', '-f', 'csv', 'wal')
    const patch = /"(\d+)",[^\n]*\[v2,1\/2\] wal: lock it/.exec(patches)?.[1] ?? ''
    const shown = await pw('patch', 'show', patch)
    expect(shown).toContain(head(series.v2[1]))
    expect(shown).toMatch(/State\s+\|\s+new/)
    git('checkout', '-q', '-B', 'pw-patch', 'start')
    await pw('patch', 'apply', patch)
    expect(git('log', '--format=%B', 'start..')).toContain('Reviewed-by: Priya Nand <priya@example.net>')
    await pw('patch', 'download', patch, join(directory, 'one.patch'))
    expect(readFileSync(join(directory, 'one.patch'), 'utf8')).toContain(
      'Subject: [PATCH v2 1/2] wal: lock it',
    )
    // Without a place it asks for the diff under the name that the answer has for it.
    expect(await pw('patch', 'download', '--diff', patch)).toMatch(/Downloaded patch to .*\.diff/)
    const found = await pw('series', 'list', '--submitter', 'ines@example.org', '-f', 'csv', 'hold the lock')
    const [v2] = [...found.matchAll(/"(\d+)",[^\n]*wal: hold the lock[^\n]*"2"/g)].map(([, id]) => id ?? '')
    expect(await pw('series', 'show', v2 ?? '')).toContain('wal: unlock it')
    git('checkout', '-q', '-B', 'pw-series', 'start')
    await pw('series', 'apply', v2 ?? '')
    expect(git('diff', 'sent')).toBe('')
    await pw('bundle', 'list')
  })

  test('docs/api.md says what works for git-pw and curl', async () => {
    const words = ['docs', '--scope', 'state,check', '--as', 'ruth@example.net', '--list', 'tarn']
    const added = await ours.command('token', 'add', ...words)
    const token = /threadwork-[0-9a-f]{64}/.exec(added)?.[0] ?? ''
    const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
    const blocks = [...text.matchAll(/^```\n(.*?)^```$/gms)].map(([, block = '']) => block)
    const lines = blocks.filter(block => block.includes('git config pw.server')).join('')
    expect(lines).toMatch(/git pw series apply NUMBER.*git pw patch update.*curl /s)
    const query = `project=tarn&msgid=${head(series.v2[2])}`
    const ask = async () => (await fetch(`${ours.url}/api/1.3/patches/?${query}`)).json()
    const [patch] = (await ask()) as { id: number; series: { id: number }[] }[]
    const here = lines
      .replaceAll(/http:\/\/127\.0\.0\.1:8080|https:\/\/lists\.example\.org/g, ours.url)
      .replace('pw.project demo', 'pw.project tarn')
      .replace('pw.token TOKEN', `pw.token ${token}`)
      .replaceAll('threadwork-...', token)
      .replaceAll('NUMBER', String(patch?.series[0]?.id))
      .replaceAll('1234', String(patch?.id))
    git('checkout', '-q', '-B', 'documented-pw', 'start')
    const said = await run('env', 'GIT_PAGER=cat', `TOKEN=${token}`, 'sh', '-ec', here)
    expect(said).toContain('wal: hold the lock')
    expect(git('diff', 'sent')).toBe('')
    expect(await ask()).toMatchObject([{ state: 'accepted', check: 'success' }])
  })

  test('what b4 asks a patchwork', async () => {
    const query = `project=tarn&archived=false&msgid=${head(series.v2[2])}`
    const patches = (await (await fetch(`${ours.url}/api/1.2/patches?${query}`)).json()) as object[]
    expect(patches).toMatchObject([{ name: '[v2,2/2] wal: unlock it', state: expect.any(String) }])
  })

  test('public-inbox gives the same threads and raw mails, and finds the same', async () => {
    const sides: Sides = { ours: ours.url, theirs: theirs.url, list: 'tarn', mails: Map.groupBy(mails, idOf) }
    const ids = [...sides.mails.keys()]
    expect(await compareThreads(sides, ids)).toEqual([])
    expect(await compareRaws(sides, ids)).toEqual([])
    const queries = inventQueries(mails, 60)
    const differences = await compareQueries(sides, queries, await spamOf(sides))
    expect(differences.filter(({ unexplained }) => unexplained.length > 0)).toEqual([])
    expect(differences.length).toBeLessThan(queries.length / 5)
  })
})
