// What a client may ask (RFC 3977): each command with what it is answered, as pieces of text in latin1 with LF as line end. The
// session sends them; nothing here holds more than some mails at a time.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { rawBytes, sizesOf } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Held } from '../large.ts'
import { type Article, articleOf, fieldOf, overviewFields, overviewOf, type Place } from './article.ts'
import {
  articleAt,
  articleBy,
  articlesIn,
  articlesSince,
  type Extent,
  extentOf,
  firstKnown,
  type Numbered,
  neighbourOf,
  type Range,
} from './articles.ts'
import { type Group, readGroups } from './groups.ts'
import { wildmat } from './wildmat.ts'

/** Of one connection. */
export interface Reader {
  /** The first piece begins with the status. A text with more lines ends in one of a dot. */
  answer(line: string): AsyncGenerator<string>
}

export interface ReaderOptions {
  readonly db: Kysely<Tables>
  readonly host: string
  readonly now: () => Date
  /** Of all connections; how many a client has is counted already. */
  readonly held: Held
}

interface State {
  group: Group | null
  /** The current article; null where there is none. */
  current: number | null
}

type Say = AsyncGenerator<string>
interface Asked {
  readonly options: ReaderOptions
  readonly state: State
  readonly words: readonly string[]
}

export function makeReader(options: ReaderOptions): Reader {
  const state: State = { group: null, current: null }
  return {
    async *answer(line) {
      const [word = '', ...words] = line.trim().split(/[ \t]+/)
      const name = word.toUpperCase()
      const command = commands.get(name)
      if (command === undefined) yield '500 Not known here; HELP says what is\n'
      else yield* command({ options, state, words })
    },
  }
}

async function* said(text: string): Say {
  yield `${text}\n`
}

async function* listed(status: string, lines: AsyncIterable<string> | Iterable<string>): Say {
  yield `${status}\n`
  for await (const line of lines) yield `${dotted(line)}\n`
  yield '.\n'
}

const dotted = (text: string): string => (text.startsWith('.') ? `.${text}` : text).replaceAll('\n.', '\n..')

const capabilities = [
  ...['VERSION 2', 'IMPLEMENTATION Threadwork', 'READER', 'NEWNEWS', 'HDR', 'OVER MSGID'],
  'LIST ACTIVE ACTIVE.TIMES HEADERS NEWSGROUPS OVERVIEW.FMT',
]

const commands: ReadonlyMap<string, (asked: Asked) => Say> = new Map(
  Object.entries({
    CAPABILITIES: () => listed('101 Capabilities:', capabilities),
    MODE: ({ words }: Asked) =>
      said(/^reader$/i.test(words[0] ?? '') ? '201 Posting is by mail' : '501 Only MODE READER'),
    GROUP: answerGroup,
    LISTGROUP: answerListgroup,
    LAST: (asked: Asked) => answerMove(asked, 'below'),
    NEXT: (asked: Asked) => answerMove(asked, 'above'),
    ARTICLE: (asked: Asked) => answerArticle(asked, '220', ({ head, body }) => `${head}\n${body}`),
    HEAD: (asked: Asked) => answerArticle(asked, '221', ({ head }) => head),
    BODY: (asked: Asked) => answerArticle(asked, '222', ({ body }) => body),
    STAT: (asked: Asked) => answerArticle(asked, '223', null),
    OVER: answerOver,
    XOVER: answerOver,
    HDR: (asked: Asked) => answerHdr(asked, '225'),
    XHDR: (asked: Asked) => answerHdr(asked, '221'),
    LIST: answerList,
    NEWGROUPS: answerNewgroups,
    NEWNEWS: answerNewnews,
    DATE: ({ options }: Asked) => said(`111 ${options.now().toISOString().replace(/\D/g, '').slice(0, 14)}`),
    HELP: () => listed('100 Commands of RFC 3977:', [[...commands.keys()].join(' ')]),
    POST: () => said('440 Posting is by mail'),
    IHAVE: () => said('435 Mails come by SMTP'),
    AUTHINFO: () => said('502 Everybody may read'),
    STARTTLS: () => said('502 TLS is for a program in front'),
  }),
)

async function groupNamed({ options: { db } }: Asked, name: string): Promise<Group | undefined> {
  return (await readGroups(db)).get(name.toLowerCase())
}

async function enter(asked: Asked, name: string | undefined): Promise<(Extent & { group: Group }) | null> {
  const { options, state } = asked
  const group = name === undefined ? state.group : await groupNamed(asked, name)
  if (!group) return null
  const extent = await extentOf(options.db, group.list.id)
  const first = await neighbourOf(options.db, group.list.id, extent.first - 1, 'above')
  state.group = group
  state.current = first === undefined ? null : Number(first.number)
  return { ...extent, group }
}

async function* answerGroup(asked: Asked): Say {
  const entered = asked.words.length === 1 ? await enter(asked, asked.words[0]) : undefined
  if (entered === undefined) yield '501 GROUP NAME\n'
  else if (entered === null) yield '411 No such group\n'
  else yield `211 ${extentText(entered)} ${entered.group.name}\n`
}

const extentText = ({ count, first, last }: Extent): string => `${count} ${first} ${last}`

async function* answerListgroup(asked: Asked): Say {
  const [name, text] = asked.words
  const range = text === undefined ? everything : readRange(text)
  if (range === null) return yield '501 LISTGROUP [NAME [FIRST-LAST]]\n'
  const entered = await enter(asked, name)
  if (entered === null) return yield name === undefined ? '412 No group is chosen\n' : '411 No such group\n'
  const { group } = entered
  yield* listed(`211 ${extentText(entered)} ${group.name} follow`, numbersIn(asked, group, range))
}

async function* numbersIn({ options }: Asked, group: Group, range: Range): AsyncGenerator<string> {
  for await (const some of articlesIn(options.db, group.list.id, range))
    for (const { number } of some) yield number
}

const everything: Range = { first: 1, last: 2_147_483_647 }

/** `12`, `12-`, `12-34`; null for anything else. */
function readRange(text: string): Range | null {
  const [, first, dash, last] = /^(\d{1,10})(?:(-)(\d{1,10})?)?$/.exec(text) ?? []
  if (first === undefined) return null
  const end = dash === undefined ? first : (last ?? String(everything.last))
  return { first: Math.max(1, Number(first)), last: Math.min(everything.last, Number(end)) }
}

async function* answerMove({ options, state }: Asked, where: 'above' | 'below'): Say {
  const { group, current } = state
  if (group === null) return yield '412 No group is chosen\n'
  if (current === null) return yield '420 No article is chosen\n'
  const found = await neighbourOf(options.db, group.list.id, current, where)
  if (found === undefined)
    return yield where === 'above' ? '421 That is the last one\n' : '422 That is the first one\n'
  state.current = Number(found.number)
  yield `223 ${found.number} <${found.id}>\n`
}

interface Chosen {
  readonly found: Numbered
  readonly place: Place
}

/** By number, by id, or the current one; else the reply that says why there is none. */
async function choose({ options, state }: Asked, word: string | undefined): Promise<Chosen | string> {
  const { db, host } = options
  if (word?.startsWith('<')) {
    const groups = [...(await readGroups(db)).values()]
    const lists = groups.map(({ list }) => list.id)
    const found = await articleBy(db, lists, word.replace(/^<|>$/g, ''))
    const group = groups.find(({ list }) => list.id === found?.list)
    return found && group
      ? { found, place: { group: group.name, number: null, host } }
      : '430 No such article\n'
  }
  if (word !== undefined && !/^\d{1,10}$/.test(word)) return '501 A number or <Message-ID>\n'
  if (state.group === null) return '412 No group is chosen\n'
  const number = word === undefined ? state.current : Number(word)
  if (number === null) return '420 No article is chosen\n'
  const found = number > everything.last ? undefined : await articleAt(db, state.group.list.id, number)
  if (found === undefined)
    return word === undefined ? '420 No article is chosen\n' : '423 No article of this number\n'
  return { found, place: { group: state.group.name, number: found.number, host } }
}

async function* answerArticle(
  asked: Asked,
  status: string,
  part: ((article: Article) => string) | null,
): Say {
  const [word] = asked.words
  const chosen = await choose(asked, word)
  if (typeof chosen === 'string') return yield chosen
  const { found, place } = chosen
  if (place.number !== null) asked.state.current = Number(place.number)
  const line = `${status} ${place.number ?? 0} <${found.id}>\n`
  if (part === null) return yield line
  const { all } = await sizesOf(asked.options.db, [found.hash])
  yield* holding(asked, all, async function* () {
    for await (const { article } of readArticles(asked, [found], () => place))
      return yield `${line}${dotted(part(article))}.\n`
    yield place.number === null ? '430 No such article\n' : '423 No article of this number\n'
  })
}

/** Large articles wait in memory until a client has them, and may be asked for by many. */
async function* holding({ options: { held } }: Asked, bytes: number, answer: () => Say): Say {
  const leave = bytes < limits.largeAnswerBytesMin ? () => {} : held.take(bytes * timesHeld, null)
  if (leave === null) return yield '403 Too much is under way; try again later\n'
  try {
    yield* answer()
  } finally {
    leave()
  }
}

/** The mail, its parts and what is on the wire. */
const timesHeld = 4

interface Read {
  readonly found: Numbered
  readonly article: Article
  readonly place: Place
}

/** In their order; those whose bytes are gone are left out. */
async function* readArticles(
  { options: { db } }: Asked,
  found: readonly Numbered[],
  placeOf: (one: Numbered) => Place,
): AsyncGenerator<Read> {
  const left = [...found]
  const hashes = found.map(({ hash }) => hash)
  for await (const [name, raw] of rawBytes(db, hashes))
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      if (one.hash.toString('base64') !== name) continue
      const place = placeOf(one)
      yield { found: one, place, article: articleOf(raw, one.id, place) }
      break
    }
}

/** A range, an id, or the current article; else a reply. */
async function* readAsked(asked: Asked, word: string | undefined): AsyncGenerator<Read | string> {
  const { options, state } = asked
  const range = word === undefined || word.startsWith('<') ? null : readRange(word)
  if (range === null) {
    const chosen = await choose(asked, word)
    if (typeof chosen === 'string') return yield chosen
    yield* readArticles(asked, [chosen.found], () => chosen.place)
    return
  }
  const { group } = state
  if (group === null) return yield '412 No group is chosen\n'
  const placeOf = ({ number }: Numbered) => ({ group: group.name, number, host: options.host })
  let any = false
  for await (const some of articlesIn(options.db, group.list.id, range))
    for await (const read of readArticles(asked, some, placeOf)) {
      any = true
      yield read
    }
  if (!any) yield '423 No articles in that range\n'
}

/** The status comes with the first line: there may be none. */
async function* perArticle(
  asked: Asked,
  word: string | undefined,
  status: string,
  lineOf: (read: Read) => string,
): Say {
  let begun = false
  for await (const read of readAsked(asked, word)) {
    if (typeof read === 'string') return yield read
    if (!begun) yield `${status}\n`
    begun = true
    yield `${dotted(lineOf(read))}\n`
  }
  yield begun ? '.\n' : '423 No article of this number\n'
}

function answerOver(asked: Asked): Say {
  const lineOf = ({ found, article, place }: Read) =>
    `${place.number ?? 0}\t${overviewOf(article, found.id, place)}`
  return holding(asked, limits.largeAnswerBytesMin, () =>
    perArticle(asked, asked.words[0], '224 Overview follows', lineOf),
  )
}

async function* answerHdr(asked: Asked, status: string): Say {
  const [name = '', word] = asked.words
  if (!/^:?[!-9;-~]{1,100}$/.test(name)) return yield '501 HDR FIELD [NUMBER|FIRST-LAST|<ID>]\n'
  const lineOf = ({ found, article, place }: Read) =>
    `${place.number ?? 0} ${name.toLowerCase() === 'message-id' ? `<${found.id}>` : fieldOf(article, name.toLowerCase(), place)}`
  yield* holding(asked, limits.largeAnswerBytesMin, () =>
    perArticle(asked, word, `${status} Fields follow`, lineOf),
  )
}

async function* answerList(asked: Asked): Say {
  const [kind = 'ACTIVE', pattern = '*'] = asked.words
  const what = lists.get(kind.toUpperCase())
  if (what === undefined) return yield '501 LIST ACTIVE, ACTIVE.TIMES, HEADERS, NEWSGROUPS or OVERVIEW.FMT\n'
  yield* listed('215 It follows', what(asked, pattern))
}

const lists: ReadonlyMap<
  string,
  (asked: Asked, pattern: string) => AsyncIterable<string> | Iterable<string>
> = new Map(
  Object.entries({
    ACTIVE: activeLines,
    'ACTIVE.TIMES': timesLines,
    NEWSGROUPS: descriptionLines,
    'OVERVIEW.FMT': () => overviewFields,
    HEADERS: () => [':', ':bytes', ':lines'],
  }),
)

async function groupsLike({ options: { db } }: Asked, pattern: string): Promise<Group[]> {
  const isMeant = wildmat(pattern)
  return [...(await readGroups(db)).values()]
    .filter(({ name }) => isMeant(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function* activeLines(asked: Asked, pattern: string): AsyncGenerator<string> {
  for (const { name, list } of await groupsLike(asked, pattern)) {
    const { first, last } = await extentOf(asked.options.db, list.id)
    yield `${name} ${last} ${first} n`
  }
}

async function* timesLines(asked: Asked, pattern: string): AsyncGenerator<string> {
  for (const { name, list } of await groupsLike(asked, pattern)) {
    const known = await firstKnown(asked.options.db, list.id)
    if (known !== null) yield `${name} ${Math.floor(known.getTime() / 1_000)} ${list.address}`
  }
}

async function* descriptionLines(asked: Asked, pattern: string): AsyncGenerator<string> {
  for (const { name, list } of await groupsLike(asked, pattern))
    yield `${name}\t${Buffer.from(list.description || list.address).toString('latin1')}`
}

/** `20260301 120000` or `260301 120000`, UTC whatever stands behind; null for what is no time. */
function readTime(day = '', time = '', now: Date): Date | null {
  const [, year = '', rest = ''] = /^(\d{2}|\d{4})(\d{4})$/.exec(day) ?? []
  if (rest === '' || !/^\d{6}$/.test(time)) return null
  const century = Math.floor(now.getUTCFullYear() / 100)
  // RFC 3977 7.3.2: of the centuries the one that is not of the future.
  const full =
    year.length === 4 ? year : `${Number(year) > now.getUTCFullYear() % 100 ? century - 1 : century}${year}`
  const at = new Date(
    `${full}-${rest.replace(/(..)(..)/, '$1-$2')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
  )
  return Number.isNaN(at.getTime()) ? null : at
}

async function* answerNewgroups(asked: Asked): Say {
  const since = readTime(asked.words[0], asked.words[1], asked.options.now())
  if (since === null) return yield '501 NEWGROUPS YYYYMMDD HHMMSS\n'
  yield* listed('231 New groups follow', newGroups(asked, since))
}

async function* newGroups(asked: Asked, since: Date): AsyncGenerator<string> {
  for (const { name, list } of await groupsLike(asked, '*')) {
    const known = await firstKnown(asked.options.db, list.id)
    if (known === null || known < since) continue
    const { first, last } = await extentOf(asked.options.db, list.id)
    yield `${name} ${last} ${first} n`
  }
}

async function* answerNewnews(asked: Asked): Say {
  const [pattern = '', day, time] = asked.words
  const since = readTime(day, time, asked.options.now())
  if (since === null || pattern.length > limits.newsLineBytesMax)
    return yield '501 NEWNEWS WILDMAT YYYYMMDD HHMMSS\n'
  yield* listed('230 New articles follow', newArticles(asked, pattern, since))
}

async function* newArticles(asked: Asked, pattern: string, since: Date): AsyncGenerator<string> {
  for (const { list } of await groupsLike(asked, pattern))
    for await (const some of articlesSince(asked.options.db, list.id, since))
      for (const { id } of some) yield `<${id}>`
}
