// Leaving: each way out, brought into an empty instance, says the same of every topic, or docs/leaving.md says what it does not.
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { keyText, signNote, verifiedNote } from '../../../base/note-signature.ts'
import { bugStatuses, patchStates } from '../../../base/state-words.ts'
import { importDit } from '../../../ingest/dit/import.ts'
import { importPaths } from '../../../ingest/import.ts'
import { importMirrorNotes } from '../../../ingest/mirror-notes.ts'
import { importNotes } from '../../../ingest/notes.ts'
import { signingKey } from '../../../sql/signing-key.ts'
import { writeNote } from '../../../tracker/answer/note.ts'
import { exportDit } from '../../../tracker/export/dit.ts'
import { exportInbox } from '../../../tracker/export/inbox.ts'
import { exportMbox } from '../../../tracker/export/mbox.ts'
import { notesDirectory } from '../../../tracker/export/notes-inbox.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { purge } from '../../../tracker/project/moderate.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { type Desk, makeDesk } from '../../answer/desk.ts'
import { freePort } from '../../free-port.ts'
import { all } from '../../ingest/mails.ts'
import { until } from '../../ingest/until.ts'

const place = mkdtempSync(join(tmpdir(), 'leave-'))
const main = join(import.meta.dirname, '../../../main.ts')
const fixtures = join(import.meta.dirname, '../../../fixtures/answer')
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

describe('a mirror that has nothing but the repositories', () => {
  const directory = join(place, 'mirrored')
  const notes = notesDirectory(directory)
  const keyOf = async () => keyText(await signingKey(desk.db))
  const heed = async (target: Desk, key: string) =>
    importMirrorNotes({ db: target.db, list: target.list, directory: notes, key })
  const signedText = () =>
    execFileSync('git', ['-C', notes, 'log', '--patch', '--format=%H', 'master'], { encoding: 'utf8' })

  test('says the same by the key of the server, and tells nobody; by another key it heeds nothing', async () => {
    const target = await makeDesk({ maintainers })
    await exportInbox({ db: desk.db, list: desk.list, directory })
    await bring(target, directory)
    const other = keyText(generateKeyPairSync('ed25519').privateKey)
    const { done, refused } = await heed(target, other)
    expect([done, refused > 0]).toEqual([0, true])
    expect(differences(await stateOf(desk), await stateOf(target))).toHaveLength(4)

    expect(await heed(target, await keyOf())).toEqual({ done: refused, refused: 0 })
    expect(await stateOf(target)).toEqual(await stateOf(desk))
    expect(await target.events()).toEqual([])
    expect(await target.db.selectFrom('event_due').selectAll().execute()).toEqual([])
    expect(await target.owed()).toEqual([])
    expect(await heed(target, await keyOf())).toEqual({ done: 0, refused: 0 })
  })

  test('gets a bug number that it gave to another bug, and goes on with what is new', async () => {
    const target = await makeDesk({ maintainers })
    const mine = (await readFile(join(fixtures, 'bug.eml'), 'utf8')).replaceAll(
      'bug@example.org',
      'mine@example.org',
    )
    await target.arrive('mine', { bytes: Buffer.from(mine), grade: 'imported' })
    await exportInbox({ db: desk.db, list: desk.list, directory })
    await bring(target, directory)
    await heed(target, await keyOf())
    const numbers = async () =>
      new Map((await stateOf(target)).map(line => JSON.parse(line)).map(({ id, bug }) => [id, bug?.number]))
    expect(await numbers()).toEqual(
      new Map([
        ['bug@example.org', 1],
        ['mine@example.org', 2],
        ['patch@example.com', undefined],
      ]),
    )
    await desk.arrive('changes-requested', { grade: 'C' })
    await exportInbox({ db: desk.db, list: desk.list, directory })
    await bring(target, directory)
    expect((await heed(target, await keyOf())).done).toBe(1)
    const odd = differences(await stateOf(desk), await stateOf(target))
    expect(odd).toEqual(['mine@example.org is new'])
  })

  test('a note for another list, one that was changed and one that comes again have no effect', () => {
    const key = generateKeyPairSync('ed25519').privateKey
    const numbered = { list: 'tarn@lists.example.org', number: 7 }
    const signed = signNote(Buffer.from('A: b\n\nsaid\n'), numbered, key)
    const read = (bytes: Buffer, list = numbered.list) => verifiedNote(bytes, list, keyText(key))
    expect(read(signed)).toEqual({ number: 7, bytes: Buffer.from('A: b\n\nsaid\n') })
    expect(read(signed, 'elm@lists.example.org')).toBeNull()
    const text = signed.toString()
    for (const changed of [
      text.replace('said', 'sAid'),
      text.replace('n=7', 'n=8'),
      'X: y\n',
      '',
      text.replace('b=', 'b=A'),
    ])
      expect(read(Buffer.from(changed))).toBeNull()
    expect(() => verifiedNote(signed, numbered.list, 'no key')).toThrow(
      'Cannot verify notes with the key "no key"',
    )
  })

  test('follows over the network, and goes on where it was killed', { timeout: 120_000 }, async () => {
    await exportInbox({ db: desk.db, list: desk.list, directory })
    const target = await makeDesk({ maintainers })
    const port = await freePort()
    const daemon = spawn(
      'git',
      [
        'daemon',
        '--export-all',
        '--reuseaddr',
        '--listen=127.0.0.1',
        `--port=${port}`,
        `--base-path=${place}`,
        place,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    )
    try {
      const words = [
        'import',
        'public-inbox',
        `git://127.0.0.1:${port}/mirrored`,
        '--list',
        'tarn',
        '--key',
        await keyOf(),
      ]
      const start = (...more: string[]) =>
        spawn(process.execPath, [main, ...words, ...more], {
          cwd: place,
          env: { PATH: process.env.PATH, DATABASE_URL: target.url, THREADWORK_DATA: join(place, 'data') },
          stdio: ['ignore', 'ignore', 'pipe'],
        })
      const follower = start('--follow')
      await until(async () => (await stateOf(target)).length > 0)
      follower.kill('SIGKILL')
      await once(follower, 'close')
      const again = start()
      let says = ''
      again.stderr.on('data', chunk => {
        says += chunk
      })
      expect(await once(again, 'close')).toEqual([0, null])
      expect(says).toMatch(/\d signed notes were heeded\n$/)
      expect(await stateOf(target)).toEqual(await stateOf(desk))
    } finally {
      process.kill(-(daemon.pid ?? 0), 'SIGKILL')
      await once(daemon, 'close')
    }
  })

  test('what is purged is gone from it, and from what the server says of its mails', async () => {
    const target = await makeDesk({ maintainers })
    await exportInbox({ db: desk.db, list: desk.list, directory })
    await bring(target, directory)
    await heed(target, await keyOf())
    const [forged] = await desk.db
      .selectFrom('mail')
      .select('raw_hash')
      .where('message_id', '=', 'bug-fixed@example.org')
      .execute()
    const said = `"bytes":"${forged?.raw_hash.toString('hex')}"`
    expect(signedText()).toContain('under-review')
    expect(signedText()).toContain(said)
    const notesOf = await desk.db.selectFrom('mail').select('message_id').where('note', '=', true).execute()
    for (const id of ['bug-fixed@example.org', ...notesOf.map(row => row.message_id)])
      await purge(desk.db, { messageId: messageId(id), who: 'ada', reason: 'the law' })
    await sortAll(desk.db, desk.list.id)
    await exportInbox({ db: desk.db, list: desk.list, directory })
    expect(signedText()).not.toContain('under-review')
    expect(signedText()).not.toContain(said)

    await bring(target, directory)
    expect((await heed(target, await keyOf())).refused).toBe(0)
    expect(await stateOf(target)).toEqual(await stateOf(desk))
    const emptied = await target.db
      .selectFrom('raw')
      .select('hash')
      .where('encoding', '=', 'purged')
      .execute()
    expect(emptied).toHaveLength(2)
  })
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
