// What a reader sees of a patch that landed and of a bug that a commit closed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeApp } from '../../web/app.ts'
import { lines, mailText, Project } from '../tracker/branch/project.ts'

const plain = (html: string) => html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')

let project: Project
let patch: string
let commit: string
const page = async (path: string) => {
  const app = makeApp({
    db: project.db,
    onError: error => {
      throw error
    },
  })
  return (await app.request(path)).text()
}

beforeAll(async () => {
  project = await Project.start({ commitUrl: 'https://git.example.org/tarn/commit/%s' })
  const files = { 'wal.c': lines(1, 40, { 7: 'long sum;' }) }
  project.topicBranch('work', [{ title: 'wal: sum\n\nCloses: <bug@example.com>', files }])
  const [mail] = project.send('main..work')
  const fields = {
    From: 'Ruth <ruth@example.com>',
    Subject: '[BUG] no sum',
    'Message-ID': '<bug@example.com>',
  }
  const bug = mailText({ ...fields, Date: 'Mon, 2 Mar 2026 08:00:00 +0000' }, 'None.\n')
  patch = mail?.id ?? ''
  await project.receive(mail?.bytes ?? '', bug)
  project.git('am', '-q', mail?.file ?? '')
  commit = project.git('rev-parse', 'HEAD')
  project.git('tag', '-a', '-m', 'x', 'v1.2')
  await project.follow()
}, 120_000)
afterAll(() => project.end())

test('the patch shows its commit, branch and first release', async () => {
  const html = await page(`/tarn/${patch}/`)
  const short = commit.slice(0, 12)
  expect(plain(html)).toContain(`Landed in main as ${short} (v1.2) on 2 March 2026.`)
  expect(plain(html)).toContain(`Marek Tolvanen committed it in main as ${short} (v1.2)`)
  expect(plain(html)).toContain(`Commit${short} in main, first in v1.2`)
  expect(html).toContain(`href="https://git.example.org/tarn/commit/${commit}"`)
})

test('the list shows what landed lately, and where', async () => {
  const html = await page('/tarn/applied/')
  expect(plain(html)).toContain(
    `Marek Tolvanen committed it in main as ${commit.slice(0, 12)} (v1.2), 2 Mar 2026`,
  )
  expect(html).toContain(`<a class="s" href="/tarn/${patch}/">`)
})

test('the bug shows the commit that fixed it, and without commit_url no page leads away', async () => {
  const html = await page('/tarn/bug@example.com/')
  expect(plain(html)).toContain(`Fixed in main as ${commit.slice(0, 12)} (v1.2) on 2 March 2026.`)
  expect(plain(html)).toContain(`Fixed by${commit.slice(0, 12)} in main, first in v1.2`)
  await project.configure({ commitUrl: null })
  for (const id of [patch, 'bug@example.com'])
    expect(await page(`/tarn/${id}/`)).not.toContain('git.example.org')
  // Nothing leads to the whole of it, so it stands there.
  expect(plain(await page('/tarn/bug@example.com/'))).toContain(`Fixed by${commit} in main`)
})
