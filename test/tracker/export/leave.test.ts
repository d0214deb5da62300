// Leaving: each way out, brought into an empty instance, says the same of every topic, or docs/leaving.md says what it does not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { bugStatuses, patchStates } from '../../../base/state-words.ts'
import { importDit } from '../../../ingest/dit/import.ts'
import { importPaths } from '../../../ingest/import.ts'
import { importNotes } from '../../../ingest/notes.ts'
import { writeNote } from '../../../tracker/answer/note.ts'
import { exportDit } from '../../../tracker/export/dit.ts'
import { exportInbox } from '../../../tracker/export/inbox.ts'
import { exportMbox } from '../../../tracker/export/mbox.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { type Desk, makeDesk } from '../../answer/desk.ts'
import { all } from '../../ingest/mails.ts'

const place = mkdtempSync(join(tmpdir(), 'leave-'))
const maintainers = ['ada@example.org']
let desk: Desk

beforeAll(async () => {
  desk = await makeDesk({ maintainers })
  await desk.arrive('patch')
  await desk.arrive('bug')
  await desk.arrive('accepted')
  // In Ada's name, and not by her: it does nothing here.
  await desk.arrive('bug-fixed', { grade: 'C' })
  const by = { token: 'ada-laptop', address: 'ada@example.org' }
  await writeNote(desk.db, by, {
    ...{ list: desk.list.id, kind: 'states', on: messageId('patch@example.com') },
    body: 'Patch-Status: under-review',
  })
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

const stateOf = ({ db, list }: Pick<Desk, 'db' | 'list'>) => all(exportState(db, list.id, { numbers: true }))

type Line = Record<string, unknown> & { readonly id: string }

/** What of which topic is otherwise over there. */
function differences(here: readonly string[], there: readonly string[]): string[] {
  const read = (lines: readonly string[]) =>
    new Map(lines.map(line => [(JSON.parse(line) as Line).id, JSON.parse(line) as Line]))
  const [ours, theirs] = [read(here), read(there)]
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap(id => {
    const [one, other] = [ours.get(id), theirs.get(id)]
    if (!one || !other) return [`${id} is ${one ? 'missing' : 'new'}`]
    return Object.keys(one).flatMap(key =>
      JSON.stringify(one[key]) === JSON.stringify(other[key])
        ? []
        : [`${id} ${key}: ${JSON.stringify(one[key])} became ${JSON.stringify(other[key])}`],
    )
  })
}

async function bring(target: Desk, path: string): Promise<void> {
  const progress = { show: () => {}, say: () => {}, finish: () => {} }
  const { signal } = new AbortController()
  const { problems } = await importPaths({
    ...{ db: target.db, list: target.list, paths: [path], signal, progress },
  })
  expect(problems).toEqual([])
}

async function write(name: string, what: 'mbox' | 'notes'): Promise<string> {
  const path = join(place, name)
  writeFileSync(path, Buffer.concat(await all(exportMbox(desk.db, desk.list.id, what))))
  return path
}

test.each(['mbox', 'public-inbox'] as const)(
  '%s and the notes say the same; who vouched for a mail is not in them, so all is believed as history',
  async form => {
    const target = await makeDesk({ maintainers })
    const directory = join(place, 'inbox')
    if (form === 'public-inbox') await exportInbox({ db: desk.db, list: desk.list, directory })
    await bring(target, form === 'mbox' ? await write('all.mbox', 'mbox') : directory)
    await importNotes(target.db, target.list.id, [await write('notes.mbox', 'notes')])
    expect(differences(await stateOf(desk), await stateOf(target))).toEqual([
      'bug@example.org state: "new" became "fixed"',
      expect.stringMatching(/^bug@example.org bug: {"number":1,.*"new".* became {"number":1,.*"fixed"/),
    ])
  },
)

test('git-dit has what git-dit can hold', async () => {
  const target = await makeDesk({ maintainers })
  const directory = join(place, 'dit.git')
  await exportDit(desk.db, desk.list, directory)
  const { signal } = new AbortController()
  await importDit({ db: target.db, list: target.list, directory, follow: false, signal, say: () => {} })
  // Of a patchset it can say open and closed alone, and mails that nobody vouched for are believed here, too.
  expect(differences(await stateOf(desk), await stateOf(target))).toEqual([
    'bug@example.org state: "new" became "fixed"',
    expect.stringContaining('bug@example.org bug: '),
    'patch@example.com state: "under-review" became "accepted"',
    expect.stringContaining('patch@example.com revisions: '),
  ])
})

test('docs/leaving.md has every field of a line of the state, and every state', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/leaving.md'), 'utf8')
  const lines = (await stateOf(desk)).map(line => JSON.parse(line))
  const keys = (value: unknown): string[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([key, inner]) => [
          ...(Array.isArray(value) ? [] : [key]),
          ...keys(inner),
        ])
  const words = [...lines.flatMap(keys), ...patchStates, ...bugStatuses]
  expect([...new Set(words)].filter(word => !text.includes(`\`${word}\``))).toEqual([])
})
