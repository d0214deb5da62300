// The whole path with the real client: a series with cover, a review, a second revision, each sent with
// `git send-email` and each on the right page within two seconds.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const main = join(import.meta.dirname, '..', 'main.ts')
const seenWithinMs = 2_000

let dir: string
let server: ChildProcess
let web: string
let smtp: { host: string; port: string }

const env = () => ({
  PATH: process.env.PATH,
  HOME: dir,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ines Oduya',
  GIT_AUTHOR_EMAIL: 'ines@example.org',
  GIT_COMMITTER_NAME: 'Ines Oduya',
  GIT_COMMITTER_EMAIL: 'ines@example.org',
})

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'threadwork-send-'))
  // Open to the account that the database runs under when root runs the tests.
  chmodSync(dir, 0o711)
  const config = join(dir, 'threadwork.toml')
  writeFileSync(config, '[[lists]]\nname = "tarn"\naddress = "tarn-devel@lists.example.org"\n')
  const options = [
    '--config',
    config,
    '--data',
    join(dir, 'data'),
    '--smtp',
    '127.0.0.1:0',
    '--web',
    '127.0.0.1:0',
  ]
  server = spawn(process.execPath, [main, 'serve', ...options], {
    env: env(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!server.stdout) throw new Error('The server has no output')
  for await (const line of createInterface({ input: server.stdout })) {
    const ready = line.match(/^ready smtp=(.+):(\d+) web=(\S+)$/)
    if (!ready) continue
    smtp = { host: ready[1] ?? '', port: ready[2] ?? '' }
    web = ready[3] ?? ''
    break
  }
}, 240_000)

afterAll(async () => {
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
  rmSync(dir, { recursive: true, force: true })
})

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: join(dir, 'tarn'), env: env(), encoding: 'utf8' })

async function send(from: string, ...words: string[]): Promise<void> {
  const args = [
    'send-email',
    `--smtp-server=${smtp.host}`,
    `--smtp-server-port=${smtp.port}`,
    '--smtp-encryption=none',
    `--from=${from}`,
    '--to=tarn-devel@lists.example.org',
    '--suppress-cc=all',
    '--confirm=never',
    '--quiet',
    ...words,
  ]
  await promisify(execFile)('git', args, { cwd: join(dir, 'tarn'), env: env() })
}

/** Reads the page until it holds all the words; answers it, or fails after two seconds. */
async function page(path: string, ...words: (string | RegExp)[]): Promise<string> {
  const deadline = performance.now() + seenWithinMs
  for (;;) {
    const text = await (await fetch(`${web}${path}`)).text()
    const missing = words.filter(word => (typeof word === 'string' ? !text.includes(word) : !word.test(text)))
    if (missing.length === 0) return text
    if (performance.now() > deadline) throw new Error(`/${path} lacks ${missing.join(', ')}:\n${text}`)
    await sleep(20)
  }
}

function commit(file: string, content: string, title: string): void {
  writeFileSync(join(dir, 'tarn', file), content)
  git('add', file)
  git('commit', '-q', '--signoff', '-m', title)
}

/** Message-IDs in the order of the series; chosen here, so that the pages are known beforehand. */
function formatSeries(version: number, base: string): { files: string[]; ids: string[] } {
  const out = join(dir, `v${version}`)
  const args = [
    'format-patch',
    '-q',
    '--cover-letter',
    '--thread',
    `-v${version}`,
    `--base=${base}`,
    '-o',
    out,
    base,
  ]
  git(...args)
  const files = execFileSync('ls', [out], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(name => join(out, name))
  const cover = files[0]
  if (!cover) throw new Error('format-patch wrote nothing')
  execFileSync('sed', [
    '-i',
    's/\\*\\*\\* SUBJECT HERE \\*\\*\\*/wal: survive a torn write/; s/\\*\\*\\* BLURB HERE \\*\\*\\*/Three steps to a log that survives./',
    cover,
  ])
  const ids = files.map(
    file =>
      execFileSync('sed', ['-n', 's/^Message-Id: <\\(.*\\)>$/\\1/Ip', file], { encoding: 'utf8' })
        .trim()
        .split('\n')[0] ?? '',
  )
  return { files, ids }
}

test('a series, a review and a second revision', { timeout: 240_000 }, async () => {
  execFileSync('git', ['init', '-q', '-b', 'main', join(dir, 'tarn')], { env: env() })
  commit('wal.c', 'int a;\n', 'start')
  const base = git('rev-parse', 'HEAD').trim()
  commit('wal.c', 'int a;\nint b;\n', 'wal: count the records')
  commit('sum.c', 'int sum;\n', 'wal: sum every record')
  commit('tail.c', 'int tail;\n', 'wal: stop at a wrong sum')
  const v1 = formatSeries(1, base)
  await send('Ines Oduya <ines@example.org>', ...v1.files)

  const [cover = '', first = ''] = v1.ids
  await page('tarn/', 'wal: survive a torn write')
  await page(
    `tarn/${cover}/`,
    'wal: count the records',
    'wal: sum every record',
    'wal: stop at a wrong sum',
    'Nobody has answered it yet',
  )
  await page(`tarn/${first}/`, 'wal.c', /<ins>.*int b;/)

  const review = join(dir, 'review.eml')
  writeFileSync(
    review,
    `From: Marek Tolvanen <marek@example.org>\nSubject: Re: [PATCH v1 1/3] wal: count the records\nIn-Reply-To: <${first}>\nReferences: <${cover}> <${first}>\nMessage-ID: <review-1@example.org>\n\n> +int b;\n\nGood.\n\nReviewed-by: Marek Tolvanen <marek@example.org>\n`,
  )
  await send('Marek Tolvanen <marek@example.org>', review)
  await page(`tarn/${cover}/`, 'Marek Tolvanen', '1 of 3 patches')
  await page('tarn/review-1@example.org/', 'Good.', 'Reviewed-by', `/tarn/${cover}/`)

  git('reset', '-q', '--hard', base)
  commit('wal.c', 'int a;\nlong b;\n', 'wal: count the records')
  commit('sum.c', 'long sum;\n', 'wal: sum every record')
  commit('tail.c', 'int tail;\n', 'wal: stop at a wrong sum')
  const v2 = formatSeries(2, base)
  await send('Ines Oduya <ines@example.org>', ...v2.files)
  const second = await page(`tarn/${cover}/`, 'Superseded', `/tarn/${v2.ids[0]}/`)
  expect(second).toMatch(/v2/)
  await page(`tarn/${v2.ids[0]}/`, 'Nobody has answered v2 yet')
  await page(`tarn/${v2.ids[1]}/`, 'long b;')
})
