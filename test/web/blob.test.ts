// Files by the name of their bytes: what a mailed diff found or left, as far as a followed branch has it, and nothing else.
import type { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeApp } from '../../web/app.ts'
import { lines, Project } from '../tracker/branch/project.ts'

let project: Project
let app: Hono
let found: string
let left: string
let unnamed: string
let secret: string

beforeAll(async () => {
  project = await Project.start({ branches: ['main'] })
  project.file('plain.c', 'int nobody_wrote_of_it;\n')
  project.git('add', '.')
  project.commit('plain')
  unnamed = project.git('rev-parse', 'main:plain.c').trim()
  found = project.git('rev-parse', 'main:wal.c').trim()
  project.topicBranch('work', [
    { title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 7: '<b>long</b> sum;' }) } },
  ])
  left = project.git('rev-parse', 'work:wal.c').trim()
  project.topicBranch('hidden', [
    { title: 'wal: key', files: { 'wal.c': lines(1, 40, { 9: 'the key is 4711;' }) } },
    { title: 'wal: no key', files: { 'wal.c': lines(1, 40, { 9: 'no key;' }) } },
  ])
  secret = project.git('rev-parse', 'hidden~1:wal.c').trim()
  await project.receive(
    ...[...project.send('main..work'), ...project.send('hidden~1..hidden')].map(({ bytes }) => bytes),
  )
  app = makeApp({ db: project.db, data: project.dir })
})
afterAll(() => project.end())

const ask = async (path: string) => {
  const answer = await app.request(path)
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('Content-Type') }
}

test('what a diff found is shown by its name or the start of it, and as it is', async () => {
  for (const name of [found, found.slice(0, 7)]) {
    const page = await ask(`/tarn/${name}/s/`)
    expect(page.status).toBe(200)
    expect(page.text).toContain('wal.c')
    expect(page.text).toContain('id="n40"')
  }
  const raw = await ask(`/tarn/${found}/s/wal.c`)
  expect(raw).toEqual({ status: 200, text: lines(1, 40), type: 'text/plain; charset=UTF-8' })
  expect((await app.request(`/tarn/${found}/s`)).headers.get('Location')).toBe(`/tarn/${found}/s/`)
})

test('what a diff left is shown when a followed branch has it', async () => {
  const before = await ask(`/tarn/${left}/s/`)
  expect(before.status).toBe(404)
  expect(before.text).toContain(`q=dfblob%3A${left.slice(0, 7)}`)
  project.git('merge', '-q', '--ff-only', 'work')
  const after = await ask(`/tarn/${left}/s/`)
  expect(after.status).toBe(200)
  expect(after.text).toContain('&lt;b&gt;long')
})

test('nothing else of the repository is: no file that no mail names, and none of a branch that is not followed', async () => {
  expect((await ask(`/tarn/${unnamed}/s/`)).status).toBe(404)
  expect((await ask(`/tarn/${secret}/s/`)).status).toBe(404)
  expect((await ask(`/tarn/${secret}/s/wal.c`)).text).not.toContain('4711')
  expect((await ask(`/tarn/${'0'.repeat(40)}/s/`)).status).toBe(404)
})
