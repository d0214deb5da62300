// The same questions to two archives of the same mails, and where the answers differ, why.
import { gunzipSync } from 'node:zlib'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { splitQuotes, textOf } from '../../tracker/project/search-text.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import { paths } from '../../web/paths.ts'
import { diffTextOf } from '../../web/read/diff-text.ts'
import { type Query, readQuery } from '../../web/read/query.ts'
import { matches } from '../../web/read/query-match.ts'
import { type Asked, readMail } from './queries.ts'

export interface Difference {
  readonly about: string
  readonly onlyOurs: readonly string[]
  readonly onlyTheirs: readonly string[]
  /** Empty when every mail of the two has a reason. */
  readonly unexplained: readonly string[]
  readonly reasons: readonly string[]
}

export interface Sides {
  readonly ours: string
  readonly theirs: string
  readonly list: string
  readonly mails: ReadonlyMap<string, readonly Buffer[]>
}

export async function compareThreads(sides: Sides, ids: readonly string[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const id of ids) {
    const [ours, theirs] = await both(sides, side => idsAt(`${side}${paths.mbox(sides.list, id)}`, 'GET'))
    const difference = differenceOf(`thread of ${id}`, ours, theirs, (other, side) =>
      side === 'theirs' && sameSubject(sides, id, other)
        ? 'public-inbox adds all mails of the same subject to a thread, whatever they answer'
        : null,
    )
    if (difference) differences.push(difference)
  }
  return differences
}

/** As PublicInbox::Over has it: but for `Re:`, blanks, stops at the end and the case. */
function sameSubject({ mails }: Sides, one: string, other: string): boolean {
  const [ours, theirs] = [one, other].map(id => {
    const [bytes] = mails.get(id) ?? []
    const subject = bytes && decodeWords(headerValue(decodeMail(bytes).headers, 'subject') ?? '')
    return subject
      ?.replace(/\s+/g, ' ')
      .trim()
      .replace(/\.+$/, '')
      .replace(/^re:\s+/i, '')
      .toLowerCase()
  })
  return ours !== undefined && ours === theirs
}

export async function compareRaws(sides: Sides, ids: readonly string[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const id of ids) {
    const [ours, theirs] = await both(sides, async side => {
      const response = await askedOf(`${side}${paths.raw(sides.list, id)}`, 'GET')
      return Buffer.from(await response.arrayBuffer())
    })
    if (ours.equals(theirs)) continue
    const about = `raw ${id}: ${ours.length} and ${theirs.length} bytes`
    differences.push({ about, onlyOurs: [], onlyTheirs: [], unexplained: [id], reasons: [] })
  }
  return differences
}

/** `spam`: what our archive keeps out of its search. */
export async function compareQueries(
  sides: Sides,
  queries: readonly Asked[],
  spam: ReadonlySet<string>,
): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const { query } of queries) {
    const [ours, theirs] = await both(sides, side =>
      idsAt(`${side}/${sides.list}/?x=m&q=${encodeURIComponent(query)}`, 'POST'),
    )
    const read = await readQuery(query, 'any')
    const why = (id: string, side: 'ours' | 'theirs') => {
      if (side === 'theirs' && spam.has(id)) return 'it is spam here'
      const texts = sides.mails.get(id) ?? []
      const answers = new Set(texts.map(bytes => read.query !== null && isFound(read.query, bytes)))
      if (answers.size > 1) return 'several texts came under one id, and another one is read there'
      return reasonOf(query, read.query, texts[0], side)
    }
    const difference = differenceOf(query, ours, theirs, why)
    if (difference) differences.push(difference)
  }
  return differences
}

const both = <Answer>(
  { ours, theirs }: Sides,
  ask: (side: string) => Promise<Answer>,
): Promise<[Answer, Answer]> => Promise.all([ask(ours), ask(theirs)])

/** public-inbox-httpd closes connections that were idle, just when they may be used again; nothing is kept open here. */
const askedOf = (address: string, method: 'GET' | 'POST'): Promise<Response> =>
  fetch(address, { method, headers: { Connection: 'close' }, ...(method === 'POST' ? { body: '' } : {}) })

async function idsAt(address: string, method: 'GET' | 'POST'): Promise<ReadonlySet<string>> {
  const response = await askedOf(address, method)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status === 404) return new Set()
  if (response.status !== 200)
    throw new Error(`${address} answered ${response.status}: ${bytes.toString().slice(0, 200)}`)
  return new Set(splitMbox(gunzipSync(bytes)).map(mail => messageIdOf(mail).id))
}

/** Of mboxrd as public-inbox writes it. */
function splitMbox(mbox: Buffer): Buffer[] {
  const text = mbox.toString('latin1')
  const parts = text.split(/^From mboxrd@z Thu Jan {2}1 00:00:00 1970\n/m).slice(1)
  return parts.map(part => Buffer.from(part.replace(/^>(>*From )/gm, '$1'), 'latin1'))
}

function differenceOf(
  about: string,
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
  why: (id: string, side: 'ours' | 'theirs') => string | null,
): Difference | null {
  const onlyOurs = [...ours].filter(id => !theirs.has(id))
  const onlyTheirs = [...theirs].filter(id => !ours.has(id))
  if (onlyOurs.length + onlyTheirs.length === 0) return null
  const told = [
    ...onlyOurs.map(id => ({ id, reason: why(id, 'ours') })),
    ...onlyTheirs.map(id => ({ id, reason: why(id, 'theirs') })),
  ]
  return {
    about,
    onlyOurs,
    onlyTheirs,
    unexplained: told.filter(({ reason }) => reason === null).map(({ id }) => id),
    reasons: [...new Set(told.flatMap(({ reason }) => reason ?? []))],
  }
}

function isFound(query: Query, bytes: Buffer): boolean {
  const { mail, facts } = readMail(bytes)
  return matches(query, { mail, facts, said: facts.said, received: facts.said })
}

/** Null when nothing that is known explains that one side alone has the mail. */
function reasonOf(
  query: string,
  read: Query | null,
  bytes: Buffer | undefined,
  side: 'ours' | 'theirs',
): string | null {
  if (bytes === undefined || read === null) return null
  const { mail, facts } = readMail(bytes)
  const holds = matches(read, { mail, facts, said: facts.said, received: facts.said })
  if (side === 'theirs') {
    if (/\bdt?:/.test(query) && dateOf(bytes) !== facts.said)
      return 'its Date is in doubt, so it was said at another time here'
    if (holds) return null
    if (/\bdfhh:/.test(query) && /^@@ \S+ \S+ @@/m.test(splitQuotes(textOf(mail)).own))
      return 'a line with @@ that is in no diff is a head there'
    if (/"[^"\s]+\s[^"]*"/.test(query)) return 'Xapian joins words over a line that is none of the text'
    return query.includes('"') ? null : 'the words stand in a part that is none here'
  }
  if (!holds) return null
  const { own, quotes } = splitQuotes(textOf(mail))
  if (!matches(read, { mail: withoutDeleted(mail), facts, said: facts.said, received: facts.said }))
    return 'a line of a file that a diff deletes, whose “+++ /dev/null” ends the diff for public-inbox'
  const field = /^\(*(\w+):/.exec(query)?.[1] ?? ''
  const words = [...query.matchAll(/"([^"]*)"/g)].flatMap(([, text = '']) => wordsOf(text))
  const diff = diffTextOf(own)
  const parts: Readonly<Record<string, readonly string[]>> = {
    q: [quotes],
    dfa: diff.removed,
    dfb: diff.added,
    dfctx: diff.context,
    dfhh: diff.heads,
  }
  const asked = (
    parts[field] ?? [
      ...(field === 's' ? [] : [textOf(mail)]),
      ...(/^(?:b|nq)$/.test(field) ? [] : [facts.subject.text, facts.sender.name, facts.sender.address]),
    ]
  ).join('\n')
  if (/\bdfn:/.test(query) && /^diff --git (?!"?a\/)/m.test(own))
    return 'a path that a diff names without a/ lost its first part there'
  const whole = new Set(
    asked.toLowerCase().match(/[\p{L}\p{N}_]+(?:['&][\p{L}\p{N}_]+)*(?:[+#]{1,3}(?![\p{L}\p{N}_]))?/gu),
  )
  const forms = query.includes('"') ? [] : formsIn(read)
  if (words.some(word => !whole.has(word)) || (forms.length > 0 && !forms.some(word => whole.has(word))))
    return 'a part of a name with _, or of a word with an apostrophe or a + behind it, is a word here'
  if (/\bf:|\ba:/.test(query)) return 'its author stands elsewhere than in From'
  if (words.length > 1) return 'a sequence over the end of a line of a diff, or over a quote'
  return null
}

/** Of a query that asks for a word in all its forms. */
function formsIn(query: Query): string[] {
  if (query.what === 'and' || query.what === 'or') return query.of.flatMap(formsIn)
  return query.what === 'words' ? [...(query.forms ?? [])] : []
}

/** As PublicInbox::SearchIdx has it: `+++ /dev/null` is no name of a file, and what follows up to the next file is text. */
function withoutDeleted(mail: DecodedMail): DecodedMail {
  const cut = (text: string) => text.replace(/^\+\+\+ \/dev\/null\n(?:@@ .*\n|-(?!- $).*\n)*/gm, '\n')
  return {
    ...mail,
    body: cut(mail.body),
    attachedPatches: mail.attachedPatches.map(part => ({ ...part, text: cut(part.text) })),
  }
}

const dateOf = (bytes: Buffer) => Date.parse(headerValue(decodeMail(bytes).headers, 'date') ?? '')
