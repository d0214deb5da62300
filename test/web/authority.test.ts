// What a reader sees of who may do what: on the list's home, and beside each change.
import { expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { judge } from '../tracker/project/judge.ts'
import { dkimOf, onlyFrom } from '../verdicts.ts'
import { makeArchive, patchBody } from './archive.ts'

const people = [
  { name: 'Marek Tolvanen', address: 'marek@example.com', role: 'maintainer' as const },
  { name: 'Priya Santhanam', address: 'priya@example.net', role: 'reviewer' as const, paths: ['src/'] },
]
const tarn = { name: 'tarn', address: 'tarn@lists.example.org' }
const patch = { id: 'p@example.org', subject: '[PATCH] wal: sum', body: patchBody() }
const answer = (id: string, body: string, minute: number, from = 'Marek Tolvanen <marek@example.com>') => ({
  id,
  subject: 'Re: [PATCH] wal: sum',
  answers: 'p@example.org',
  body: `${body}\n`,
  minute,
  from,
})

test('the home of a list says who is believed', async () => {
  const { db, page } = await makeArchive()
  expect(await page('/tarn/')).toContain(
    'Everybody: no people are named for this list, so every sender is believed.',
  )
  await saveLists(db, [{ ...tarn, people, needs: { accepted: 'A' } }])
  const verified = await page('/tarn/')
  expect(verified).toContain('Marek Tolvanen')
  expect(verified).toContain('From alone changes nothing final. Imported mail is believed as it was sent.')
  expect(verified).toContain('Own grades: accepted A.')
  await saveLists(db, [{ ...tarn, people, trust: 'from', history: false }])
  expect(await page('/tarn/')).toContain('Whoever stands in From is believed. Imported mail is not believed.')
})

test('the history of a patchset tells who, in which role, how far confirmed, and why not', async () => {
  const archive = await makeArchive()
  await saveLists(archive.db, [{ ...tarn, people }])
  await archive.add(
    patch,
    answer('forged@example.org', 'Patch-Status: rejected', 10),
    answer('a@example.org', 'Patch-Status: accepted', 20),
    answer('again@example.org', 'Patch-Status: accepted', 30),
    answer('wrong@example.org', 'Patch-Status: deferred', 40),
    answer('undo@example.org', 'Undo: <wrong@example.org>', 50),
  )
  await judge(archive.db, archive.list, id =>
    id === 'forged@example.org' ? onlyFrom : { grade: 'A', how: dkimOf('example.com') },
  )
  await sortAll(archive.db, archive.list.id)
  const page = await archive.page('/tarn/p@example.org/')
  const history = page.slice(
    page.indexOf('id="h-history"'),
    page.indexOf('</ol>', page.indexOf('id="h-history"')),
  )
  const lines = history
    .split('<li class="ev">')
    .slice(1)
    .map(line =>
      line
        .replace(/<br>/g, '; ')
        .replace(/<[^>]*>/g, '')
        .trim(),
    )
  expect(lines).toEqual([
    'Marek Tolvanen wrote Patch-Status: rejected ✕ without effect, 2 Mar 2026 (maintainer, only From: it is not signed, grade C); &quot;rejected&quot; needs a confirmed sender; only From says so',
    'Marek Tolvanen set the state to accepted, 2 Mar 2026 (maintainer, DKIM of example.com, grade A)',
    'Marek Tolvanen said Patch-Status: accepted once more, 2 Mar 2026 (maintainer, DKIM of example.com, grade A)',
    'Marek Tolvanen set the state to deferred, 2 Mar 2026 (maintainer, DKIM of example.com, grade A); Marek Tolvanen took it back',
    'Marek Tolvanen took back what wrong@example.org changed, 2 Mar 2026 (maintainer, DKIM of example.com, grade A)',
  ])
  expect(history).toContain('href="/tarn/undo@example.org/"')
  expect(page).toContain('<dt>Delegate</dt><dd><bdi>Priya Santhanam</bdi>, by its files</dd>')
})
