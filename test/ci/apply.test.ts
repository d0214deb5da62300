// Mailed patches on real commits: what applies, what is there already, what conflicts and where, and what a hostile patch
// cannot do.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Applied, applyPatches } from '../../ci/apply.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { amText } from '../../tracker/mail/am-text.ts'
import { noDressing } from '../../tracker/mail/dressing.ts'
import { openMail } from '../../tracker/mail/opened.ts'

const dir = mkdtempSync(join(tmpdir(), 'threadwork-apply-'))
const work = join(dir, 'work')
const bare = join(dir, 'bare.git')
const scratch = join(dir, 'scratch')
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ines Oduya',
  GIT_AUTHOR_EMAIL: 'ines@example.org',
  GIT_COMMITTER_NAME: 'Ines Oduya',
  GIT_COMMITTER_EMAIL: 'ines@example.org',
  GIT_AUTHOR_DATE: '2026-03-02T10:00:00Z',
  GIT_COMMITTER_DATE: '2026-03-02T10:00:00Z',
}
const git = (...words: string[]) => execFileSync('git', words, { cwd: work, env, encoding: 'utf8' })
const file = (path: string, text: string) => {
  mkdirSync(dirname(join(work, path)), { recursive: true })
  writeFileSync(join(work, path), text)
}
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('')
const commit = (message: string) => {
  git('add', '-A')
  git('commit', '-q', '-m', message)
  git('push', '-q', bare, 'HEAD:refs/heads/main', '--force')
  return git('rev-parse', 'HEAD').trim()
}

let base = ''

beforeAll(() => {
  mkdirSync(work)
  mkdirSync(scratch)
  execFileSync('git', ['init', '-q', '--bare', bare])
  git('init', '-q', '-b', 'main')
  file('wal.c', lines(1, 40))
  file('pager.c', lines(1, 30))
  file('big.bin', '\0\u0001binary')
  base = commit('start')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** What `git format-patch` makes of changes; nothing of them stays. */
function posted(change: () => void, subject = 'wal: change it', more: readonly string[] = []): string {
  git('checkout', '-q', '--detach', base)
  change()
  git('add', '-A')
  git('commit', '-q', '-m', subject, ...more)
  const text = git('format-patch', '-1', '--stdout', '--binary')
  git('checkout', '-q', '--force', '--detach', base)
  git('clean', '-qfdx')
  return text.replace(/^From [0-9a-f]{40}.*\n/, `Message-ID: <${subject.replace(/\W+/g, '-')}@example.org>\n`)
}

/** A mail as the tracker hands it to git. */
function read(mail: string | Buffer): string {
  const raw = Buffer.from(mail)
  const id = messageIdOf(raw).id
  return amText(openMail(decodeMail(raw), id, noDressing), id, noDressing)
}

const apply = (mails: readonly (string | Buffer)[], on = base, ref: string | null = null): Promise<Applied> =>
  applyPatches({ repository: bare, base: on, texts: mails.map(read), scratch }, ref)

const show = (...words: string[]) =>
  execFileSync('git', ['-C', bare, ...words], { env, encoding: 'utf8' }).trim()

const change = (from: number, text: string) => () =>
  file('wal.c', lines(1, 40).replace(`line ${from}\n`, `${text}\n`))

describe('a patch that applies', () => {
  it('is a commit with its author, its title and its mail, and the same one each time', async () => {
    const mail = posted(change(3, 'three'), 'wal: three')
    const first = await apply([mail], base, 'refs/ci/demo/x/v1')
    expect(first).toMatchObject({ outcome: 'applied', files: ['wal.c'] })
    expect(await apply([mail.replaceAll('\n', '\r\n')])).toEqual(first)
    expect(show('log', '-1', '--format=%an <%ae> %s%n%b%cn %P', 'refs/ci/demo/x/v1')).toBe(
      `Ines Oduya <ines@example.org> wal: three\nMessage-Id: <wal-three@example.org>\nThreadwork ${base}`,
    )
    expect(show('show', 'refs/ci/demo/x/v1:wal.c')).toContain('three')
    expect(readdirSync(scratch)).toEqual([])
  })

  it('may be a series', async () => {
    const one = posted(change(3, 'three'), 'wal: 3')
    const two = posted(change(30, 'thirty'), 'wal: 30')
    await apply([one, two], base, 'refs/ci/demo/s/v1')
    expect(show('log', '--format=%s', `${base}..refs/ci/demo/s/v1`)).toBe('wal: 30\nwal: 3')
  })

  it('may be binary, move a file, or change a mode alone', async () => {
    const binary = posted(() => file('big.bin', '\0\u0002other\0'), 'big: change')
    expect(await apply([binary])).toMatchObject({ outcome: 'applied', files: ['big.bin'] })
    const moved = posted(() => git('mv', 'pager.c', 'page.c'), 'pager: move')
    expect(await apply([moved])).toMatchObject({ outcome: 'applied', files: ['page.c', 'pager.c'] })
    const mode = posted(() => execFileSync('chmod', ['+x', join(work, 'wal.c')]), 'wal: mode')
    expect(await apply([mode])).toMatchObject({ outcome: 'applied', files: ['wal.c'] })
  })

  it('may be binary once more, when its result was published', async () => {
    const noise = `\0${Array.from({ length: 400 }, (_, at) => `${at * 7919}`).join(' ')}`
    const added = posted(() => file('noise.bin', noise), 'pager: noise')
    const changed = posted(() => {
      file('noise.bin', noise)
      git('add', '-A')
      git('commit', '-q', '-m', 'below')
      file('noise.bin', noise.replace(' 7919 ', ' 7920 and '))
    }, 'pager: less noise')
    expect(changed).toMatch(/^delta \d+$/m)
    const first = await apply([added, changed], base, 'refs/ci/demo/noise/v1')
    expect(first.outcome).toBe('applied')
    expect(await apply([added, changed], base, 'refs/ci/demo/noise/v2')).toEqual(first)
  })

  it('keeps what looks like another mail within its message', async () => {
    const body =
      'From here it goes on.\nFrom ada@example.org Mon Sep 17 00:00:00 2001\nFrom: Eve <eve@example.net>'
    const mail = posted(change(3, 'three'), 'wal: from', ['-m', body])
    await apply([mail], base, 'refs/ci/demo/from/v1')
    expect(show('log', `${base}..refs/ci/demo/from/v1`, '--format=%an%n%b')).toContain(`Ines Oduya\n${body}`)
  })

  it('follows a file that was renamed meanwhile', async () => {
    const mail = posted(change(3, 'three'), 'wal: after a rename')
    git('mv', 'wal.c', 'log.c')
    const on = commit('wal: it is log now')
    git('checkout', '-q', '--detach', base)
    expect(await apply([mail], on)).toMatchObject({ outcome: 'applied', files: ['log.c'] })
  })
})

describe('a patch that does not', () => {
  it('is there already', async () => {
    const mail = posted(change(7, 'seven'), 'wal: seven')
    git('checkout', '-q', '--detach', base)
    change(7, 'seven')()
    const on = commit('wal: seven, by somebody')
    expect(await apply([mail], on)).toEqual({ outcome: 'already' })
    // As of a mirror that lacks the blobs that -3 asks for.
    expect(await apply([mail.replace(/^index .*$/m, 'index 1234567..89abcde 100644')], on)).toEqual({
      outcome: 'already',
    })
  })

  it('conflicts in a file, in the words of git', async () => {
    const mail = posted(change(9, 'nine'), 'wal: nine')
    git('checkout', '-q', '--detach', base)
    change(9, 'neuf')()
    const on = commit('wal: neuf')
    const result = await apply([mail], on)
    expect(result).toMatchObject({ outcome: 'conflict', file: 'wal.c' })
    expect('said' in result && result.said).toContain('wal.c')
    expect(await apply([mail.replace(/^index .*$/m, 'index 1234567..89abcde 100644')], on)).toMatchObject({
      outcome: 'conflict',
      file: 'wal.c',
    })
  })

  it('has no such base', async () => {
    expect(await apply([posted(change(3, 'three'))], '1'.repeat(40))).toEqual({ outcome: 'unknown-base' })
  })

  it('is larger than allowed', async () => {
    const texts = [read(posted(change(3, 'three'))), 'x'.repeat(21 * 1024 * 1024)]
    expect(await applyPatches({ repository: bare, base, texts, scratch }, null)).toMatchObject({
      outcome: 'error',
    })
  })
})

describe('the bounds of all of it together', () => {
  const blow = (name: string) => posted(() => file(name, '\0'.repeat(8 * 1024 * 1024)), `pager: ${name}`)
  const within = (texts: readonly string[], most: { seconds: number; diskBytes: number }) =>
    applyPatches({ repository: bare, base, texts, scratch, most }, 'refs/ci/demo/blown/v1')

  it('hold for what a small mail unpacks to', async () => {
    const texts = ['one.bin', 'two.bin', 'three.bin'].map(name => read(blow(name)))
    expect(texts.join('').length).toBeLessThan(200_000)
    const most = { seconds: 60, diskBytes: 20_000_000 }
    expect(await within(texts.slice(0, 2), most)).toMatchObject({ outcome: 'applied' })
    const said = expect.stringContaining('more than 20000000 bytes')
    expect(await within(texts, most)).toEqual({ outcome: 'error', said })
    expect(readdirSync(scratch)).toEqual([])
  })

  it('hold for the time, however many steps it takes', async () => {
    const said = expect.stringContaining('more than 0 s')
    const late = await within([read(posted(change(3, 'three')))], { seconds: 0, diskBytes: 20_000_000 })
    expect(late).toEqual({ outcome: 'error', said })
  })
})

const hostile = (path: string, mode = '100644', text = 'evil') =>
  [
    'Message-ID: <evil@example.net>',
    'From: Eve <eve@example.net>',
    'Date: Mon, 2 Mar 2026 10:00:00 +0000',
    'Subject: [PATCH] a trap',
    '',
    'Because.',
    '---',
    `diff --git a/${path} b/${path}`,
    `new file mode ${mode}`,
    'index 0000000..1234567',
    '--- /dev/null',
    `+++ b/${path}`,
    '@@ -0,0 +1 @@',
    `+${text}`,
    ...(mode === '120000' ? ['\\ No newline at end of file'] : []),
    '',
  ].join('\n')

describe('a trap', () => {
  it.each([
    '../outside',
    '.git/hooks/post-applypatch',
    '.GIT/config',
    '.git/config',
    'a/../../outside',
    'git~1/x',
  ])('at %s is refused, and nothing is written', async path => {
    expect(await apply([hostile(path)])).toMatchObject({ outcome: 'conflict' })
    expect(readdirSync(scratch)).toEqual([])
    expect(existsSync(join(dir, 'outside'))).toBe(false)
  })

  it('is a binary patch that names what somebody else posted as its result', async () => {
    const evil = posted(() => file('evil.bin', '\0evil'), 'pager: evil')
    expect(await apply([evil], base, 'refs/ci/demo/evil/v1')).toMatchObject({ outcome: 'applied' })
    const id = show('rev-parse', 'refs/ci/demo/evil/v1:evil.bin')
    const good = posted(() => file('good.bin', '\0good'), 'pager: good')
    const swapped = good.replace(/\.\.[0-9a-f]{40}/, `..${id}`)
    expect(await apply([swapped])).toEqual({ outcome: 'error', said: expect.stringContaining(id) })
  })

  it('is a link with a file behind it', async () => {
    const target = join(dir, 'target')
    mkdirSync(target)
    expect(await apply([hostile('link', '120000', target), hostile('link/file')])).toMatchObject({
      outcome: 'conflict',
    })
    expect(readdirSync(target)).toEqual([])
  })

  it('is a hook, or a program that the configuration of the repository names', async () => {
    const ran = join(dir, 'ran')
    const hooks = join(bare, 'hooks')
    mkdirSync(hooks, { recursive: true })
    for (const name of [
      'applypatch-msg',
      'pre-applypatch',
      'post-applypatch',
      'post-commit',
      'reference-transaction',
    ])
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 })
    for (const key of [
      'core.fsmonitor',
      'core.editor',
      'filter.evil.clean',
      'merge.evil.driver',
      'uploadpack.packObjectsHook',
    ])
      execFileSync('git', ['-C', bare, 'config', key, `touch ${ran}`])
    const trapped = hostile('.gitattributes', '100644', '* filter=evil merge=evil')
    expect(await apply([trapped, posted(change(3, 'three'))], base, 'refs/ci/demo/hook/v1')).toMatchObject({
      outcome: 'applied',
    })
    expect(existsSync(ran)).toBe(false)
  })

  it('is a filter that an attribute names, a name with control characters, or a second From', async () => {
    const filtered = await apply([hostile('.gitattributes', '100644', '* filter=evil merge=evil diff=evil')])
    expect(filtered).toMatchObject({ outcome: 'applied' })
    const named = hostile('x').replace('From: Eve', 'From: =?utf-8?q?Eve=0aX-Evil=3a_yes=00=1b[31m?=')
    await apply([named], base, 'refs/ci/demo/named/v1')
    expect(show('log', '-1', '--format=%an <%ae>', 'refs/ci/demo/named/v1')).toMatch(
      /^Eve ?X-Evil: yes ?\[31m <eve@example.net>$/,
    )
  })
})

describe('a mail without a patch', () => {
  it.each([
    ['a cover letter', '[PATCH 0/2] two things', 'What they are.'],
    ['an empty patch', '[PATCH] nothing', 'Because.\n---\n'],
    ['an answer with a diff', 'Re: [PATCH] wal: three', hostile('x').split('\n\n').slice(1).join('\n\n')],
  ])('%s is nothing to apply', (_, subject, body) => {
    expect(read(`Message-ID: <x@example.org>\nFrom: a@example.org\nSubject: ${subject}\n\n${body}\n`)).toBe(
      '',
    )
  })
})
