// The page of a patchset that waits for a maintainer, with the real policy, git and applier behind it: what it would get and run, what to
// look at before, and that its digits are those of these very texts.
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeLog } from '../../base/log.ts'
import type { Policy } from '../../ci/policy.ts'
import type { BuildRow } from '../../sql/builds.ts'
import { append } from '../../sql/log.ts'
import { Applier } from '../../tracker/build/applier.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import type { Verdict } from '../../tracker/topic/verdict.ts'
import { makeApp } from '../../web/app.ts'
import { author, lines, Project } from '../tracker/branch/project.ts'
import { judge } from '../tracker/project/judge.ts'
import { dkimOf, onlyFrom } from '../verdicts.ts'
import { BuildYard } from './builds.ts'

let project: Project
let policy: Policy

beforeAll(async () => {
  project = await Project.start({
    people: [
      { address: 'marek@example.org', name: 'Marek Tolva', role: 'maintainer' },
      { address: 'priya@example.org', name: 'Priya Sant', role: 'maintainer', paths: ['docs/'] },
    ],
  })
  mkdirSync(join(project.repository, '.ci/checks'), { recursive: true })
  program('.ci/build')
  program('.ci/checks/style')
  project.file('.ci/config.toml', 'seconds = 1200\n')
  project.git('add', '.')
  project.commit('ci: build it')
  policy = policyFor(project.repository)
})
afterAll(() => project.end())

function program(name: string): void {
  project.file(name, `#!/bin/sh\necho ${name}\n`)
  chmodSync(join(project.repository, name), 0o755)
}

const policyFor = (path: string): Policy => ({
  file: '/policy.toml',
  repositories: [
    {
      ...{ name: 'tarn', path, list: 'tarn', mail: [], refs: [], keep: [], proofs: [], offer: [] },
      ...{ network: true, weakest: null, limits: { memoryBytes: 2 * 1024 ** 3 }, secrets: [] },
    },
  ],
  ...{
    signers: [],
    keys: null,
    revoked: null,
    gitoliteUsers: [],
    gitoliteAddresses: {},
    openPerSubmitterMax: 20,
  },
  patches: [
    {
      ...{ list: 'tarn', repository: 'tarn', branch: 'main', prefixes: {}, allow: [], signers: [] },
      ...{ buildFiles: ['Makefile'], push: [], nightly: false },
    },
  ],
})

/** Looks until there is nothing more to do. */
async function look(): Promise<void> {
  const { db, dir: data } = project
  const log = makeLog('error', false)
  const applier = new Applier({ db, data, policy: () => policy, log, tell: async () => {}, keepDays: 90 })
  while (await applier.look());
}

async function come(mail: string, verdict = signed): Promise<void> {
  const envelope = { road: 'smtp', trace: new Date().toISOString() }
  await append(project.db, project.list.id, [{ bytes: Buffer.from(mail, 'latin1'), envelope }])
  await sortAll(project.db, project.list.id)
  await project.db.deleteFrom('verdict_due').execute()
  await judge(project.db, project.list, verdict)
  await look()
}
const signed: Verdict = { grade: 'A', how: dkimOf('example.org') }

/** A patch of what `change` does on a branch of its own, as git send-email sends it now. */
function patch(name: string, change: () => void, ...words: string[]): { id: string; text: string } {
  project.git('checkout', '-q', '-b', name, 'main')
  change()
  project.git('add', '.')
  project.commit(`wal: ${name.replace(/-again$/, '')}`, author)
  project.git('checkout', '-q', 'main')
  const [mail] = project.send(`main..${name}`, ...words)
  const now = new Date().toUTCString().replace('GMT', '+0000')
  return {
    id: mail?.id ?? '',
    text: (mail?.bytes.toString('latin1') ?? '').replace(/^Date: .*$/m, `Date: ${now}`),
  }
}

const builds = (): Promise<BuildRow[]> =>
  project.db.selectFrom('build').selectAll().orderBy('number').execute()
const newest = async (): Promise<BuildRow> => (await builds()).at(-1) as BuildRow

async function page(path: string): Promise<string> {
  const place = { policy: () => policy, data: project.dir }
  const response = await makeApp({ db: project.db, place }).request(path)
  expect(response.status).toBe(200)
  const text = await response.text()
  expect(text.length).toBeLessThan(30_000)
  return text
}

/** The cell beside a heading of a row. */
const cell = (text: string, heading: string): string =>
  new RegExp(`<th scope="row" class="sub">${heading}</th><td>(.*?)</td></tr>`, 's').exec(text)?.[1] ?? ''
const step = (text: string, name: string): string =>
  new RegExp(`<th scope="row" class="sub">${name}</th>(.*?)</tr>`, 's').exec(text)?.[1] ?? ''

describe('a stranger’s patch that changes how it is built', () => {
  let text: string
  beforeAll(async () => {
    await new BuildYard(project.db, project.dir, project.list.id).addRunner('oak')
    const mail = patch('odd', () => {
      program('.ci/checks/late')
      project.file('.ci/build', '#!/bin/sh\nexit 0\n')
      project.file('wal.c', lines(1, 40, { 7: `flush();${' '.repeat(400)}steal();` }))
      project.file('table.bin', Buffer.from([0, 1, 2, 255, 0]))
      project.file('turned.c', 'if (a) { /* \u202e } */\n')
    })
    await come(mail.text)
    text = await page(`/builds/${(await newest()).number}`)
  })

  test('is told with what the policy and the runners would give it', () => {
    expect(cell(text, 'It will get')).toBe(
      '4 cores, 2 GiB of memory, 2 GiB of disk, 20 minutes, no network, no secrets; in gVisor',
    )
  })

  test('names whose line lets it run', () => {
    expect(text).toContain('<p class="soft">For <bdi>Marek Tolva</bdi></p>')
  })

  test('shows the steps of its commit, and which of them are its own', () => {
    expect(step(text, 'build')).toContain('the patch changes its script')
    expect(step(text, 'late')).toContain('the patch brings its script')
    expect(step(text, 'style')).toContain('not yet')
    expect(step(text, 'style')).not.toContain('the patch')
    expect(text).toMatch(/Put on <code>[0-9a-f]{12}<\/code>/)
  })

  test('shows what is hard to read', () => {
    expect(cell(text, 'Build files, <code>.ci</code>')).toContain(
      'changed:</span> <code>.ci/build</code>, <code>.ci/checks/late</code>',
    )
    expect(cell(text, 'Binary files')).toContain('<code>table.bin</code>')
    expect(cell(text, 'Very long lines')).toContain('beyond 300 characters:</span> <code>wal.c</code>')
    expect(cell(text, 'Writing direction')).toContain('<code>turned.c</code>')
    expect(cell(text, 'Programs')).toContain('<code>.ci/checks/late</code>')
  })

  test('says that its sender is new here, and what he can do', () => {
    expect(text).toContain('first patchset here')
    expect(cell(text, 'Sender')).toContain('no patchset here before this one')
    expect(text).toContain('For <bdi>Ines Oduya</bdi>')
    expect(text).toContain('It changes how it is built')
    expect(text).not.toContain('ines@example.org<')
    expect(text).not.toMatch(/Patches of ines@example/)
  })
})

test('one that changes code alone shows that, and that its sender is no stranger', async () => {
  await come(patch('plain', () => project.file('wal.c', lines(1, 40, { 9: 'plain();' }))).text)
  const text = await page(`/builds/${(await newest()).number}`)
  for (const what of ['Build files, <code>.ci</code>', 'Binary files', 'Very long lines'])
    expect(cell(text, what)).toMatch(/✓<\/span> (?:untouched|none)/)
  expect(cell(text, 'Sender')).toContain('1 patchset here before')
  expect(text).toMatch(/Waiting too.*wal: odd/s)
})

describe('the digits of a page', () => {
  const digits = (text: string) => /<b>CI: test ([0-9a-f]{8})<\/b>/.exec(text)?.[1]

  test('are new for a v2 that came meanwhile, and gone from the page of the v1', async () => {
    const one = patch('flush', () => project.file('wal.c', lines(1, 40, { 7: 'flush();' })))
    await come(one.text)
    const first = await newest()
    const before = digits(await page(`/builds/${first.number}`))
    expect(before).toBe(first.digest)
    const two = patch(
      'flush-again',
      () => project.file('wal.c', lines(1, 40, { 7: 'flush(2);' })),
      '-v2',
      `--in-reply-to=${one.id}`,
    )
    await come(two.text)
    const second = await newest()
    expect(second).toMatchObject({ state: 'waiting', version: 2 })
    const after = digits(await page(`/builds/${second.number}`))
    expect(after).toBe(second.digest)
    expect(after).not.toBe(before)
    const old = await page(`/builds/${first.number}`)
    expect(digits(old)).toBeUndefined()
    expect(old).toContain('superseded')
    const queue = await page('/builds/')
    expect(queue).toContain(`CI: test ${after}`)
    expect(queue).not.toContain(`CI: test ${before}`)
  })

  test('are new for another text that came under the same id', async () => {
    const mail = patch('sync', () => project.file('wal.c', lines(1, 40, { 12: 'sync();' })))
    await come(mail.text, onlyFrom)
    const first = await newest()
    expect(digits(await page(`/builds/${first.number}`))).toBe(first.digest)
    await come(mail.text.replace('+sync();', '+evil();'))
    const second = await newest()
    expect(second.number).not.toBe(first.number)
    const text = await page(`/builds/${second.number}`)
    expect(digits(text)).toBe(second.digest)
    expect(digits(text)).not.toBe(first.digest)
    expect(digits(await page(`/builds/${first.number}`))).toBeUndefined()
  })
})
