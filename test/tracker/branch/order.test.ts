// Whatever comes first, a mail or a commit: the same topics and landings in the end, and the same after a rebuild.
import { afterEach, expect, test, vi } from 'vitest'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { lines, mailText, Project } from './project.ts'

vi.setConfig({ testTimeout: 240_000 })

const projects: Project[] = []
afterEach(() => Promise.all(projects.splice(0).map(project => project.end())))

/** Two revisions, an answer, a bug; a commit with changes, its revert, a tag, a commit of the other patch. */
test('mails and commits in any order', async () => {
  const source = await Project.start()
  projects.push(source)
  const work = [
    {
      title: 'wal: sum\n\nCloses: <bug@example.com>',
      files: { 'wal.c': lines(1, 40, { 7: 'long sum;', 8: 'long b;' }) },
    },
    { title: 'tail: stop', files: { 'tail.c': 'int tail;\nint stop;\n' } },
  ]
  source.topicBranch('work', work)
  const first = source.send('main..work')
  const files = { 'wal.c': lines(1, 40, { 7: 'long sum;', 8: 'long c;' }) }
  source.topicBranch('again', [{ title: 'wal: sum\n\nCloses: <bug@example.com>', files }])
  const second = source.send('main..again', '-v2')
  const fields = (id: string) => ({ From: 'Ruth <ruth@example.com>', 'Message-ID': `<${id}>` })
  const mails = [
    ...first.map(({ bytes }) => bytes),
    ...second.map(({ bytes }) => bytes),
    mailText(
      { ...fields('bug@example.com'), Subject: '[BUG] no sum', Date: 'Mon, 2 Mar 2026 08:00:00 +0000' },
      'x\n',
    ),
    mailText(
      {
        ...fields('applied@example.com'),
        Subject: 'Re: [PATCH 2/2] tail: stop',
        Date: 'Mon, 9 Mar 2026 08:00:00 +0000',
        'In-Reply-To': `<${first[1]?.id}>`,
      },
      'Applied, thanks.\n',
    ),
  ]
  const heads = [source.git('rev-parse', 'main')]
  const head = () => heads.push(source.git('rev-parse', 'main'))
  source.git('am', '-q', second[0]?.file ?? '')
  head()
  source.git('am', '-q', first[1]?.file ?? '')
  head()
  source.git('revert', '--no-edit', 'HEAD~')
  source.git('tag', 'v1')
  head()

  // Each order: a number is a mail, a letter the state of the branch.
  const results: unknown[] = []
  for (const order of ['01234abcd', 'd43210', 'a0b1c2d34', '31b0ad24', 'c4d0a1b2d3']) {
    const project = await Project.start({ repository: source.repository })
    projects.push(project)
    for (const step of order) {
      if (/\d/.test(step)) await project.receive(mails[Number(step)] ?? '')
      else {
        source.git('update-ref', 'refs/heads/main', heads['abcd'.indexOf(step)] ?? '')
        await project.follow()
      }
    }
    source.git('update-ref', 'refs/heads/main', heads[3] ?? '')
    await project.follow()
    const result = await project.everything()
    await rebuild(project.db, project.list.id)
    expect(await project.everything()).toEqual(result)
    results.push(result)
  }
  for (const result of results.slice(1)) expect(result).toEqual(results[0])
  const [first0] = projects.slice(1)
  expect(await first0?.topic('bug@example.com')).toMatchObject({ state: 'reopened' })
  expect(await first0?.patch(second[0]?.id ?? '')).toMatchObject({ state: 'changes-requested' })
})
