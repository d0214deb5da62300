// Every road into the log, each as a function that carries the same mails to one list: what they share is how their
// exports are compared, in the quick test and in the long one.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { deliver, readMail } from '../../ingest/deliver.ts'
import { importPaths } from '../../ingest/import.ts'
import { startLmtp } from '../../ingest/lmtp.ts'
import { startSmtp } from '../../ingest/smtp.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { type Client, dial } from '../ingest/transcript.ts'
import { writePublicInbox } from './public-inbox.ts'

export interface Destination {
  readonly db: Kysely<Tables>
  readonly list: List
  /** An empty directory of its own. */
  readonly directory: string
}

type Carry = (mails: readonly Buffer[], to: Destination) => Promise<void>

export const roads: Readonly<Record<string, Carry>> = {
  mboxrd: importing((mails, path) =>
    writeFileSync(
      path,
      mbox(mails, text => text.replace(/^(>*From )/gm, '>$1')),
    ),
  ),
  'mboxo-gz': importing((mails, path) =>
    writeFileSync(path, gzipSync(mbox(mails, text => text.replace(/^From /gm, '>From ')))),
  ),
  mboxcl2: importing((mails, path) => writeFileSync(path, mbox(mails, counted))),
  maildir: importing((mails, path) => {
    for (const folder of ['cur', 'new', 'tmp']) mkdirSync(join(path, folder), { recursive: true })
    mails.forEach((bytes, index) => {
      const name = `${1_700_000_000 + index}.M${index}P1.host`
      writeFileSync(join(path, index % 2 ? `cur/${name}:2,S` : `new/${name}`), bytes)
    })
  }),
  eml: importing((mails, path) => {
    mkdirSync(path)
    mails.forEach((bytes, index) => {
      writeFileSync(join(path, `${String(index).padStart(6, '0')}.eml`), withCrlf(bytes))
    })
  }),
  'public-inbox-v1': importing((mails, path) => writePublicInbox(path, 'v1', toCommits(mails))),
  'public-inbox-v2': importing((mails, path) => {
    const half = mails.length >> 1
    writePublicInbox(join(path, 'git', '0.git'), 'v2', toCommits(mails.slice(0, half)))
    writePublicInbox(join(path, 'git', '1.git'), 'v2', toCommits(mails.slice(half)))
  }),
  async smtp(mails, { db, list }) {
    const server = await startSmtp({ ...door(db, list), host: '127.0.0.1', port: 0 })
    await talkAll(server.port, 'EHLO', mails, list)
    await server.close()
    await sortAll(db, list.id)
  },
  async lmtp(mails, { db, list, directory }) {
    const listen = join(directory, 'lmtp')
    const server = await startLmtp({ ...door(db, list), listen })
    await talkAll(listen, 'LHLO', mails, list)
    await server.close()
    await sortAll(db, list.id)
  },
  async deliver(mails, { db, list }) {
    for (const bytes of mails) {
      const piped = Buffer.concat([Buffer.from('From ada@example.org  Mon Mar  2 10:00:00 2026\n'), bytes])
      await deliver({ db, bytes: await readMail(inTwo(piped), limits.mailBytesMax), lists: [], list })
    }
    await sortAll(db, list.id)
  },
}

function importing(write: (mails: readonly Buffer[], path: string) => void): Carry {
  return async (mails, { db, list, directory }) => {
    const path = join(directory, 'archive')
    write(mails, path)
    const silent = { show: () => {}, say: () => {}, finish: () => {} }
    const signal = new AbortController().signal
    const report = await importPaths({ db, list, paths: [path], signal, progress: silent })
    if (report.problems.length > 0) throw new Error(report.problems.join('\n'))
  }
}

const fromLine = 'From mbox@z Thu Jan  1 00:00:00 1970\n'

function mbox(mails: readonly Buffer[], quoted: (text: string) => string): Buffer {
  const texts = mails.map(bytes => quoted(bytes.toString('latin1')))
  return Buffer.from(
    texts.map(text => `${fromLine}${text}${text.endsWith('\n') ? '' : '\n'}\n`).join(''),
    'latin1',
  )
}

/** The dialect that changes nothing and counts. */
function counted(text: string): string {
  const blank = text.indexOf('\n\n')
  const length = blank < 0 ? 0 : text.length - blank - 2
  const header = blank < 0 ? text : text.slice(0, blank)
  return `${header.trimEnd()}\nContent-Length: ${length}\n\n${blank < 0 ? '' : text.slice(blank + 2)}`
}

const withCrlf = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')

const toCommits = (mails: readonly Buffer[]) => mails.map(bytes => ({ bytes }))

const door = (db: Kysely<Tables>, list: List) => ({
  db,
  lists: () => [list],
  hostname: 'mx.example.net',
  log: { info: () => {}, warn: (fields: object, text: string) => console.warn(text, fields) },
})

async function* inTwo(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 10)
  yield bytes.subarray(10)
}

async function talkAll(
  where: number | string,
  greeting: 'EHLO' | 'LHLO',
  mails: readonly Buffer[],
  list: List,
): Promise<void> {
  const client = await dial(where)
  await client.line()
  await client.talk(`${greeting} client.example.org`)
  for (const bytes of mails) await sendOne(client, bytes, list.address)
  client.close()
}

async function sendOne(client: Client, bytes: Buffer, to: string): Promise<void> {
  await client.talk('MAIL FROM:<ada@example.org>', `RCPT TO:<${to}>`, 'DATA')
  const text = withCrlf(bytes).toString('latin1').replace(/^\./gm, '..')
  client.send(Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1'))
  const said = await client.line()
  if (!said.startsWith('250')) throw new Error(`The server said "${said}"`)
}

/** The ids of the topics that only one of two exports has, or has otherwise. */
export function differing(one: string, other: string): string[] {
  const [lines, others] = [one, other].map(text => text.split('\n'))
  const only = (these: string[] = [], those: string[] = []) => {
    const known = new Set(those)
    return these.filter(line => !known.has(line))
  }
  const odd = [...only(lines, others), ...only(others, lines)]
  return [...new Set(odd.map(line => JSON.parse(line).id as string))]
}
