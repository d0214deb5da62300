// From a push and from a mail to the mailed result, as docs/ci.md says it, through the whole program: git, GnuPG, DKIM, the hook, the
// spool, the queue, the runner, systemd-nspawn and gVisor, a relay, and a list server.
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { topicHolding } from '../../tracker/answer/asker.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import { patchChecks } from '../../tracker/topic/reviews.ts'
import { script } from '../ci/repository.ts'
import { listAddress, Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open()
  site.repository.commit({
    'wal.c': 'one\ntwo\nthree\n',
    'lock.c': 'lock();\nsync();\n',
    '.ci/build': script('grep . wal.c; grep -q mended wal.c && exit 0; exit 3'),
  })
  site.repository.git('push', '--quiet', site.at('tarn.git'), 'main')
  await site.start()
}, 240_000)
afterAll(() => site.close())

/** A commit whose build is these lines of shell, pushed; `words` are git's, for a signature. Returns its id. */
function push(lines: string, words: readonly string[], to = 'tarn.git'): string {
  const { repository } = site
  mkdirSync(`${repository.path}/.ci`, { recursive: true })
  writeFileSync(`${repository.path}/.ci/build`, script(lines), { mode: 0o755 })
  repository.git('add', '--all')
  repository.git(...words, 'commit', '--quiet', '--allow-empty', '--message', 'change the build')
  repository.git('push', '--quiet', site.at(to), 'HEAD:refs/heads/main')
  return repository.git('rev-parse', 'HEAD')
}
const signed = () => [...site.keys.openpgpWords('ada'), '-c', 'commit.gpgSign=true']
const buildOf = async (commit: string) => (await site.builds()).find(build => build.commit === commit)
const mailsTo = (address: string) => site.relay.mails.filter(({ to }) => to.includes(address))
const ended = (commit: string, state: string) =>
  site.become(`the build of ${commit} ends as ${state}`, async () => (await buildOf(commit))?.state === state)

describe('a push', { timeout: 300_000 }, () => {
  test('of a signed commit is built in systemd-nspawn, and mailed when it fails and when it works again; an unsigned one is refused', async () => {
    const mails = mailsTo('ada@example.org').length
    const heard = (count: number) =>
      site.become(`${count} mails`, async () => mailsTo('ada@example.org').length === mails + count)

    const broken = push('echo a stone is missing; exit 3', signed())
    await heard(1)
    const failure = mailsTo('ada@example.org').at(-1)?.text ?? ''
    expect(failure).toMatch(
      new RegExp(`^Subject: tarn main fails: ${broken.slice(0, 12)} change the build`, 'm'),
    )
    expect(failure).toContain('a stone is missing')
    const build = await buildOf(broken)
    expect(build).toMatchObject({ state: 'failure', result: { tier: 'nspawn' } })
    const page = await site.page(`/builds/${build?.number}`)
    expect(page).toContain('failed')
    expect(page).toContain(broken.slice(0, 12))
    expect(await site.page(`/builds/${build?.number}/log/build/raw`)).toContain('a stone is missing')

    push('echo all stones are there', signed())
    await heard(2)
    expect(mailsTo('ada@example.org').at(-1)?.text).toMatch(/^Subject: tarn main works again: /m)

    const unsigned = push('echo mine now; exit 4', [])
    await ended(unsigned, 'refused')
    const refused = await buildOf(unsigned)
    expect(await site.page(`/builds/${refused?.number}`)).toContain('The newest commit is not signed')
    // What comes after it is told, so nothing of it is still on its way.
    const last = push('exit 5', signed())
    await heard(3)
    const [, told] =
      /^X-CI-Build: .*\/builds\/(\d+)\r?$/im.exec(mailsTo('ada@example.org').at(-1)?.text ?? '') ?? []
    expect(told).toBe((await buildOf(last))?.number)
    const raw = await fetch(`${site.web}/builds/${refused?.number}/log/build/raw`)
    expect(raw.status).toBe(404)
    // What the site began with was signed by nobody.
    expect((await site.builds())[0]).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('not signed'),
    })
  })

  test('to a repository that wants gVisor is built in it, and mailed', async () => {
    const mails = mailsTo('ada@example.org').length
    const commit = push('echo in a kernel of its own; exit 6', signed(), 'fell.git')
    await site.become('a mail', async () => mailsTo('ada@example.org').length > mails)
    expect(await buildOf(commit)).toMatchObject({ repository: 'fell', result: { tier: 'gvisor' } })
    expect(mailsTo('ada@example.org').at(-1)?.text).toContain('in a kernel of its own')
  })
})

/** What format-patch makes of the change, without its own fields. */
function diffOf(files: Record<string, string>): string {
  const { repository } = site
  const base = repository.git('rev-parse', 'main')
  repository.git('checkout', '--quiet', '--detach', base)
  repository.commit(files)
  const text = repository.git('format-patch', '-1', '--stdout')
  repository.git('checkout', '--quiet', 'main')
  return `Because.\n${text.slice(text.indexOf('\n---\n'))}\n`
}

const topicOf = (id: string) => topicHolding(site.db, listId(1), indexKey(id))

describe('a mailed patchset', { timeout: 300_000 }, () => {
  const ines = 'Ines Oduya <ines@example.org>'
  const states = async (id: string) => {
    const rows = (await site.builds()).filter(({ topic_id }) => topic_id === id)
    return rows.map(({ version, state }) => `v${version} ${state}`).join(', ')
  }
  const become = (id: string, expected: string) =>
    site.become(expected, async () => (await states(id)) === expected)
  const to = listAddress

  beforeAll(() => {
    push('grep . wal.c; exit 0', signed())
  })

  test('waits when a stranger sends it, and what a maintainer signs for is built, not the v2 that came meanwhile', async () => {
    const mail = (version: string, id: string, answers?: string) => ({
      ...{ from: ines, to, subject: `[PATCH${version}] wal: two`, messageId: `<${id}@example.org>` },
      ...(answers === undefined ? {} : { inReplyTo: `<${answers}@example.org>` }),
    })
    await site.post({ ...mail('', 'v1'), text: diffOf({ 'wal.c': 'one\nsecond\nthree\n' }) })
    await become('v1@example.org', 'v1 waiting')
    await site.post({ ...mail(' v2', 'v2', 'v1'), text: diffOf({ 'wal.c': 'one\nzweite\nthree\n' }) })
    await become('v1@example.org', 'v1 superseded, v2 waiting')
    const [first, second] = (await site.builds()).filter(({ topic_id }) => topic_id === 'v1@example.org')
    const waits = await (await fetch(`${site.web}/builds/${second?.number}`)).text()
    expect(waits).toContain(`<b>CI: test ${second?.digest}</b>`)
    expect(waits).toMatch(/>It will get<\/th><td>[^<]*\bno network, no secrets; in gVisor</)
    const answer = (id: string, text: string) =>
      site.post({
        ...{ from: 'Marek Tolvanen <marek@example.org>', to, subject: 'Re: [PATCH v2] wal: two', text },
        ...{ messageId: `<${id}@example.org>`, inReplyTo: '<v2@example.org>' },
      })
    await answer('forged', `CI: test ${second?.digest}\n`)
    await answer('real', await site.signed(`Looks good.\n\nCI: test ${first?.digest}\n`))
    await become('v1@example.org', 'v1 superseded, v2 waiting, v1 success')
    const built = (await site.builds()).filter(({ topic_id }) => topic_id === 'v1@example.org')[2]
    expect(built).toMatchObject({
      commit: first?.commit,
      evidence: { by: 'approver', who: 'marek@example.org' },
      result: { tier: 'gvisor' },
    })

    const run = promisify(execFile)
    const env = {
      PATH: process.env.PATH,
      HOME: site.directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    }
    const git = async (...words: string[]) =>
      (await run('git', words, { cwd: site.directory, env, encoding: 'utf8' })).stdout.trim()
    await git('clone', '--quiet', `${site.web}/-/git/tarn.git`, 'clone')
    await git('-C', 'clone', 'fetch', '--quiet', `${site.web}/-/git/ci.git`, second?.ref ?? '')
    expect(await git('-C', 'clone', 'show', 'FETCH_HEAD:wal.c')).toBe('one\nzweite\nthree')
    const pushed = git('-C', 'clone', 'push', `${site.web}/-/git/tarn.git`, 'HEAD:refs/heads/evil')
    await expect(pushed).rejects.toThrow()
    const branches = ['-C', site.at('tarn.git'), 'branch', '--list', 'evil']
    expect(execFileSync('git', branches, { encoding: 'utf8' })).toBe('')
    const pending = JSON.parse(await site.page('/tarn/pending.json')) as { revisions: { ref: string }[] }
    expect(pending.revisions.map(({ ref }) => ref)).toEqual([second?.ref])
  })

  /** As git writes them, sent by the author's own mail server. */
  async function post(words: readonly string[]): Promise<string[]> {
    const files = site.repository
      .git('format-patch', '--output-directory', site.at('out'), ...words)
      .split('\n')
    const ids: string[] = []
    for (const file of files) {
      const text = readFileSync(file, 'utf8')
      const subject = /^Subject: (.*)$/m.exec(text)?.[1] ?? ''
      const id = `${ids.length}.${subject.length}@example.org`
      await site.post({
        ...{ from: 'Ada <ada@example.org>', to, subject, messageId: `<${id}>`, date: new Date() },
        text: text.slice(text.indexOf('\n\n') + 2),
        ...(ids[0] ? { inReplyTo: `<${ids[0]}>`, references: `<${ids[0]}>` } : {}),
        dkim: site.signer,
      })
      ids.push(id)
    }
    return ids
  }

  test('of an allowed author is applied, built in gVisor and answered over the list, and the answer is a check on each patch', async () => {
    const { repository, db } = site
    repository.git('checkout', '--quiet', '-b', 'topic')
    repository.commit({ 'lock.c': 'lock();\nunlock();\nsync();\n' })
    repository.commit({ 'lock.c': 'lock();\nunlock();\nsync();\ncount();\n' })
    repository.git('checkout', '--quiet', 'main')
    const ids = await post(['--cover-letter', '--base=main', 'main..topic'])
    const cover = ids[0] ?? ''
    expect(ids).toHaveLength(3)
    await site.become('a check', async () =>
      ((await topicOf(cover))?.checks ?? []).some(({ claimed }) => !claimed),
    )
    const build = (await site.builds()).find(({ topic_id }) => topic_id === cover)
    expect(build).toMatchObject({ state: 'success', result: { tier: 'gvisor' } })
    const address = `https://tracker.example.org/builds/${build?.number}`
    const topic = await topicOf(cover)
    const [revision] = topic?.revisions ?? []
    if (!topic || !revision) throw new Error('No patchset')
    for (const patch of revision.patches) {
      const [check, ...more] = patchChecks(topic, revision, patch)
      expect(more).toEqual([])
      expect(check).toMatchObject({ context: 'build', state: 'success', on: cover, url: address })
      expect(check?.claimed).toBeUndefined()
    }
    const owed = (await db.selectFrom('outbox').selectAll().where('kind', '=', 'result').execute()).filter(
      ({ thread }) => thread === indexKey(cover),
    )
    expect(owed).toMatchObject([{ recipient: listAddress, state: 'sent' }])
    const { headers, body } = decodeMail(owed[0]?.bytes ?? Buffer.alloc(0))
    expect(headerValue(headers, 'in-reply-to')).toBe(`<${cover}>`)
    expect(body).toContain(`Test-Label: build\nTest-Status: SUCCESS\n${address}\n`)
    const verdict = await db
      .selectFrom('verdict')
      .innerJoin('mail', join =>
        join.onRef('mail.list_id', '=', 'verdict.list_id').onRef('mail.seq', '=', 'verdict.seq'),
      )
      .select('grade')
      .where('message_id', '=', owed[0]?.message_id ?? '')
      .executeTakeFirst()
    expect(verdict?.grade).toBe('A')
    const page = await site.page(`/builds/${build?.number}`)
    expect(page).toContain('Passed')
    expect(page).toContain('the answer in the thread')
    expect(await site.page(`/tarn/${ids[2]}/`)).toContain(`href="/builds/${build?.number}"`)
    const fetched = repository.git('ls-remote', `${site.web}/-/git/ci.git`, build?.ref ?? '')
    expect(fetched.split(/\s/)[0]).toBe(build?.commit)
  })
})

describe('a server that is struck', { timeout: 300_000 }, () => {
  test('by kill -9 while git applies a patchset applies it again, once; and builds what was pushed meanwhile', async () => {
    await site.end('SIGTERM')
    const slow = site.at('slow')
    const here = site.at('applying')
    mkdirSync(slow)
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
    // git applies, and its end never comes.
    const lines = `case " $* " in *" am -3 "*) ${real} "$@"; echo $$ >'${here}'; exec sleep 600 ;; esac\nexec ${real} "$@"`
    writeFileSync(`${slow}/git`, script(lines), { mode: 0o755 })
    await site.start(slow)
    const text = diffOf({ 'wal.c': 'one\ntwo\nstruck\n' })
    const from = 'Ines Oduya <ines@example.org>'
    await site.post({
      from,
      to: listAddress,
      subject: '[PATCH] wal: struck',
      messageId: '<struck@example.org>',
      text,
    })
    await site.become('git applies', async () => existsSync(here) && readFileSync(here, 'utf8') !== '')
    const scratch = () => readdirSync(site.at('data/ci-apply'))
    const [left, ...more] = scratch()
    expect(more).toEqual([])
    await site.end('SIGKILL')
    process.kill(Number(readFileSync(here, 'utf8')), 'SIGKILL')
    expect((await site.builds()).filter(({ topic_id }) => topic_id === 'struck@example.org')).toEqual([])
    const pushed = push('echo meanwhile; exit 0', signed())
    await site.start()
    await ended(pushed, 'success')
    const struck = async () =>
      (await site.builds()).filter(({ topic_id }) => topic_id === 'struck@example.org')
    await site.become('it waits', async () => (await struck()).length > 0)
    expect(await struck()).toMatchObject([{ state: 'waiting' }])
    const show = ['-C', site.at('data/ci.git'), 'show', `${(await struck())[0]?.ref}:wal.c`]
    expect(execFileSync('git', show, { encoding: 'utf8' })).toBe('one\ntwo\nstruck\n')
    expect(scratch()).not.toContain(left)
  })
})
