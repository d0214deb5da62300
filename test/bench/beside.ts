// What a request costs here and in public-inbox: the same mails in both, the same addresses, in turns, as the CPU time of all
// processes of each server, with PostgreSQL and git. Needs public-inbox (README.md has the line for apt-get).
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toMboxrd } from '../../base/mboxrd.ts'
import type { MailFacts } from '../../tracker/mail/facts.ts'
import { paths } from '../../web/paths.ts'
import { idOf, readMbox } from '../clients/mails.ts'
import { startOurs } from '../clients/our-server.ts'
import { readMail } from '../clients/queries.ts'
import { startTheirs } from '../clients/their-server.ts'
import { inventMails } from './invent.ts'

/** One server: where it is, and what it used so far. */
export interface Server {
  readonly url: string
  cpu(): number
}

export interface Beside {
  readonly ours: Server
  readonly theirs: Server
  readonly mails: readonly Buffer[]
}

interface Asked {
  readonly name: string
  /** The addresses, each asked for once. */
  readonly ours: readonly string[]
  /** Null where public-inbox has no such thing. */
  readonly theirs: readonly string[] | null
}

const list = 'list'
/** Requests of a kind; so many at a time go to one server, then to the other. */
const requests = 100
const turn = 10

export async function benchBeside(options: { mbox: string | undefined; mails: number }): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-beside-'))
  // PostgreSQL runs under another account when we are root, and must get through.
  chmodSync(directory, 0o711)
  try {
    const mails = options.mbox
      ? await readMbox(options.mbox)
      : [...inventMails(options.mails)].map(mail => Buffer.from(mail))
    const mbox = join(directory, 'archive.mbox')
    writeFileSync(mbox, Buffer.concat(mails.map(toMboxrd)), { mode: 0o644 })
    const theirs = await startTheirs(directory, list, mails)
    const ours = await startOurs(directory, list, mbox)
    const lines = await besideLines({ ours, theirs, mails })
    await Promise.all([ours.close(), theirs.close()])
    return lines
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export async function besideLines(beside: Beside): Promise<string[]> {
  const lines = [
    `CPU ms a request, of ${beside.mails.length} mails in both: of all processes of a server, in turns, no page twice`,
    line(['', 'Threadwork', 'public-inbox', 'theirs / ours']),
  ]
  for (const asked of await kindsOf(beside)) lines.push(await measured(beside, asked))
  return lines
}

async function measured({ ours, theirs }: Beside, asked: Asked): Promise<string> {
  const here = meter(ours, asked.ours)
  const there = meter(theirs, asked.theirs ?? [])
  // The first half of each warms the programs.
  await here.ask(Math.floor(asked.ours.length / 2))
  await there.ask(Math.floor((asked.theirs?.length ?? 0) / 2))
  here.begin()
  there.begin()
  while (here.left() + there.left() > 0) {
    await here.ask(turn)
    await there.ask(turn)
  }
  const [own, other] = [here.each(), there.each()]
  const text = (ms: number | null) => (ms === null ? '-' : ms.toFixed(1))
  return line([asked.name, text(own), text(other), own && other ? (other / own).toFixed(1) : '-'])
}

const line = ([name = '', ...columns]: readonly string[]) =>
  name.padEnd(24) + columns.map(column => column.padStart(14)).join('')

/** The addresses of one server, asked for one after another, and what they cost it. */
function meter({ url, cpu }: Server, addresses: readonly string[]) {
  let at = 0
  let counted = 0
  let used = 0
  const ask = async (count: number) => {
    const before = cpu()
    for (const address of addresses.slice(at, at + count)) {
      const response = await fetch(url + address, {
        headers: { Connection: 'close', 'Accept-Encoding': 'identity' },
      })
      await response.arrayBuffer()
      // public-inbox answers so to a search without a hit.
      if (response.status !== 200 && !(response.status === 404 && address.includes('?q=')))
        throw new Error(`${url}${address} answered ${response.status}`)
    }
    counted += Math.min(count, addresses.length - at)
    at = Math.min(at + count, addresses.length)
    used += cpu() - before
  }
  const begin = () => {
    counted = 0
    used = 0
  }
  return { ask, begin, left: () => addresses.length - at, each: () => (counted > 0 ? used / counted : null) }
}

async function kindsOf({ ours, theirs, mails }: Beside): Promise<Asked[]> {
  const read = mails.map(bytes => ({ id: idOf(bytes), ...readMail(bytes) }))
  const some = <Item>(items: readonly Item[]) => {
    const step = Math.max(1, Math.floor(items.length / (2 * requests)))
    return items.filter((_, at) => at % step === 0).slice(0, 2 * requests)
  }
  const same = (name: string, addresses: readonly string[]): Asked => ({
    name,
    ours: addresses,
    theirs: addresses,
  })
  const replies = some(read.filter(({ facts }) => facts.posting === 'none')).map(({ id }) => id)
  const any = some(read).map(({ id }) => id)
  const roots = some(largeThreads(read))
  const words = some([
    ...new Set(read.flatMap(({ facts }) => /[a-z]{5,}/i.exec(facts.subject.title)?.[0] ?? [])),
  ])
  const search = (word: string) => `${paths.list(list)}?q=s:${encodeURIComponent(word)}`
  const [home, back] = await Promise.all([
    nextPages(ours.url, paths.topics(list, 'all')),
    nextPages(theirs.url, paths.list(list)),
  ])
  return [
    same(
      'message, an answer',
      replies.map(id => paths.mail(list, id)),
    ),
    same(
      'raw',
      any.map(id => paths.raw(list, id)),
    ),
    same(
      'T/, 10 to 20 mails',
      roots.map(id => `${paths.mail(list, id)}T/`),
    ),
    same(
      't/, 10 to 20 mails',
      some(roots.toReversed()).map(id => `${paths.mail(list, id)}t/`),
    ),
    same(
      't.mbox.gz of those',
      roots.map(id => paths.mbox(list, id)),
    ),
    { name: 'search, 20 hits', ours: words.map(search), theirs: words.map(word => `${search(word)}&l=20`) },
    { name: 'topics, page by page', ours: home.slice(1).map(elsewhere), theirs: back.slice(1) },
    {
      name: 'list home, again',
      ours: Array(requests).fill(paths.list(list)),
      theirs: Array(requests).fill(paths.list(list)),
    },
    { name: 'API, 30 patches', ours: apiPages('patches'), theirs: null },
    { name: 'API, 30 series', ours: apiPages('series'), theirs: null },
  ]
}

/** Nothing of these is kept, so the same may be asked for again. */
const apiPages = (noun: string) =>
  Array.from({ length: 2 * requests }, (_, at) => `/api/1.3/${noun}/?page=${1 + (at % 2)}`)

/** The first mails of threads of 10 to 20, by what they answer. */
function largeThreads(read: readonly { readonly id: string; readonly facts: MailFacts }[]): string[] {
  const first = new Map<string, string>()
  const sizes = new Map<string, number>()
  for (const { id, facts } of read.toSorted((a, b) => a.facts.said - b.facts.said)) {
    const parent = facts.references.find(one => first.has(one))
    const root = (parent && first.get(parent)) ?? id
    first.set(id, root)
    sizes.set(root, (sizes.get(root) ?? 0) + 1)
  }
  return [...sizes].flatMap(([id, size]) => (size >= 10 && size <= 20 ? [id] : []))
}

/** The same page a millisecond off: the very same was kept when it was asked for its next one. */
const elsewhere = (address: string) =>
  address.replace(/before=(\d+)/, (_, ms: string) => `before=${Number(ms) + 1}`)

/** The pages that follow each other by their `rel="next"`, asked for to find the next one. */
async function nextPages(origin: string, start: string): Promise<string[]> {
  const found: string[] = []
  for (let next: string | undefined = start; next !== undefined && found.length < 40; ) {
    found.push(next)
    const page: string = await (await fetch(origin + next, { headers: { Connection: 'close' } })).text()
    const link: string | undefined =
      /href="([^"]+)"\s+rel="?next"?/.exec(page)?.[1] ?? /rel="?next"?\s+href="([^"]+)"/.exec(page)?.[1]
    next = link && new URL(link.replaceAll('&amp;', '&'), origin + start).href.slice(origin.length)
  }
  return found
}
