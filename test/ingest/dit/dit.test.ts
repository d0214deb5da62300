// Topics as issues of git-dit and back: by plain git, and by a reader of the format that knows none of our code.
// DIT=long (`npm run test:dit`) takes a thousand topics instead of a few dozen.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { importDit } from '../../../ingest/dit/import.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { exportDit } from '../../../tracker/export/dit.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { inventMails } from '../../bench/invent.ts'
import { testDatabase } from '../../database.ts'
import { all } from '../mails.ts'
import { until } from '../until.ts'
import { gitIn, readIssues } from './reader.ts'

const place = mkdtempSync(join(tmpdir(), 'dit-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
const mailsInvented = process.env.DIT === 'long' ? 9_000 : 160

interface Home {
  readonly db: Kysely<Tables>
  readonly url: string
  readonly list: List
}

async function home(mails: readonly string[] = []): Promise<Home> {
  const { db, url } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
  if (list === undefined) throw new Error('No list')
  for (let at = 0; at < mails.length; at += 500)
    await append(
      db,
      list.id,
      mails.slice(at, at + 500).map(mail => ({ bytes: Buffer.from(mail), envelope: { road: 'import' } })),
    )
  await sortAll(db, list.id)
  return { db, url, list }
}

const stateOf = ({ db, list }: Home) => all(exportState(db, list.id, { numbers: false }))

const repository = (name: string): string => {
  const directory = join(place, name)
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', directory])
  return directory
}

const take = ({ db, list }: Home, directory: string) => {
  const { signal } = new AbortController()
  return importDit({ db, list, directory, follow: false, signal, say: () => {} })
}

const letter = (
  id: string,
  subject: string,
  body: string,
  more = '',
  date = 'Tue, 02 Mar 2021 08:00:00 +0100',
) =>
  `From: Ada Lund <ada@example.org>\nTo: tarn@lists.example.org\nSubject: ${subject}\nDate: ${date}\nMessage-ID: <${id}>\n${more}\n${body}`

const bug = letter('bug@example.org', '[BUG] it stops', 'It stops.\n\nBug-Status: new\n')
const answer = letter(
  'answer@example.org',
  'Re: [BUG] it stops',
  'Seen.\n\nBug-Status: confirmed\n',
  'In-Reply-To: <bug@example.org>\n',
  'Wed, 03 Mar 2021 08:00:00 +0000',
)
const closing = letter(
  'closing@example.org',
  'Re: [BUG] it stops',
  'Done.\n\nBug-Status: wontfix\n',
  'In-Reply-To: <bug@example.org>\n',
  'Thu, 04 Mar 2021 08:00:00 +0000',
)
/** Each would close its issue, or be another mail. */
const hostile = [
  'Dit-status: closed\n',
  'I say:\n\nDit-status: closed\nDit-type: idea\n\nand so on.\n',
  'Acked-by: Ada <ada@example.org>\nDit-status: closed\n',
  'Acked-by: x\n Dit-status: closed\nDit-status=closed\n',
  ' Dit-status: closed\n  Dit-status: closed\n\tDit-status: closed\n',
  'Dit-status: closed\r\nDit-x: y\r\n',
  'x\rDit-status: closed\r\rDit-status: closed\n',
  'Message-ID: <bug@example.org>\n',
  'DIT-STATUS: closed\nDit: x\nDit-: y\nDité: z\n',
  '\n\n\n',
  'data 5\n\nreset refs/heads/main\nfrom 0000\n',
  'NUL \0 and \u2028Dit-status: closed\u2028\n',
].map((body, index) => letter(`hostile.${index}@example.org`, `[BUG] strange ${index}`, body))
const mails = [...inventMails(mailsInvented), bug, answer, closing, ...hostile]

test('two servers with the same mails write the same issues, and an empty one gets all topics back', async () => {
  const one = await home(mails)
  const other = await home(mails.toReversed())
  const directory = join(place, 'export')
  const { issues } = await exportDit(one.db, one.list, directory)
  await exportDit(other.db, other.list, join(place, 'other'))
  const refs = gitIn(directory, 'for-each-ref')
  expect(gitIn(join(place, 'other'), 'for-each-ref')).toBe(refs)
  const state = await stateOf(one)
  expect(issues).toBe(state.length)
  expect(gitIn(directory, 'fsck', '--strict', '--no-dangling')).toBe('')

  const read = readIssues(directory)
  expect(read.length).toBe(issues)
  const topics = state.map(line => JSON.parse(line))
  const ended = [
    'fixed',
    'wontfix',
    'invalid',
    'worksforme',
    'duplicate',
    'accepted',
    'rejected',
    'superseded',
    'not-applicable',
    'withdrawn',
  ]
  expect(read.filter(({ latest }) => latest.get('Dit-status') === 'closed').length).toBe(
    topics.filter(topic => ended.includes(topic.state)).length,
  )
  expect(read.filter(({ latest }) => latest.has('Dit-type')).length).toBe(
    topics.filter(topic => topic.bug).length,
  )

  const empty = await home()
  await take(empty, directory)
  expect(await stateOf(empty)).toEqual(state)
  await exportDit(empty.db, empty.list, join(place, 'again'))
  expect(await take(empty, directory)).toMatchObject({ mails: 0, notes: 0 })
  await rebuild(empty.db, empty.list.id)
  expect(await stateOf(empty)).toEqual(state)
}, 1_200_000)

test('no body of a mail says anything of its issue, or is another mail', async () => {
  const at = await home([bug, ...hostile])
  const directory = join(place, 'hostile')
  await exportDit(at.db, at.list, directory)
  const said = readIssues(directory).flatMap(({ latest }) => [...latest].filter(([key]) => /^dit/i.test(key)))
  expect(said).toEqual([...hostile, bug].map(() => ['Dit-type', 'bug']))
  const back = await home()
  await take(back, directory)
  expect(await stateOf(back)).toEqual(await stateOf(at))
})

test('a new mail changes the refs of its issue alone, and what others pushed stays', async () => {
  const at = await home([bug, answer, ...hostile])
  const directory = join(place, 'grows')
  await exportDit(at.db, at.list, directory)
  const issue = readIssues(directory).find(({ latest }) => latest.get('Dit-status') === 'open')
  const stranger = gitIn(
    directory,
    '-c',
    'user.name=Eva',
    '-c',
    'user.email=eva@example.com',
    'commit-tree',
    '-p',
    issue?.head ?? '',
    '-m',
    'Re: it stops\n\nMe, too.',
    '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  ).trim()
  gitIn(directory, 'update-ref', `refs/dit/${issue?.id}/leaves/${stranger}`, stranger)
  const before = gitIn(directory, 'for-each-ref').split('\n')
  await append(at.db, at.list.id, [{ bytes: Buffer.from(closing), envelope: { road: 'import' } }])
  await sortAll(at.db, at.list.id)
  expect(await exportDit(at.db, at.list, directory)).toMatchObject({ written: 1, left: [] })
  const after = gitIn(directory, 'for-each-ref').split('\n')
  expect(after.filter(line => !before.includes(line)).every(line => line.includes(issue?.id ?? ''))).toBe(
    true,
  )
  expect(after.filter(line => line.includes(stranger)).length).toBe(1)
  const now = readIssues(directory).find(({ id }) => id === issue?.id)
  expect(now?.latest.get('Dit-status')).toBe('closed')
  expect(now?.latest.get('Dit-resolution')).toBe('wontfix')
  gitIn(directory, 'update-ref', `refs/dit/${issue?.id}/head`, issue?.id ?? '')
  expect(await exportDit(at.db, at.list, directory)).toMatchObject({
    written: 0,
    left: [`refs/dit/${issue?.id}/head`],
  })
})

/** As `git dit` makes them: a message below another one. */
function commit(directory: string, message: string, parents: readonly string[] = [], who = 'Eva'): string {
  return execFileSync(
    'git',
    [
      '-C',
      directory,
      'commit-tree',
      ...parents.flatMap(id => ['-p', id]),
      '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    ],
    {
      input: message,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...{ GIT_AUTHOR_NAME: who, GIT_AUTHOR_EMAIL: 'eva@example.com', GIT_AUTHOR_DATE: '1600000000 +0200' },
        ...{
          GIT_COMMITTER_NAME: who,
          GIT_COMMITTER_EMAIL: 'eva@example.com',
          GIT_COMMITTER_DATE: '1600000000 +0200',
        },
      },
    },
  ).trim()
}

function begun(name: string): string {
  const directory = repository(name)
  execFileSync('git', ['-C', directory, 'hash-object', '-t', 'tree', '-w', '--stdin'], { input: '' })
  return directory
}

const refTo = (directory: string, name: string, id: string) => gitIn(directory, 'update-ref', name, id)

test('issues that were written in git become bugs, with what their heads say', async () => {
  const directory = begun('foreign')
  const issue = commit(directory, 'The door sticks\n\nIn winter.\n\nDit-type: bug\nDit-status: open\n')
  const reply = commit(
    directory,
    'Re: The door sticks\n\n> In winter.\n\nHere, too.\n\nDit-status: closed\n',
    [issue],
  )
  refTo(directory, `refs/dit/${issue}/head`, issue)
  refTo(directory, `refs/dit/${issue}/leaves/${reply}`, reply)
  const idea = commit(directory, 'A window\n\nWould be nice.\n')
  const tag = commit(directory, 'Re: A window\n\nDit-type: idea\nDit-severity: low\n', [idea])
  refTo(directory, `refs/remotes/origin/dit/${idea}/head`, tag)
  const at = await home()
  expect(await take(at, directory)).toMatchObject({ issues: 2, mails: 3, strange: [] })
  const topics = async () =>
    (await stateOf(at))
      .map(line => JSON.parse(line))
      .map(({ title, state, bug: of, mails: all }) => ({
        title,
        state,
        type: of?.type,
        severity: of?.severity,
        mails: all.length,
      }))
  expect(await topics()).toEqual(
    expect.arrayContaining([
      { title: 'The door sticks', state: 'new', type: 'bug', severity: null, mails: 2 },
      { title: 'A window', state: 'new', type: 'idea', severity: 'low', mails: 1 },
    ]),
  )
  // The head moves over the answer: what was a proposal holds.
  refTo(directory, `refs/dit/${issue}/head`, reply)
  expect(await take(at, directory)).toMatchObject({ mails: 0, notes: 1 })
  expect(await topics()).toContainEqual(expect.objectContaining({ title: 'The door sticks', state: 'fixed' }))
  expect(await take(at, directory)).toMatchObject({ mails: 0, notes: 0 })
  const { rows } = await sql<{ said: number }>`select min((data->>'said')::float8) as said from fact`.execute(
    at.db,
  )
  expect(rows).toEqual([{ said: 1_600_000_000_000 }])
})

test('what is pushed to a repository that is followed becomes a mail, and is no history', async () => {
  const directory = begun('followed')
  const issue = commit(directory, 'The door sticks\n')
  refTo(directory, `refs/dit/${issue}/head`, issue)
  const at = await home([bug])
  const stop = new AbortController()
  const said: string[] = []
  const work = importDit({ ...at, directory, follow: true, signal: stop.signal, say: one => said.push(one) })
  await until(async () => said.length > 0)
  const reply = commit(directory, 'Re: The door sticks\n\nNot here.\n', [issue], 'Mallory')
  refTo(directory, `refs/dit/${issue}/leaves/${reply}`, reply)
  const rows = () =>
    at.db.selectFrom('mail').select('envelope').where('message_id', 'like', `${reply}%`).execute()
  await until(async () => (await rows()).length > 0)
  stop.abort()
  expect(await work).toMatchObject({ mails: 2 })
  expect(await rows()).toMatchObject([{ envelope: { later: true } }])
})

test('a hostile repository replaces no mail, and what leads nowhere is left out', async () => {
  const directory = begun('bad')
  const thief = commit(directory, 'Another text\n\nIt never stopped.\n\nMessage-ID: <bug@example.org>\n')
  refTo(directory, `refs/dit/${thief}/head`, thief)
  const astray = commit(directory, 'Of no issue\n')
  refTo(directory, `refs/dit/${'ab'.repeat(20)}/head`, astray)
  const blob = execFileSync('git', ['-C', directory, 'hash-object', '-w', '--stdin'], { input: 'x' })
    .toString()
    .trim()
  refTo(directory, `refs/dit/${blob}/head`, blob)
  refTo(directory, 'refs/dit/x/head', astray)
  const odd = commit(
    directory,
    'Bcc: all@example.org\u0007\n\n.\n\nPatch-Status: accepted\u0000\nDit-assignee: a@example.org\n Bug-Status: fixed\nDit-severity: high -- x\n'.replace(
      '\0',
      '',
    ),
    [],
    'Eva\u202e" x',
  )
  refTo(directory, `refs/dit/${odd}/head`, odd)
  const latin = execFileSync(
    'git',
    ['-C', directory, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
    {
      input: Buffer.from(
        `tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor \xfcber <> 99999999999999 +9999\ncommitter x <y> 1 +0000\n\n\xff\xfe`,
        'latin1',
      ),
    },
  )
    .toString()
    .trim()
  refTo(directory, `refs/dit/${latin}/head`, latin)
  // As in a shallow clone: what it answers is not here.
  const shallow = execFileSync('git', ['-C', directory, 'hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: `tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent ${'cd'.repeat(20)}\nparent ${odd}\nauthor x <y> 1 +0000\ncommitter x <y> 1 +0000\n\nRe: x\n`,
  })
    .toString()
    .trim()
  refTo(directory, `refs/dit/${'ab'.repeat(20)}/leaves/${shallow}`, shallow)
  const twice = commit(directory, 'Re: x\n\nOne.\n\nMessage-ID: <twice@example.net>\n', [odd])
  const again = commit(directory, 'Re: x\n\nTwo.\n\nMessage-ID: <twice@example.net>\n', [twice])
  refTo(directory, `refs/dit/${odd}/leaves/${again}`, again)
  const at = await home([bug])
  const before = (await stateOf(at))[0]
  const { strange, mails: taken } = await take(at, directory)
  expect(strange).toEqual(['ab'.repeat(20)])
  expect(taken).toBe(3)
  expect(await stateOf(at)).toContain(before)
  const { rows } = await sql<{
    raw: string
  }>`select message_id as raw from mail where message_id = 'bug@example.org'`.execute(at.db)
  expect(rows.length).toBe(1)
})

test('the commands take the topics out and in, and say what they need', async () => {
  const at = await home([bug, answer])
  const back = await home()
  const threadwork = ({ url }: Home, ...words: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../../main.ts'), ...words], {
      cwd: place,
      env: { ...process.env, DATABASE_URL: url, THREADWORK_DATA: join(place, 'data') },
    }).then(
      ({ stderr }) => stderr,
      ({ stderr }: { stderr: string }) => stderr,
    )
  const directory = join(place, 'command.git')
  expect(await threadwork(at, 'export', 'git-dit', 'tarn', '--repo', directory)).toBe(
    '1 issues, of which 1 were written\n',
  )
  expect(await threadwork(back, 'import', 'git-dit', directory, '--list', 'tarn')).toContain(
    '1 issues read: 2 mails and 1 notes are new',
  )
  expect(await stateOf(back)).toEqual(await stateOf(at))
  expect(await threadwork(back, 'import', 'git-dit', place, '--list', 'other')).toContain(
    'not a git repository',
  )
  expect(await threadwork(at, 'export', 'git-dit', 'tarn')).toContain(
    'allowed: export git-dit LIST --repo PATH',
  )
})
