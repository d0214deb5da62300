// The mbox of one revision, applied by the real git am.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeApp } from '../../web/app.ts'
import { withTrailers } from '../../web/archive/am-mail.ts'
import { type Archive, makeArchive } from './archive.ts'

let directory: string
let mails: Buffer[]
let archive: Archive

const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ines Oduya',
  GIT_AUTHOR_EMAIL: 'ines@example.org',
  GIT_COMMITTER_NAME: 'Ines Oduya',
  GIT_COMMITTER_EMAIL: 'ines@example.org',
}
const bytesOf = (...words: string[]) => execFileSync('git', ['-C', directory, ...words], { env })
const git = (...words: string[]) =>
  bytesOf(...words)
    .toString()
    .trim()

/** Latin-1 in a file that a patch touches is no UTF-8, and no mail may make it some. */
const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a])

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'threadwork-am-'))
  git('init', '-q', '-b', 'main')
  const commit = (message: string, text: string) => {
    writeFileSync(join(directory, 'wal.c'), text)
    writeFileSync(join(directory, 'name.txt'), Buffer.concat([Buffer.from(text), latin]))
    git('add', '.')
    git('commit', '-q', '-m', message)
  }
  commit('start', 'a\nb\n')
  git('tag', 'start')
  commit('wal: first\n\nIt was late.\n\nSigned-off-by: Ines Oduya <ines@example.org>', 'a\nb\nc\n')
  commit('wal: second', 'a\nb\nc\nd\n')
  git('tag', 'sent')
  const format = (version: string) =>
    bytesOf('format-patch', '--stdout', '--thread', '--cover-letter', version, 'start..sent')
      .toString('latin1')
      // Both are made within a second, and would have the same ids.
      .replaceAll('.git.', `.git${version}.`)
  mails = split(format('-v1') + format('-v2'))
  archive = await makeArchive(mails)
  archive = await withReviews()
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const split = (mbox: string): Buffer[] =>
  mbox
    .split(/^From [0-9a-f]{40} .*\n/m)
    .slice(1)
    .map((mail, at) =>
      Buffer.from(
        mail
          .replace(/^Date: .*$/m, `Date: Mon, 2 Mar 2026 09:0${at}:00 +0000`)
          .replace('*** SUBJECT HERE ***', 'wal: two things')
          .replace('*** BLURB HERE ***', 'Both are needed.'),
        'latin1',
      ),
    )

const idOf = (mail: Buffer | undefined) => /^Message-ID: <(.*)>$/im.exec(mail?.toString() ?? '')?.[1] ?? ''

async function withReviews(): Promise<Archive> {
  const [, first, , cover] = [mails[0], mails[1], mails[2], mails[3]]
  await archive.add(
    {
      id: 'r1@example.net',
      subject: 'Re: [PATCH v1 1/2] wal: first',
      from: 'Priya Nand <priya@example.net>',
      answers: idOf(first),
      body: 'Reviewed-by: Priya Nand <priya@example.net>\n',
      minute: 30,
    },
    {
      id: 'r2@example.com',
      subject: 'Re: [PATCH v2 0/2] wal: two things',
      from: '=?UTF-8?Q?J=C3=B6rg?= <joerg@example.com>',
      answers: idOf(cover),
      body: 'For the series:\n\nTested-by: Jörg <joerg@example.com>\n',
      minute: 40,
    },
    {
      id: 'r3@example.net',
      subject: 'Re: [PATCH v2 2/2] wal: second',
      from: 'Eve <eve@example.net>',
      answers: idOf(mails[5]),
      body: 'Nacked-by: Eve <eve@example.net>\nAcked-by: Linus <linus@example.com>\n',
      minute: 50,
    },
  )
  return archive
}

async function applied(id: string): Promise<string[]> {
  const response = await archive.app.request(`/tarn/${id}/am.mbox`)
  expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'application/mbox'])
  const path = join(directory, '.git', 'patches.mbox')
  writeFileSync(path, Buffer.from(await response.arrayBuffer()))
  git('checkout', '-q', '--detach', 'start')
  git('am', '-q', path)
  expect(git('diff', '--stat', 'sent')).toBe('')
  return git('log', '--reverse', '--format=%an <%ae>%n%B%x00', 'start..')
    .split('\0')
    .map(one => one.trim())
    .filter(Boolean)
}

test('one revision is applied, each patch with the trailers given since, on an equal earlier one, too', async () => {
  const ids = mails.map(idOf)
  for (const id of [ids[3], ids[4], ids[5], 'r2@example.com'])
    expect(await applied(id ?? '')).toEqual([
      'Ines Oduya <ines@example.org>\nwal: first\n\nIt was late.\n\nSigned-off-by: Ines Oduya <ines@example.org>\nReviewed-by: Priya Nand <priya@example.net>\nTested-by: Jörg <joerg@example.com>',
      'Ines Oduya <ines@example.org>\nwal: second\n\nTested-by: Jörg <joerg@example.com>',
    ])
})

test('an older revision has what was given until then', async () => {
  const [first, second] = await applied(idOf(mails[0]))
  expect(first).toContain('Reviewed-by: Priya Nand')
  expect(first).not.toContain('Tested-by')
  expect(second).toBe('Ines Oduya <ines@example.org>\nwal: second')
})

test('a mail of no patchset has none', async () => {
  await archive.add({ id: 'talk@example.org', subject: 'How fast is the wal?', minute: 60 })
  expect((await archive.app.request('/tarn/talk@example.org/am.mbox')).status).toBe(404)
  expect((await archive.app.request('/tarn/nobody@example.org/am.mbox')).status).toBe(404)
})

test('the page shows lines that work as they are copied, whoever chose the Message-ID', async () => {
  const id = "x'$(reboot);`id`&@example.org"
  const text =
    mails[1]
      ?.toString()
      .replace(/^Message-ID: .*$/im, `Message-ID: <${id}>`)
      .replace('1/2', '1/1')
      .replace(/^(?:In-Reply-To|References): .*\n/gim, '') ?? ''
  await archive.add(Buffer.from(text.replace('wal: first', 'wal: other')))
  const app = makeApp({ db: archive.db, url: 'https://lists.example.org' })
  const lines = async (path: string) => {
    const page = await (await app.request(path)).text()
    const apply = /<section id="apply">.*?<\/section>/s.exec(page)?.[0] ?? ''
    return [...apply.matchAll(/<code class="cmd">(.*?)<\/code>/g)].map(([, line]) => line)
  }
  const cover = `https://lists.example.org/tarn/${idOf(mails[3])}/`
  expect(await lines(`/tarn/${idOf(mails[3])}/`)).toEqual([
    `b4 am ${cover}`,
    `curl -fsS ${cover}am.mbox | git am`,
  ])
  const odd = 'https://lists.example.org/tarn/x%27%24%28reboot%29%3B%60id%60%26@example.org/'
  expect(await lines(`/tarn/${encodeURIComponent(id)}/`)).toEqual([
    `b4 am ${odd}`,
    `curl -fsS ${odd}am.mbox | git am`,
  ])
})

test.each([
  [
    'Why.\n\nSigned-off-by: A <a@b.org>\n---\n stat\n',
    'Why.\n\nSigned-off-by: A <a@b.org>\nAcked-by: C <c@d.org>\n---\n stat\n',
  ],
  ['Why.\n---\n stat\n', 'Why.\n\nAcked-by: C <c@d.org>\n---\n stat\n'],
  ['From: B <b@c.org>\n\nWhy.\n\n---\n', 'From: B <b@c.org>\n\nWhy.\n\nAcked-by: C <c@d.org>\n\n---\n'],
  ['From: B <b@c.org>\n---\n', 'From: B <b@c.org>\n\nAcked-by: C <c@d.org>\n---\n'],
  ['---\n stat\n', 'Acked-by: C <c@d.org>\n---\n stat\n'],
  ['Why.\ndiff --git a/x b/x\n', 'Why.\n\nAcked-by: C <c@d.org>\n\ndiff --git a/x b/x\n'],
  ['Why.\n\nacked-by:  C <C@d.org>\n---\n', 'Why.\n\nacked-by:  C <C@d.org>\n---\n'],
])('%j gets its trailer', (text, becomes) => {
  expect(withTrailers(text, ['Acked-by: C <c@d.org>'])).toBe(becomes)
})
