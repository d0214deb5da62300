// Who is told how a build ended, and what a mail says of it: with real mails, rows, repositories and logs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { indexKey } from '../../../base/key.ts'
import { lfOnly } from '../../../base/line-ends.ts'
import type { GivenList } from '../../../base/list-settings.ts'
import type { Policy } from '../../../ci/policy.ts'
import type { Result, Step } from '../../../ci/result.ts'
import { endBuild } from '../../../sql/build-attempts.ts'
import { addBuild, type NewBuild } from '../../../sql/builds.ts'
import { reportBuild } from '../../../tracker/build/report.ts'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { headerValue } from '../../../tracker/decode/headers.ts'
import { messageIdOf } from '../../../tracker/decode/message-id.ts'
import { checksOf } from '../../../tracker/mail/check.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'
import { makeDesk } from '../../answer/desk.ts'
import { Repository } from '../../ci/repository.ts'
import { series, write } from '../../web/archive.ts'

const data = mkdtempSync(join(tmpdir(), 'threadwork-report-'))
afterAll(() => rmSync(data, { recursive: true }))
const repository = new Repository(mkdtempSync(join(data, 'repository-')))
const url = 'https://tracker.example.org'

const step = (name: string, outcome: Step['outcome'], more: Partial<Step> = {}): Step => ({
  ...{ name, outcome, why: outcome === 'failure' ? 'It ended with exit code 2' : null },
  ...{ exitCode: outcome === 'failure' ? 2 : 0, startSeconds: 0.1, seconds: 41.2 },
  ...{ outputBytes: 10, leftOutBytes: 0, artefactBytes: 0 },
  ...more,
})
const resultWith = (outcome: Result['outcome'], ...steps: Step[]): Result => ({
  ...{ outcome, why: null, tier: 'bwrap', seconds: 50, steps },
})
const failed = resultWith('failure', step('build', 'success'), step('unit', 'failure'))
const passed = resultWith('success', step('build', 'success'), step('unit', 'success'))

const policy = (mail: readonly string[] = []) =>
  ({
    repositories: [{ name: 'tarn', path: repository.path, offer: [], mail }],
  }) as unknown as Policy

async function office(ci: GivenList['ci'] = {}, mail: readonly string[] = []) {
  const desk = await makeDesk({ ci, maintainers: ['ada@example.org'] })
  const { db } = desk
  const v2 = series.filter(({ id }) => id.startsWith('v2'))
  const post = async (grade: 'A' | 'C' = 'A', posted: number | null = null) => {
    for (const letter of v2) {
      const dated = posted === null ? '$&' : `Date: ${new Date(posted).toUTCString()}`
      const bytes = Buffer.from(
        write(letter)
          .toString()
          .replace(/^Date: .*$/m, dated),
      )
      await desk.arrive(letter.id, { bytes, grade })
    }
  }
  let count = 0
  const add = async (more: Partial<NewBuild> = {}) => {
    const { number } = await addBuild(db, {
      ...{ key: `build ${++count}`, repository: 'tarn', ref: 'refs/heads/main', list: desk.list.id },
      ...{
        commit: repository.commit({ file: `${count}` }),
        patchset: null,
        submitter: 'ada',
        state: 'queued',
      },
      ...more,
    })
    return number
  }
  type End = Result['outcome'] | 'conflict'
  /** `before` is waited for with all of it done, and not yet kept. */
  const endOf = (number: string, state: End, result: Result | null, before = async () => {}) =>
    db.transaction().execute(async trx => {
      mkdirSync(join(data, 'builds', number, '1'), { recursive: true })
      const log = Array.from({ length: 60 }, (_, at) => `line ${at}`).join('\n')
      writeFileSync(
        join(data, 'builds', number, '1', 'unit.log'),
        `${log}\nTest-Label: unit\nTest-Status: SUCCESS\n`,
      )
      await endBuild(trx, number, { state, why: null, result })
      const build = await trx
        .selectFrom('build')
        .selectAll()
        .where('number', '=', number)
        .executeTakeFirstOrThrow()
      await reportBuild(trx, build, 1, { url, data, policy: () => policy(mail) })
      await before()
    })
  const end = async (state: End, result: Result | null, more: Partial<NewBuild> = {}) => {
    const number = await add(more)
    await endOf(number, state, result)
    return number
  }
  const patchset = {
    ref: 'refs/ci/tarn/abc/v2',
    base: '4f0c19d2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    patchset: {
      ...{
        topicKey: indexKey('v2-0@example.org'),
        topicId: 'v2-0@example.org',
        version: 2,
        digest: '7c41e09b',
      },
      mails: v2.slice(1).map(({ id }) => ({ id, hash: 'x' })),
    },
  }
  return { ...desk, add, end, endOf, post, patchset }
}

describe('of a patchset', () => {
  test('a failure is an answer to the cover letter, which reads as a check of each step', async () => {
    const { db, end, post, patchset, owed } = await office({ failure: 'thread' })
    await post()
    await db
      .insertInto('application')
      .values({
        ...{ list_id: 1, topic_key: patchset.patchset.topicKey, version: 2, digest: '7c41e09b' },
        ...{
          repository: 'tarn',
          branch: 'main',
          base: patchset.base,
          found_by: 'default',
          outcome: 'applied',
        },
      })
      .execute()
    await end('failure', failed)
    await db.deleteFrom('outbox').execute()
    const number = await end('failure', failed, patchset)
    const [mail, ...more] = await owed()
    expect(more).toEqual([])
    expect(mail).toMatchObject({
      to: 'tarn-devel@lists.example.org',
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
    })
    const header = (name: string) => headerValue(mail?.headers ?? [], name)
    expect(header('in-reply-to')).toBe('<v2-0@example.org>')
    expect(header('references')?.split(/\s+/)).toEqual(['<v1-0@example.org>', '<v2-0@example.org>'])
    expect(header('auto-submitted')).toBe('auto-generated')
    expect(header('x-ci-status')).toBe('failure')
    expect(header('x-ci-context')).toBe('build, unit')
    expect(header('x-ci-build')).toBe(`${url}/builds/${number}`)
    expect(header('x-ci-series')).toBe('<v2-0@example.org>')
    expect(header('x-ci-base')).toBe(patchset.base)
    const body = mail?.body.trimEnd() ?? ''
    expect(body.split('\n').slice(0, 5)).toEqual([
      'Test-Label: build',
      'Test-Status: SUCCESS',
      `${url}/builds/${number}`,
      '',
      '_passed in 41 s_',
    ])
    expect(checksOf(body.split('\n'), null).map(({ context, state }) => `${context} ${state}`)).toEqual([
      'build success',
      'unit fail',
    ])
    expect(body).toMatch(/This series \(v2\) was put on main at 4f0c19d2aaaa\. Step unit\sfailed/)
    expect(body).toContain('unit fails on main too: build 1.')
    expect(body).toContain('> line 59\n> Test-Label: unit\n> Test-Status: SUCCESS')
    expect(body).not.toContain('> line 20\n')
    expect(body).toContain(
      `git fetch ${url}/-/git/ci.git refs/ci/tarn/abc/v2 && git checkout FETCH_HEAD && .ci/checks/unit`,
    )
    const row = await db.selectFrom('outbox').selectAll().executeTakeFirstOrThrow()
    const raw = lfOnly(row.bytes ?? Buffer.alloc(0))
    const facts = factsOf(decodeMail(raw), messageIdOf(raw), {})
    expect(facts).toMatchObject({ tags: [], trailers: [], applied: null, posting: 'none' })
    expect(facts.checks).toHaveLength(2)
  })

  test.each([
    ['a failure', 'failure', failed, ['ines@example.org']],
    ['a timeout', 'timeout', resultWith('timeout', step('build', 'timeout')), ['ines@example.org']],
    ['a success', 'success', passed, []],
    ['what was cancelled', 'cancelled', null, []],
    ['what was ours to fail', 'error', null, []],
    ['a conflict', 'conflict', null, []],
  ] as const)(
    'without a word of the list the author hears of %s, or nobody',
    async (_, state, result, to) => {
      const { end, post, patchset, owed } = await office()
      await post()
      await end(state, result, patchset)
      const mails = await owed()
      expect(mails.map(mail => mail.to)).toEqual(to)
      for (const { headers } of mails) {
        expect(headerValue(headers, 'list-unsubscribe')).toContain('unsubscribe+')
        expect(headerValue(headers, 'reply-to')).toBe('tarn-devel@lists.example.org')
      }
    },
  )

  test('nobody writes to an author for whom nobody vouches', async () => {
    const { end, post, patchset, owed } = await office()
    await post('C')
    await end('failure', failed, patchset)
    expect(await owed()).toEqual([])
  })

  test('a list hears of a revision once, and who asks again is answered', async () => {
    const { end, post, patchset, owed, arrive } = await office({ failure: 'thread', success: 'thread' })
    await post()
    await end('failure', failed, patchset)
    await end('success', passed, patchset)
    const again = {
      id: 'again@example.net',
      from: 'Ada <ada@example.org>',
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
      answers: 'v2-0@example.org',
      body: 'CI: retest\n',
      minute: 99,
    }
    await arrive(again.id, { bytes: write(again) })
    await end('success', passed, {
      ...patchset,
      evidence: { by: 'request', who: 'ada@example.org', mail: again.id },
    })
    const mails = await owed()
    expect(mails.map(({ to }) => to)).toEqual(['tarn-devel@lists.example.org', 'ada@example.org'])
    expect(headerValue(mails[1]?.headers ?? [], 'in-reply-to')).toBe(`<${again.id}>`)
    expect(headerValue(mails[1]?.headers ?? [], 'x-patchwork-hint')).toBe('ignore')
  })

  test('of two builds of a revision that end at once, or the newer one first, one is told', async () => {
    const { db, add, endOf, post, patchset, owed } = await office({ failure: 'thread', success: 'thread' })
    await post()
    const [first, second, third] = [await add(patchset), await add(patchset), await add(patchset)]
    const told = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const one = endOf(second, 'failure', failed, async () => {
      told.resolve()
      await go.promise
    })
    await told.promise
    const other = endOf(third, 'success', passed)
    const waits = async () =>
      (await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(db)).rows.length >
      0
    await Promise.race([other, vi.waitUntil(waits, { timeout: 20_000 })])
    go.resolve()
    await Promise.all([one, other])
    await endOf(first, 'success', passed)
    expect((await owed()).map(({ headers }) => headerValue(headers, 'x-ci-build'))).toEqual([
      `${url}/builds/${second}`,
    ])
  })

  test('what whoever asked again was told, nobody else was: the list hears of the first build after it', async () => {
    const { add, end, endOf, post, patchset, owed } = await office({ failure: 'thread' })
    await post()
    const first = await add(patchset)
    await end('failure', failed, {
      ...patchset,
      evidence: { by: 'request', who: 'ines@example.org', mail: 'v2-1@example.org' },
    })
    await endOf(first, 'failure', failed)
    expect((await owed()).map(({ to }) => to)).toEqual(['ines@example.org', 'tarn-devel@lists.example.org'])
  })

  test('nothing leaves before the hours of silence after a posting have passed', async () => {
    const { db, end, post, patchset } = await office({ failure: 'thread', embargo: 24 })
    const posted = Date.now() - 3_600_000
    await post('A', posted)
    await end('failure', failed, patchset)
    const row = await db.selectFrom('outbox').select('next_at').executeTakeFirstOrThrow()
    expect(Math.abs(row.next_at.getTime() - posted - 24 * 3_600_000)).toBeLessThan(60_000)
  })
})

describe('of a push', () => {
  test('author and committer hear that it fails and that it works again, and nothing between', async () => {
    const { db, end, owed } = await office()
    await end('success', passed)
    await end('failure', failed)
    await end('success', passed)
    await end('success', passed)
    const mails = await owed()
    expect(mails.map(({ to, subject }) => [to, subject?.replace(/[0-9a-f]{12}/, 'ID')])).toEqual([
      ['ada@example.org', 'tarn main fails: ID change'],
      ['ada@example.org', 'tarn main works again: ID change'],
    ])
    const ids = await db.selectFrom('outbox').select('message_id').orderBy('id').execute()
    expect(headerValue(mails[1]?.headers ?? [], 'in-reply-to')).toBe(`<${ids[0]?.message_id}>`)
  })

  test('who is not known hears nothing, unless the policy says so', async () => {
    const stranger = () => {
      repository.git('commit', '--quiet', '--allow-empty', '--author=Eve <eve@example.net>', '-m', 'x')
      return repository.git('rev-parse', 'HEAD')
    }
    const strict = await office()
    await strict.end('failure', failed, { commit: stranger() })
    expect((await strict.owed()).map(({ to }) => to)).toEqual(['ada@example.org'])
    const open = await office({}, ['*@example.net'])
    await open.end('failure', failed, { commit: stranger() })
    const rows = await open.db
      .selectFrom('outbox')
      .select(['recipient', 'message_id'])
      .orderBy('id')
      .execute()
    expect(rows.map(({ recipient }) => recipient)).toEqual(['eve@example.net', 'ada@example.org'])
    expect(new Set(rows.map(row => row.message_id)).size).toBe(1)
  })

  test('a fault of ours is told as one, and the branch is not broken by it', async () => {
    const { end, owed } = await office()
    await end('error', { ...failed, outcome: 'error', why: 'No sandbox works', steps: [] })
    await end('success', passed)
    const mails = await owed()
    expect(mails.map(({ subject }) => subject?.replace(/[0-9a-f]{12}/, 'ID'))).toEqual([
      'tarn main could not be built: ID change',
    ])
    expect(mails[0]?.body.replace(/\s+/g, ' ')).toContain('no fault of the code: No sandbox works.')
    expect(checksOf(mails[0]?.body.split('\n') ?? [], null).map(({ state }) => state)).toEqual(['warning'])
  })

  test('the same end told twice is one mail', async () => {
    const { db, end, owed } = await office()
    const number = await end('failure', failed)
    const build = await db
      .selectFrom('build')
      .selectAll()
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
    await db.transaction().execute(trx => reportBuild(trx, build, 1, { url, data, policy: () => policy() }))
    expect(await owed()).toHaveLength(1)
  })

  test('a policy that cannot be read keeps no build from ending', async () => {
    const { db, end } = await office()
    const number = await end('success', passed)
    const build = await db
      .selectFrom('build')
      .selectAll()
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
    const policy = () => {
      throw new Error('line 3')
    }
    await db
      .transaction()
      .execute(trx => reportBuild(trx, { ...build, state: 'failure' }, 1, { url: null, data, policy }))
  })
})
