// Each list as a newsgroup: what RFC 3977 has a reader ask, what a rude client does, and slrn and lei, which read a group.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import type { Listener } from '../../web/listen.ts'
import { startNntp } from '../../web/nntp/server.ts'
import { wildmat } from '../../web/nntp/wildmat.ts'
import { type Archive, makeArchive } from './archive.ts'

const letters = [
  { id: 'a1@example.org', subject: '[PATCH 0/1] wal: hold the lock less', body: 'One.\n.\n.. two dots\n' },
  {
    id: 'a2@example.org',
    subject: 'Re: [PATCH 0/1] wal',
    body: 'Fine.\n',
    minute: 1,
    answers: 'a1@example.org',
    headers: ['References: <a1@example.org>'],
  },
  { id: 'gone@example.org', subject: 'Spam', body: 'Buy.\n', minute: 2 },
  { id: 'a4@example.org', subject: 'A bug', body: 'It\0ends.\n', minute: 3 },
]
const group = 'tarn.lists.example.org'
let archive: Archive
let nntp: Listener
let numbers: string[]

beforeAll(async () => {
  archive = await makeArchive(letters)
  await saveLists(archive.db, [
    { name: 'tarn', address: 'tarn@lists.example.org', listId: group, description: 'A storage engine' },
    { name: 'empty', address: 'empty@lists.example.org' },
  ])
  const rows = await archive.db.selectFrom('mail').select('seq').orderBy('seq').execute()
  numbers = rows.map(({ seq }) => seq)
  await sql`update mail set hidden = true where message_id = 'gone@example.org'`.execute(archive.db)
  nntp = await start()
}, 60_000)
afterAll(() => nntp?.close())

const start = (idleSecondsMax?: number) =>
  startNntp({
    ...{ db: archive.db, host: '127.0.0.1', port: 0, name: 'lists.example.org' },
    log: { warn: (fields, message) => expect.fail(`${message} ${JSON.stringify(fields)}`) },
    ...(idleSecondsMax === undefined ? {} : { idleSecondsMax }),
  })

/** All that it says until it hangs up; the commands go out in one piece. */
function talk(text: string, { port } = nntp): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.write(Buffer.from(text, 'latin1'))
  return new Promise((resolve, reject) => {
    let heard = ''
    socket.setEncoding('latin1')
    socket.on('data', chunk => {
      heard += chunk
    })
    socket.on('close', () => resolve(heard))
    socket.on('error', reject)
  })
}

/** Without greeting and farewell, with LF. */
async function ask(...commands: string[]): Promise<string> {
  const heard = await talk([...commands, 'QUIT', ''].join('\r\n'))
  expect(heard.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  return heard
    .replaceAll('\r\n', '\n')
    .replace(/^201 .*\n/, '')
    .replace(/205 .*\n$/, '')
}

const at = (place: number) => numbers[place] ?? ''

test('the commands of a reader, in one piece', async () => {
  expect(await ask('CAPABILITIES', 'MODE READER', 'LIST', 'LIST NEWSGROUPS tarn.*', `GROUP ${group}`)).toBe(
    `101 Capabilities:
VERSION 2
IMPLEMENTATION Threadwork
READER
NEWNEWS
HDR
OVER MSGID
LIST ACTIVE ACTIVE.TIMES HEADERS NEWSGROUPS OVERVIEW.FMT
.
201 Posting is by mail
215 It follows
empty 0 1 n
${group} ${at(3)} ${at(0)} n
.
215 It follows
${group}\tA storage engine
.
211 3 ${at(0)} ${at(3)} ${group}
`,
  )
  const listed = await ask(`LISTGROUP ${group}`)
  expect(listed.split('\n').slice(1)).toEqual([at(0), at(1), at(3), '.', ''])
})

test('an article is the mail below its place, with dots doubled', async () => {
  const said = await ask(
    `GROUP ${group}`,
    `ARTICLE ${at(0)}`,
    'STAT',
    'NEXT',
    'NEXT',
    'NEXT',
    'LAST',
    'BODY <a1@example.org>',
  )
  expect(said).toContain(`\n220 ${at(0)} <a1@example.org>
Path: lists.example.org!not-for-mail
Newsgroups: ${group}
Xref: lists.example.org ${group}:${at(0)}
`)
  expect(said).toContain('\nSubject: [PATCH 0/1] wal: hold the lock less\n')
  expect(said.slice(said.indexOf('\n\nOne.'))).toBe(`

One.
..
... two dots
.
223 ${at(0)} <a1@example.org>
223 ${at(1)} <a2@example.org>
223 ${at(3)} <a4@example.org>
421 That is the last one
223 ${at(1)} <a2@example.org>
222 0 <a1@example.org>
One.
..
... two dots
.
`)
})

test('what is hidden, unknown or not chosen has the reply that RFC 3977 gives it', async () => {
  const replies = await ask(
    ...[
      'ARTICLE',
      'ARTICLE 1',
      'OVER 1-',
      'NEXT',
      'GROUP no.such.group',
      'GROUP empty',
      'STAT',
      `GROUP ${group}`,
    ],
    ...[
      `STAT ${at(2)}`,
      'STAT <gone@example.org>',
      'STAT 99999999999',
      'STAT x',
      'OVER 2147483647',
      'HDR',
      'POST',
    ],
    ...['IHAVE <a@b>', 'NOSUCH', 'NEWNEWS * yesterday', 'LIST NOSUCH', '', 'constructor'],
  )
  expect(
    replies
      .trimEnd()
      .split('\n')
      .map(line => line.slice(0, 3)),
  ).toEqual([
    ...['412', '412', '412', '412', '411', '211', '420', '211'],
    ...['423', '430', '501', '501', '423', '501', '440'],
    ...['435', '500', '501', '501', '500', '500'],
  ])
})

test('overview and fields tell of each article on one line', async () => {
  const said = await ask(
    `GROUP ${group}`,
    `OVER ${at(0)}-`,
    'OVER <a2@example.org>',
    'XHDR subject 1-',
    'HDR :lines',
  )
  const rows = said.split('\n').filter(line => line.includes('\t'))
  expect(rows.map(row => row.split('\t').length)).toEqual([9, 9, 9, 8])
  const [number, subject, from, , id, references, bytes, lines, xref] = rows[1]?.split('\t') ?? []
  expect([number, subject, id, references, xref]).toEqual([
    at(1),
    'Re: [PATCH 0/1] wal',
    '<a2@example.org>',
    '<a1@example.org>',
    `Xref: lists.example.org ${group}:${at(1)}`,
  ])
  expect(from).toContain('@')
  const whole = await talk(`ARTICLE <a2@example.org>\r\nQUIT\r\n`)
  const text = whole.slice(whole.indexOf('\r\n', whole.indexOf('220 ')) + 2, whole.lastIndexOf('.\r\n205'))
  // By its id it has no Xref.
  expect(Number(bytes)).toBe(text.length + `${xref}\r\n`.length)
  expect(lines).toBe('1')
  expect(said).toContain(
    `\n221 Fields follow\n${at(0)} [PATCH 0/1] wal: hold the lock less\n${at(1)} Re: [PATCH 0/1] wal\n`,
  )
})

test('slrn opens a group, threads it and reads its articles', { timeout: 60_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'threadwork-slrn-'))
  const file = (name: string, text: string) => writeFileSync(join(home, name), text)
  file('newsrc', `${group}:\n`)
  file(
    'rc',
    `set username "ines"\nset hostname "example.org"\nset confirm_actions 0\ninterpret "${join(home, 'read.sl')}"\n`,
  )
  // What a person would press: open the group, then each article.
  file(
    'read.sl',
    `define group_mode_startup_hook() { () = select_group(); }
define article_mode_startup_hook() {
  variable out = fopen("${join(home, 'read')}", "w");
  uncollapse_threads();
  call("header_bob");
  loop (3) {
    call("article_page_down");
    () = fprintf(out, "%s\\n", article_as_string());
    call("hide_article");
    () = header_down(1);
  }
  () = fclose(out);
  call("quit");
  call("quit");
}
`,
  )
  try {
    const slrn = `timeout 10 slrn --nntp -h 127.0.0.1 -p ${nntp.port} -f newsrc -i rc`
    // It wants a terminal.
    const env = { PATH: process.env.PATH, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8' }
    const running = promisify(execFile)('script', ['-qec', slrn, 'screen'], { env, cwd: home })
    running.child.stdin?.end()
    expect((await running).stdout).not.toContain('not RFC')
    const read = readFileSync(join(home, 'read'), 'utf8')
    expect([...new Set(read.match(/^Message-ID: <a\d@/gm))]).toHaveLength(3)
    expect(read).toContain('\n\nOne.\n.\n.. two dots\n')
    expect(readFileSync(join(home, 'newsrc'), 'utf8')).toMatch(new RegExp(`^${group}: 1-`))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('new news are those since, and a mail that is not sorted yet keeps what is behind it waiting', async () => {
  expect(
    await ask(
      'NEWNEWS tarn.* 20200101 000000 GMT',
      'NEWNEWS *,!tarn.* 20200101 000000',
      'NEWGROUPS 20990101 000000',
    ),
  ).toBe(
    '230 New articles follow\n<a1@example.org>\n<a2@example.org>\n<a4@example.org>\n.\n230 New articles follow\n.\n231 New groups follow\n.\n',
  )
  const mail = (id: string) => ({
    bytes: Buffer.from(
      `From: ada@example.org\nSubject: Later\nDate: Tue, 3 Mar 2026 09:00:00 +0000\nMessage-ID: <${id}>\n\nHello.\n`,
    ),
    envelope: { road: 'import' },
  })
  await append(archive.db, archive.list.id, [mail('late1@example.org'), mail('late2@example.org')])
  await archive.db
    .deleteFrom('unsorted')
    .where('seq', '=', sql<never>`(select max(seq) from unsorted)`)
    .execute()
  expect(await ask(`GROUP ${group}`, 'STAT <late2@example.org>')).toMatch(/^211 3 .*\n430 /)
  await sql`insert into unsorted (list_id, seq) select list_id, seq from mail where message_id like 'late%' on conflict do nothing`.execute(
    archive.db,
  )
  await sortAll(archive.db, archive.list.id)
  expect(await ask(`GROUP ${group}`, 'STAT <late2@example.org>')).toMatch(/^211 5 .*\n223 0 <late2/)
})

test('a note was never posted, and where it was it is the mail that came over the list', async () => {
  const noted = { subject: 'Re: a lock', body: 'Patch-Status: accepted\n', minute: 9 }
  await archive.add(
    { ...noted, id: 'tw.1@example.org' },
    { ...noted, id: 'tw.2@example.org', headers: ['X-Threadwork-Note: by token ruth'] },
  )
  await sql`update mail set note = true where message_id like 'tw.%'`.execute(archive.db)
  const before = await ask('NEWNEWS * 20200101 000000')
  expect(before).not.toContain('tw.')
  await archive.add({ ...noted, id: 'tw.2@example.org', headers: ['List-Id: <tarn.lists.example.org>'] })
  const said = await ask(
    ...[`GROUP ${group}`, `OVER ${at(0)}-`, 'NEWNEWS * 20200101 000000'],
    ...['STAT <tw.1@example.org>', 'HEAD <tw.2@example.org>', `LISTGROUP ${group}`],
  )
  expect(said).not.toContain('<tw.1')
  expect(said).not.toContain('X-Threadwork-Note')
  expect(said.match(/<tw\.2@example\.org>/g)).toHaveLength(4)
  expect(said).toContain('\nList-Id: <tarn.lists.example.org>\n')
})

test('a client that asks for large articles and reads none has few of them', async () => {
  await archive.add({ id: 'log@example.org', body: 'A line of a log, one of many.\n'.repeat(300_000) })
  const own = await start()
  const sockets = Array.from({ length: 10 }, () => {
    const socket = connect(own.port, '127.0.0.1').setEncoding('latin1')
    socket.write('ARTICLE <log@example.org>\r\n')
    return new Promise<{ status: string; socket: Socket }>(resolve => {
      let heard = ''
      socket.on('data', chunk => {
        heard += String(chunk)
        const [, status] = /^201 .*\r\n(\d{3}) /.exec(heard) ?? []
        if (status !== undefined) resolve({ status, socket: socket.pause() })
      })
    })
  })
  const answers = await Promise.all(sockets)
  for (const { socket } of answers) socket.destroy()
  const most = Math.floor(limits.answerBytesHeldMax / 8_700_000 / 4)
  expect(answers.filter(({ status }) => status === '220').length).toBeLessThanOrEqual(most)
  expect(answers.filter(({ status }) => status === '403').length).toBeGreaterThan(0)
  await own.close()
})

test('a rude client ends alone: long lines, silence, too many connections', async () => {
  expect(await talk(`${'x'.repeat(100_000)}\r\n`)).toMatch(/^201 .*\r\n501 The line is too long\r\n$/)
  expect(await talk('x'.repeat(100_000))).toMatch(/501 The line is too long\r\n$/)
  const hasty = await start(0.2)
  expect(await talk('', hasty)).toMatch(/^201 .*\r\n$/)
  const held = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const socket = connect(nntp.port, '127.0.0.1')
      await new Promise(resolve => socket.once('data', resolve))
      return socket
    }),
  )
  expect(await talk('QUIT\r\n')).toMatch(/^400 Too many connections/)
  for (const socket of held) socket.destroy()
  await hasty.close()
})

test.each([
  ['*', 'a.b', true],
  ['a.*,!a.b', 'a.b', false],
  ['!a.b,a.*', 'a.b', true],
  ['a.?', 'a.b', true],
  ['a.?', 'a.', false],
  ['', 'a', false],
  [`${'*a'.repeat(200)}b`, 'a'.repeat(2_000), false],
])('the pattern %s means %s: %s', (pattern, name, is) => {
  expect(wildmat(pattern)(name)).toBe(is)
})

test('lei imports a group', { timeout: 120_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'threadwork-lei-'))
  mkdirSync(join(home, 'run'), { mode: 0o700 })
  const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), LC_ALL: 'C.UTF-8' }
  const lei = (...words: string[]) => promisify(execFile)('lei', words, { env, cwd: home })
  try {
    await lei('import', `nntp://127.0.0.1:${nntp.port}/${group}`)
    await lei('q', '-f', 'mboxrd', '-o', join(home, 'found'), 's:wal')
    const ids = [...readFileSync(join(home, 'found'), 'utf8').matchAll(/^Message-ID: <(.*)>$/gim)].map(
      ([, id]) => id,
    )
    expect(ids.sort()).toEqual(['a1@example.org', 'a2@example.org'])
  } finally {
    await lei('daemon-kill')
    rmSync(home, { recursive: true, force: true })
  }
})
