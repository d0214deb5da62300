// A MAINTAINERS file: what it says, and that it gives people of the list their roles.
import { expect, test, vi } from 'vitest'
import { contents } from '../../../commands/doctor/contents.ts'
import { configuredRoster, mergedRoster } from '../../../sql/merged-roster.ts'
import { parseMaintainers } from '../../../tracker/topic/maintainers.ts'
import { makeApp } from '../../../web/app.ts'
import { author, committer, lines, mailText, Project } from './project.ts'

vi.setConfig({ testTimeout: 120_000 })

const text = `List of maintainers
===================
	M: *Mail* patches to: Name <address@example.org>

WRITE-AHEAD LOG
M:	Marek Tolvanen <marek@example.org> (since 2020)
R:	"Priya" <Priya@Example.net>
L:	tarn@lists.example.org (moderated for non-subscribers)
S:	Maintained
F:	wal/
F:	wal.c
X:	wal/old/
N:	[^a-z]torn
N:	(a+)+$

DOCUMENTS
M:	Sif <sif@example.com>
L:	docs@lists.example.org
F:	Documentation/

NOTHING
M:	Nobody <nobody@example.com>

THE REST
M:	Ruth Adler <ruth@example.com>
L:	docs@lists.example.org
F:	*
F:	*/
`

test('sections that name the list speak for it', () => {
  const paths = ['wal/', 'wal.c', '*torn*']
  const except = ['wal/old/']
  expect(parseMaintainers(text, 'Tarn@lists.example.org')).toEqual([
    { person: { name: 'Marek Tolvanen', address: 'marek@example.org' }, role: 'maintainer', paths, except },
    { person: { name: 'Priya', address: 'priya@example.net' }, role: 'reviewer', paths, except },
  ])
  expect(parseMaintainers(text, 'docs@lists.example.org')).toMatchObject([
    { person: { name: 'Sif' }, paths: ['Documentation/'] },
    { person: { name: 'Ruth Adler' }, paths: [] },
  ])
})

test('when none names it all speak, but a section without files gives nobody a role', () => {
  const names = parseMaintainers(text, 'other@example.org').map(({ person }) => person.name)
  expect(names).toEqual(['Marek Tolvanen', 'Priya', 'Sif', 'Ruth Adler'])
  expect(parseMaintainers('no such file\n', 'other@example.org')).toEqual([])
})

test('the configuration wins over the file', () => {
  const file = parseMaintainers(text, 'tarn@lists.example.org')
  const own = configuredRoster([
    { name: 'M', address: 'Marek@example.org', role: 'reviewer', paths: [], aliases: [] },
  ])
  const merged = mergedRoster(own, file)
  expect(merged.map(({ person, role }) => [person.address, role])).toEqual([
    ['marek@example.org', 'reviewer'],
    ['priya@example.net', 'reviewer'],
  ])
  const person = { name: 'M', address: 'marek@example.org' }
  expect(mergedRoster(own, [])).toEqual([{ person, role: 'reviewer', paths: [] }])
})

test('whom the repository names may, others may not; each change of the file is dated', async () => {
  const project = await Project.start({ maintainers: 'MAINTAINERS' })
  try {
    project.topicBranch('work', [{ title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 7: 'long sum;' }) } }])
    const [mail] = project.send('main..work')
    if (!mail) throw new Error('Nothing was sent')
    const answer = (from: string, state: string, id: string, time = project.tick() * 1_000) =>
      mailText(
        {
          From: from,
          Subject: 'Re: [PATCH] wal: sum',
          Date: new Date(time).toUTCString(),
          'Message-ID': `<${id}@example.org>`,
          'In-Reply-To': `<${mail.id}>`,
        },
        `Patch-Status: ${state}\n`,
      )
    project.file('MAINTAINERS', text)
    project.git('add', '.')
    project.commit('maintainers')
    await project.follow()
    await project.receive(
      mail.bytes,
      answer(committer, 'under-review', 'a1'),
      answer('Sif <sif@example.com>', 'accepted', 'a2'),
    )
    const effects = async () =>
      (await project.topic(mail.id)).history.map(({ who, effect }) => [who.address, effect])
    expect(await effects()).toEqual([
      ['marek@example.org', true],
      ['sif@example.com', false],
    ])
    project.file(
      'MAINTAINERS',
      text.replaceAll('L:\tdocs@', 'L:\ttarn@').replace('F:\tDocumentation/', 'F:\twal*'),
    )
    project.git('add', '.')
    project.commit('maintainers: Sif', author)
    await project.follow()
    // What was said before is judged by the people of its time.
    await project.receive(answer('Sif <sif@example.com>', 'accepted', 'a3', Date.now() + 60_000))
    expect(await effects()).toEqual([
      ['marek@example.org', true],
      ['sif@example.com', false],
      ['sif@example.com', true],
    ])
    const rosters = async () =>
      (await project.db.selectFrom('roster').select('people').orderBy('id').execute()).map(
        ({ people }) => people.length,
      )
    expect((await rosters()).slice(-2)).toEqual([2, 4])
    const home = async () => {
      const page = await (await makeApp({ db: project.db }).request('/tarn/')).text()
      return page.replace(/<[^>]*>/g, '')
    }
    expect(await home()).toContain('Who may change states\nMarek Tolvanen, Sif, Ruth Adler')

    // Whom the configuration names stands beside them at once.
    await project.configure({
      maintainers: 'MAINTAINERS',
      people: [{ name: 'Bo', address: 'bo@example.net', role: 'maintainer' }],
    })
    expect((await rosters()).slice(-2)).toEqual([4, 5])
    await project.follow()
    await project.configure({})
    expect((await rosters()).slice(-2)).toEqual([5, 0])
    expect(await home()).toContain('Everybody: no people are named')
  } finally {
    await project.end()
  }
})

/** What doctor says of the file. */
const told = async ({ db }: Project) =>
  (await contents(db)).find(({ what, well }) => what === 'maintainers of tarn' && !well)?.found

test('nobody may before the file was read, and who may is told once it was', async () => {
  const project = await Project.start({ maintainers: 'MAINTAINERS' })
  const home = async () => (await makeApp({ db: project.db }).request('/tarn/')).text()
  const events = () =>
    project.db.selectFrom('event').select('became').where('what', '=', 'patch-state').orderBy('id').execute()
  try {
    project.topicBranch('work', [{ title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 7: 'long sum;' }) } }])
    const [mail] = project.send('main..work')
    if (!mail) throw new Error('Nothing was sent')
    const answer = mailText(
      {
        From: committer,
        Subject: 'Re: [PATCH] wal: sum',
        Date: new Date(project.tick() * 1_000).toUTCString(),
        'Message-ID': '<ok@example.org>',
        'In-Reply-To': `<${mail.id}>`,
      },
      'Patch-Status: accepted\n',
    )
    await project.receiveLive(mail.bytes, answer)
    expect(await project.topic(mail.id)).toMatchObject({
      state: 'new',
      history: [{ effect: false, reason: expect.stringContaining('was not read yet') }],
    })
    expect(await home()).toContain('Nobody yet: the file with the maintainers was not read so far.')
    expect(await events()).toEqual([])
    expect(await told(project)).toBe('"MAINTAINERS" was not read yet, so nobody may change its states')
    project.file('MAINTAINERS', text)
    project.git('add', '.')
    project.commit('maintainers')
    await project.follow()
    expect((await project.topic(mail.id)).state).toBe('accepted')
    expect(await events()).toEqual([{ became: 'accepted' }])
  } finally {
    await project.end()
  }
})

test('a file that is gone leaves nobody; one that cannot be read leaves whom it named', async () => {
  const project = await Project.start({ maintainers: 'MAINTAINERS' })
  const home = async () => (await makeApp({ db: project.db }).request('/tarn/')).text()
  try {
    project.file('MAINTAINERS', text)
    project.git('add', '.')
    project.commit('maintainers')
    await project.follow()
    expect(await home()).toContain('Marek Tolvanen')
    project.git('symbolic-ref', 'HEAD', 'refs/heads/gone')
    await project.follow()
    expect(await home()).toContain('Marek Tolvanen')
    project.git('symbolic-ref', 'HEAD', 'refs/heads/main')
    project.git('rm', '-q', 'MAINTAINERS')
    project.commit('no maintainers')
    await project.follow()
    expect(await home()).toContain('Nobody: the people of this list are named, and none of them')
    expect(await told(project)).toBe('"MAINTAINERS" names no maintainer, so nobody may change its states')
  } finally {
    await project.end()
  }
})
