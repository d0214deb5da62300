// What the pages say of builds: how each stands, why, what releases it, its log, and what a build wrote to do harm.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { publishedRepository as publishedAt } from '../../ci/published.ts'
import { oweMail } from '../../sql/outbox.ts'
import { resultKey } from '../../tracker/build/report.ts'
import { makeApp } from '../../web/app.ts'
import { Repository, script } from '../ci/repository.ts'
import { type Archive, makeArchive, patchBody, series } from './archive.ts'
import { BuildYard, resultOf, stepOf } from './builds.ts'

const data = mkdtempSync(join(tmpdir(), 'threadwork-builds-'))
afterAll(() => rmSync(data, { recursive: true }))
const url = 'https://tracker.example.org'
const hostile = '<script>alert(1)</script>\u202e'

let archive: Archive
let app: Hono
let yard: BuildYard

beforeAll(async () => {
  archive = await makeArchive([
    ...series,
    { id: 'alone@example.org', subject: '[PATCH] cli: print sizes', body: patchBody('.ci/build') },
  ])
  const { db } = archive
  app = makeApp({
    ...{ db, url, builds: { queue: {} as never, data } },
    onError: error => {
      throw error
    },
  })
  yard = new BuildYard(db, data, archive.list.id)
})

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })
async function page(path: string, status = 200): Promise<string> {
  const response = await get(path)
  expect(response.status).toBe(status)
  const text = await response.text()
  expect(text.length).toBeLessThan(30_000)
  expect(text).not.toContain('<script')
  return text
}

const failed = resultOf(
  'failure',
  stepOf('build', 'success', { seconds: 12 }),
  stepOf('unit', 'failure', {
    tests: { passed: 411, failed: 1, skipped: 2, failing: [hostile] },
    why: `It ended ${hostile}`,
  }),
)
const log = Array.from({ length: 500 }, (_, at) => `line ${at + 1} ${hostile}`).join('\n')

describe('a build that failed', () => {
  let number: string
  beforeAll(async () => {
    await yard.build('failure', { result: failed })
    number = await yard.build('failure', {
      result: failed,
      logs: { build: 'fine\n', unit: `${log}\n` },
      build: yard.patchset('v1-0@example.org', ['v2-1@example.org', 'v2-2@example.org'], 2),
    })
    await archive.db
      .insertInto('application')
      .values({
        ...{
          list_id: archive.list.id,
          topic_key: 'v1-0@example.org' as never,
          version: 2,
          digest: '7c41e09b',
        },
        ...{
          repository: 'tarn',
          branch: 'main',
          base: 'c08e51d3'.repeat(5),
          found_by: 'blobs',
          outcome: 'applied',
        },
      })
      .execute()
  })

  test('says which step, its last lines by number, where it fails too, and how to repeat it', async () => {
    const text = await page(`/builds/${number}`)
    expect(text).toContain('<a href="#log">unit</a>: It ended')
    expect(text).toContain('1 of 412 tests failed')
    expect(text).toContain('build passed.')
    expect(text).toMatch(/id="l461" href="#l461">461<\/a>line 461 &lt;script/)
    expect(text).not.toContain('>line 460')
    expect(text).toContain('It fails on <bdi>main</bdi> too')
    expect(text).toContain(
      'git fetch https://tracker.example.org/-/git/ci.git refs/ci/tarn/abc/v2 &amp;&amp; git checkout FETCH_HEAD &amp;&amp; .ci/checks/unit',
    )
    expect(text).toContain('CI: retest unit')
    expect(text).toContain('[U+202E]')
  })

  test('is kept by readers until something about it changes', async () => {
    const first = await get(`/builds/${number}`)
    const tag = first.headers.get('ETag') ?? ''
    expect((await get(`/builds/${number}`, { 'If-None-Match': tag })).status).toBe(304)
    const { key } = await archive.db
      .selectFrom('build')
      .select('key')
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
    await archive.db.transaction().execute(trx =>
      oweMail(trx, {
        ...{ key: resultKey(key), list: archive.list.id, to: 'ines@example.org', subject: 'Re: x' },
        ...{ body: 'x\n', kind: 'result' as const },
      }),
    )
    const again = await get(`/builds/${number}`, { 'If-None-Match': tag })
    expect(again.status).toBe(200)
    const text = await again.text()
    expect(text).toContain('Mailed')
    expect(text).toContain('ines@…')
    expect(text).not.toContain('ines@example.org<')
  })

  test('is linked from its patchset and its patches, whose pages change with it', async () => {
    const path = '/tarn/v2-0@example.org/'
    const before = await get(path)
    expect(await before.text()).toContain(`href="/builds/${number}"`)
    expect(await page('/tarn/v2-1@example.org/')).toContain(`href="/builds/${number}"`)
    const other = await yard.build('running', {
      build: yard.patchset('v1-0@example.org', ['v2-1@example.org'], 2),
    })
    const after = await get(path, { 'If-None-Match': before.headers.get('ETag') ?? '' })
    expect(after.status).toBe(200)
    expect(await after.text()).toContain(`href="/builds/${other}"`)
  })

  test('has a log in pages of lines, and whole', async () => {
    const first = await page(`/builds/${number}/log/unit`)
    expect(first).toContain('id="l1"')
    expect(first).toContain('id="l200"')
    expect(first).not.toContain('id="l201"')
    expect(first).toContain(`href="/builds/${number}/log/unit?from=201"`)
    expect(await page(`/builds/${number}/log/unit?from=401`)).toContain('Lines 401 to 500')
    const raw = await get(`/builds/${number}/log/unit/raw`)
    expect(raw.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(raw.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(await raw.text()).toBe(`${log}\n`)
    for (const step of ['nothing', '..%2f..%2fsecret', 'unit%00', '.hidden'])
      expect((await get(`/builds/${number}/log/${step}`)).status).toBe(404)
  })
})

test('one that waits says what lets it run, and what to look at before', async () => {
  const number = await yard.build('waiting', {
    why: `Patches of ${hostile} are not built without asking`,
    build: {
      ...yard.patchset('alone@example.org', ['alone@example.org'], 1),
      evidence: { guarded: ['.ci/build', hostile] },
    },
  })
  const text = await page(`/builds/${number}`)
  expect(text).toMatch(/Ends unrun<\/dt><dd><time/)
  expect(text).not.toContain('<script')
  expect(text).toContain('<b>CI: test 7c41e09b</b>')
  expect(text).toMatch(
    /href="mailto:tarn@lists\.example\.org\?In-Reply-To=%3Calone%40example\.org%3E[^"]*body=CI%3A%20test%207c41e09b"/,
  )
  expect(text).toContain('changed:</span> <code>.ci/build</code>')
  expect(text).toContain('from an archive')
  const queue = await page('/builds/')
  for (const shown of [text, queue, await page('/tarn/builds/')]) {
    expect(shown).toContain('what was pushed and mailed here')
    expect(shown).not.toContain('Every fact here comes from a mail')
  }
  expect(queue).toContain('<code>CI: test 7c41e09b</code>')
  expect(queue).toContain('oak')
  expect(queue).toContain('gvisor, bwrap')
})

test('a refused push says why and what was found', async () => {
  const number = await yard.build('refused', {
    why: 'The commit is not signed by anybody whom the policy names',
    build: {
      ref: `refs/heads/${hostile}`,
      evidence: { proof: null, signer: null, key: 'ABCD', said: ['[GNUPG:] BADSIG', hostile] },
    },
  })
  const text = await page(`/builds/${number}`)
  expect(text).toContain('refused')
  expect(text).toContain('The commit is not signed by anybody whom the policy names.')
  expect(text).toContain('[GNUPG:] BADSIG')
  expect(text).toContain('&lt;script&gt;')
})

describe('the whole log', () => {
  test('has the steps one after another, its lines counted through', async () => {
    const number = await yard.build('failure', {
      result: failed,
      logs: { build: 'one\ntwo\n', unit: `${log}\n` },
    })
    expect(await page(`/builds/${number}`)).toContain(`href="/builds/${number}/log"`)
    const first = await page(`/builds/${number}/log`)
    expect(first).toMatch(
      /<h2>build <span class="soft">lines 1 to 2<.*<h2>unit <span class="soft">lines 3 to 200</s,
    )
    expect(first).toContain('id="l3" href="#l3">3</a>line 1 ')
    expect(first).not.toContain('id="l201"')
    const next = await page(`/builds/${number}/log?from=201`)
    expect(next).not.toContain('<h2>build')
    expect(next).toContain('id="l201" href="#l201">201</a>line 199 ')
    expect(await page(`/builds/${number}/log?from=401`)).toContain('lines 401 to 502')
    const raw = await get(`/builds/${number}/log.txt`)
    expect(raw.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(await raw.text()).toBe(`== build ==\none\ntwo\n\n== unit ==\n${log}\n`)
    const silent = await yard.build('success', { result: resultOf('success', stepOf('build', 'success')) })
    expect((await get(`/builds/${silent}/log`)).status).toBe(404)
  })
})

describe('how a step went before', () => {
  const went = (outcome: 'success' | 'failure', seconds: number) =>
    resultOf(outcome, stepOf('unit', outcome, { seconds }))

  test('stands beside it: in the patchset, and on the branch below', async () => {
    const ref = { ref: 'refs/heads/before' }
    const below = await yard.build('success', { result: went('success', 30), build: ref })
    const topic = yard.patchset('v1-0@example.org', ['v1-1@example.org'], 1)
    const base = { ...topic, base: 'beef'.repeat(10) }
    await archive.db
      .insertInto('application')
      .values({
        ...{
          list_id: archive.list.id,
          topic_key: 'v1-0@example.org' as never,
          version: 1,
          digest: '7c41e09b',
        },
        ...{
          repository: 'tarn',
          branch: 'before',
          base: 'beef'.repeat(10),
          found_by: 'prefix',
          outcome: 'applied',
        },
      })
      .execute()
    const one = await yard.build('success', { result: went('success', 12), build: base })
    const two = await yard.build('failure', { result: went('failure', 13), build: base })
    const text = await page(`/builds/${two}`)
    expect(text).toMatch(
      new RegExp(
        `unit</bdi> before</h2>.*href="/builds/${one}".*v1, build ${one}.* passed.*12 s.*href="/builds/${below}".*before, build ${below}.*30 s`,
        's',
      ),
    )
    const tag = (await get(`/builds/${two}`)).headers.get('ETag') ?? ''
    const later = await yard.build('failure', { result: went('failure', 31), build: ref })
    const again = await get(`/builds/${two}`, { 'If-None-Match': tag })
    expect(await again.text()).toContain(`It fails on <bdi>before</bdi> too: <a href="/builds/${later}">`)
    expect(await page(`/builds/${later}`)).toMatch(
      new RegExp(`unit</bdi> before.*href="/builds/${below}"`, 's'),
    )
  })

  test('of a night is told of the branch that it was made on, too', async () => {
    const commit = 'cafe'.repeat(10)
    const main = await yard.build('failure', {
      result: went('failure', 5),
      build: { ref: 'refs/heads/night-base', commit },
    })
    const night = await yard.build('failure', {
      result: went('failure', 6),
      build: { ref: 'refs/ci/tarn/nightly/2026-03-02', base: commit, nightly: true, submitter: 'nightly' },
    })
    const text = await page(`/builds/${night}`)
    expect(text).toContain(`It fails on <bdi>night-base</bdi> too: <a href="/builds/${main}">`)
  })
})

describe('what was mailed', () => {
  const owe = async (number: string, to: string, optional: boolean) => {
    const { key } = await archive.db
      .selectFrom('build')
      .select('key')
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
    const body = `Test-Label: build\n\nIt failed ${hostile}\n`
    const mail = {
      key: resultKey(key),
      list: archive.list.id,
      to,
      subject: 'Re: x',
      body,
      kind: 'result' as const,
    }
    await archive.db.transaction().execute(trx => oweMail(trx, { ...mail, optional }))
    const row = await archive.db
      .selectFrom('outbox')
      .selectAll()
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    return row
  }

  test('to a person is shown as its text, without the way to end such mails', async () => {
    const number = await yard.build('failure', { result: failed })
    const { hash } = await owe(number, 'ines@example.org', true)
    const text = await page(`/builds/${number}`)
    expect(text).toMatch(/<summary>What it says<\/summary>.*Test-Label: build.*It failed &lt;script/s)
    expect(text).not.toContain(hash)
    expect(text).not.toContain('unsubscribe')
  })

  test('to the list is its mail, once that came back', async () => {
    const number = await yard.build('failure', { result: failed })
    const { message_id } = await owe(number, 'tarn@lists.example.org', false)
    const before = await page(`/builds/${number}`)
    expect(before).toContain('What it says')
    expect(before).not.toContain('the answer in the thread')
    await archive.add({ id: message_id, subject: 'Re: x', body: 'It failed\n' })
    const after = await page(`/builds/${number}`)
    expect(after).toContain(`<a href="/tarn/${message_id}/">the answer in the thread</a>`)
    expect(after).not.toContain('What it says')
  })
})

describe('what git can fetch', () => {
  const ref = (day: number) => `refs/ci/tarn/nightly/2026-03-0${day}`
  let published: Hono
  let commit: string
  beforeAll(() => {
    mkdirSync(publishedAt(data))
    const repository = new Repository(publishedAt(data))
    commit = repository.commit({ '.ci/build': script('true') })
    for (const name of [ref(1), ref(2), 'refs/ci/tarn/abc/v7']) repository.git('update-ref', name, commit)
    const policy = { repositories: [], patches: [{ list: 'tarn', nightly: true }] } as never
    published = makeApp({
      ...{ db: archive.db, url, builds: { queue: {} as never, data } },
      place: { policy: () => policy, data },
    })
  })
  const text = async (path: string) => (await published.request(path)).text()

  test('are the nights that are still there, each with its build', async () => {
    const number = await yard.build('success', {
      result: resultOf('success', stepOf('build', 'success')),
      build: { ref: ref(1), commit, nightly: true, submitter: 'nightly' },
    })
    const before = await published.request('/tarn/builds/')
    const nights = /id="h-nights".*?<\/section>/s.exec(await before.text())?.[0] ?? ''
    expect(nights).toMatch(new RegExp(`${ref(2)}.*${ref(1)}`, 's'))
    expect(nights).toContain(`href="/builds/${number}"`)
    new Repository(publishedAt(data)).git('update-ref', '-d', ref(1))
    const tag = before.headers.get('ETag') ?? ''
    const after = await published.request('/tarn/builds/', { headers: { 'If-None-Match': tag } })
    expect(after.status).toBe(200)
    expect(await after.text()).not.toContain(ref(1))
  })

  test('is told for a ref that leads to what was built, and for no other', async () => {
    const topic = yard.patchset('v1-0@example.org', ['v1-1@example.org'], 1)
    const build = { ...topic, commit, ref: 'refs/ci/tarn/abc/v7' }
    const there = await text(`/builds/${await yard.build('failure', { result: failed, build })}`)
    expect(there).toContain('git fetch https://tracker.example.org/-/git/ci.git refs/ci/tarn/abc/v7')
    expect(there).toMatch(/<dt>Tree<\/dt><dd><code>[0-9a-f]{12}</)
    const other = { ...build, commit: 'dead'.repeat(10) }
    const gone = await text(`/builds/${await yard.build('failure', { result: failed, build: other })}`)
    expect(gone).toContain('It cannot be fetched any more')
    expect(gone).not.toContain('git fetch')
    expect(gone).not.toContain('<dt>Tree')
  })
})

describe('many builds', () => {
  test('of one branch and of one patchset are on pages of their own', async () => {
    const ref = 'refs/heads/busy'
    const numbers: string[] = []
    for (let at = 0; at < 52; at++) numbers.push(await yard.build('refused', { build: { ref } }))
    const first = await page('/builds/?repository=tarn&branch=busy')
    expect(first).toContain('Builds of <bdi>busy</bdi>')
    expect(first).toContain(`/builds/${numbers[51]}"`)
    expect(first).not.toContain(`/builds/${numbers[11]}"`)
    const next = /href="([^"]*)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await page(next)
    expect(second).toContain(`/builds/${numbers[11]}"`)
    expect(second).not.toContain(`/builds/${numbers[12]}"`)
    expect(second).not.toContain('rel="next"')
    expect(await page('/tarn/builds/')).toContain('href="/builds/?repository=tarn&amp;branch=main"')
    const patchset = await page('/tarn/builds/?patchset=v2-1%40example.org')
    expect(patchset).toContain('wal: hold the lock less')
    expect(patchset).not.toContain('busy')
    expect(await page('/tarn/v2-0@example.org/')).toContain('/tarn/builds/?patchset=')
    expect(await page(`/builds/?repository=tarn&branch=no${encodeURIComponent(hostile)}`)).toContain(
      'Nothing was built',
    )
    expect(await page('/tarn/builds/?patchset=nobody%00%40example.org')).toContain('Nothing was built')
  })

  test('of one state are counted, and go on by their numbers', async () => {
    const numbers: string[] = []
    for (let at = 0; at < 52; at++)
      numbers.push(await yard.build('queued', { build: { ref: `refs/heads/q${at}` } }))
    const queue = await page('/builds/')
    expect(queue).toContain('>All 52 builds</a>')
    const on = /href="([^"]*)">44 more builds<\/a>/.exec(queue)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const more = await page(on)
    expect(more).not.toContain(`/builds/${numbers[7]}"`)
    expect(more).toContain(`/builds/${numbers[8]}"`)
    expect(more).toContain(`/builds/${numbers[47]}"`)
    const all = await page('/builds/?state=queued')
    expect(all).toContain(`/builds/${numbers[0]}"`)
    const last = await page(/href="([^"]*)" rel="next"/.exec(all)?.[1]?.replaceAll('&amp;', '&') ?? '')
    expect(last).toContain(`/builds/${numbers[40]}"`)
    expect(last).toContain(`/builds/${numbers[51]}"`)
    expect(last).not.toContain(`/builds/${numbers[39]}"`)
    expect(queue).toMatch(/Ended.*more builds/s)
    await archive.db.deleteFrom('build').where('number', 'in', numbers).execute()
  })
})

test('addresses of people are cut on every page of builds', async () => {
  const number = await yard.build('cancelled', {
    why: 'marek@example.org asked for it in <asked-1@example.org>',
    build: {
      ...yard.patchset('v1-0@example.org', ['v1-1@example.org'], 1),
      evidence: { by: 'author', who: 'ines@example.org', how: 'DKIM of example.org' },
    },
  })
  for (const path of [
    `/builds/${number}`,
    '/tarn/builds/',
    '/builds/',
    '/tarn/builds/?patchset=v1-1%40example.org',
  ]) {
    const text = await page(path)
    expect(text).toContain('ines@…')
    expect(text.replaceAll(/href="[^"]*"/g, '')).not.toMatch(/(?:ines|marek)@example\.org/)
  }
  expect(await page(`/builds/${number}`)).toContain('marek@… asked for it in &lt;asked-1@example.org&gt;')
})

describe('a list', () => {
  test('has Builds in its menu when there are any', async () => {
    expect(await page('/tarn/')).toContain('href="/tarn/builds/"')
    expect(await page('/')).toContain('href="/builds/"')
    const other = await makeArchive(series)
    expect(await (await other.app.request('/tarn/')).text()).not.toContain('/tarn/builds/')
  })

  test('shows its branches with their last result, and all builds', async () => {
    await yard.build('success', {
      result: resultOf('success', stepOf('build', 'success')),
      build: { ref: 'refs/heads/release/1.0' },
    })
    const text = await page('/tarn/builds/')
    expect(text).toContain('release/1.0')
    expect(text).toMatch(/Branches.*main.*failed.*release\/1\.0.*passed/s)
    expect(await page('/tarn/builds/?branches=all')).toMatch(/main.*failed.*release\/1\.0.*passed/s)
  })

  test('has badges, which change with the branch', async () => {
    const main = await get('/tarn/badge.svg')
    expect(main.headers.get('Content-Type')).toMatch(/^image\/svg\+xml/)
    expect(main.headers.get('Cache-Control')).toBe('public, max-age=60')
    expect(await main.text()).toContain('main: failing')
    const tag = main.headers.get('ETag') ?? ''
    expect((await get('/tarn/badge.svg', { 'If-None-Match': tag })).status).toBe(304)
    expect(await (await get('/tarn/badge.svg?branch=release/1.0')).text()).toContain('passing')
    const none = await (await get(`/tarn/badge.svg?branch=${encodeURIComponent(hostile)}`)).text()
    expect(none).toContain('unknown')
    expect(none).not.toContain('<script')
    await yard.build('success', { result: resultOf('success', stepOf('build', 'success')) })
    expect(await (await get('/tarn/badge.svg', { 'If-None-Match': tag })).text()).toContain('main: passing')
  })
})

describe('who follows a build', () => {
  test('reads what it says as it comes, and where it ended', async () => {
    const number = await yard.build('running', { logs: { build: 'first\n' } })
    const response = await get(`/builds/${number}/tail`)
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const decoder = new TextDecoder()
    let text = ''
    const until = async (word: string) => {
      while (!text.includes(word)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`It ended before "${word}": ${text}`)
        text += decoder.decode(value, { stream: true })
      }
    }
    await until('== build ==\nfirst\n')
    yard.log(number, 'build', 'second é\n')
    await until('second é\n')
    await archive.db
      .updateTable('build')
      .set({ state: 'success', ended_at: new Date() })
      .where('number', '=', number)
      .execute()
    await until('The build has ended.')
    expect((await reader.read()).done).toBe(true)
  })

  test('with a browser gets a page that grows, and no markup of the build', async () => {
    const number = await yard.build('success', {
      result: resultOf('success', stepOf('build', 'success')),
      logs: { build: `${hostile}\n` },
    })
    const response = await get(`/builds/${number}/tail`, { Accept: 'text/html' })
    const text = await response.text()
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(text).toContain('<pre class="diff" role="log"')
    expect(text).not.toContain('<script')
    expect(text).toContain('The build has ended.')
    expect(text.trimEnd()).toMatch(/<\/html>$/)
  })

  test('is one of so many, of this build and of all', async () => {
    const numbers = [await yard.build('running')]
    while (numbers.length < 6) numbers.push(await yard.build('running'))
    const follow = (number: string | undefined) => get(`/builds/${number}/tail`)
    const open = await Promise.all(Array.from({ length: 20 }, () => follow(numbers[0])))
    const more = await follow(numbers[0])
    expect(more.status).toBe(503)
    expect(more.headers.get('Retry-After')).not.toBeNull()
    expect(await more.text()).toContain('20 others follow this build')
    for (const number of numbers.slice(1, 5))
      open.push(...(await Promise.all(Array.from({ length: 20 }, () => follow(number)))))
    expect(open.map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect((await follow(numbers[5])).status).toBe(503)
    for (const { body } of open) await body?.cancel()
    for (const number of [numbers[0], numbers[5]]) {
      const again = await follow(number)
      expect(again.status).toBe(200)
      await again.body?.cancel()
    }
  })

  test('waits for one that does not run for some minutes, and his page says so', async () => {
    const number = await yard.build('waiting')
    const response = await get(`/builds/${number}/tail`, { Accept: 'text/html' })
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const later = setInterval(() => vi.advanceTimersByTime(60_000), 20)
      const text = await response.text().finally(() => clearInterval(later))
      expect(text).toContain('One that does not run is waited for 10 minutes.')
      expect(text).toContain('The build did not run for 10 minutes; follow it again when it does.')
    } finally {
      vi.useRealTimers()
    }
  })
})

test('what is not there says so', async () => {
  expect(await page('/builds/999999', 404)).toContain('There is no build 999999')
  expect((await get('/builds/abc')).status).toBe(404)
})
