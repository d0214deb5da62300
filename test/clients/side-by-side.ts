// The same questions to two archives of the same mails, and where the answers differ, why.
import { execFileSync } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import type { MailFacts } from '../../tracker/mail/facts.ts'
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
  if (query.startsWith('patchid:') && patchIdBy(textOf(mail)) !== facts.patchId)
    return 'a mail program took blanks off its diff, so “git patch-id” of the whole mail goes on below it'
  if (side === 'theirs') {
    if (/\bdt?:/.test(query) && dateOf(bytes) !== facts.said)
      return 'its Date is in doubt, so it was said at another time here'
    if (holds) return null
    if (/\bf:/.test(query) && authorsOf(mail, facts).length > 1) return elsewhere
    if (/\bdfn:/.test(query) && /^(?:diff --git|---|\+\+\+) "?[^/\n]+\//m.test(splitQuotes(textOf(mail)).own))
      return 'a diff that is no patch of the mail, such as a piece of one in an answer, names files there'
    if (/\bdfhh:/.test(query) && /^@@ \S+ \S+ @@/m.test(splitQuotes(textOf(mail)).own))
      return 'a line with @@ that is in no diff is a head there'
    if (/"[^"\s]+\s[^"]*"/.test(query)) return 'Xapian joins words over a line that is none of the text'
    return query.includes('"') ? null : 'the words stand in a part that is none here'
  }
  if (!holds) return null
  const { own, quotes } = splitQuotes(textOf(mail))
  const holdsIn = (other: DecodedMail) =>
    matches(read, { mail: other, facts, said: facts.said, received: facts.said })
  if (/\bdf\w+:/.test(query)) {
    if (!holdsIn(withoutEnded(mail, /^\+\+\+ \/dev\/null$/)))
      return 'a line of a file that a diff deletes, whose “+++ /dev/null” ends the diff for public-inbox'
    if (hasReturns(bytes) && !holdsIn(withoutEnded(mail, /^$/)))
      return 'lines end with CR and LF within base64, where an empty one ends the diff for public-inbox'
  }
  const field = /^\(*(\w+):/.exec(query)?.[1] ?? ''
  if (field === 'q' && !holdsIn({ ...mail, body: mail.body.replace(/^ +>.*$/gm, '') }))
    return 'a quote with a blank before its > is none there'
  const words = [...query.matchAll(/"([^"]*)"/g)].flatMap(([, text = '']) => wordsOf(text))
  const diff = diffTextOf(own)
  const parts: Readonly<Record<string, readonly string[]>> = {
    q: [quotes],
    nq: [own],
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
  if (/\bf:|\ba:/.test(query)) return elsewhere
  if (words.length > 1) return 'a sequence over the end of a line of a diff, or over a quote'
  return null
}

/** Of a query that asks for a word in all its forms. */
function formsIn(query: Query): string[] {
  if (query.what === 'and' || query.what === 'or') return query.of.flatMap(formsIn)
  return query.what === 'words' ? [...(query.forms ?? [])] : []
}

const elsewhere = 'its author stands elsewhere than in From'

/** Of the mail and of the change. */
const authorsOf = (mail: DecodedMail, { sender, author, behalf }: MailFacts): string[] => [
  ...new Set(
    [sender, author, behalf ?? []]
      .flat()
      .map(({ address }) => address)
      .concat(parseAddresses(headerValue(mail.headers, 'from') ?? '').map(({ address }) => address)),
  ),
]

/** As PublicInbox::SearchIdx has it: behind a line that it knows in no diff all is text, up to the head of the next file. */
function withoutEnded(mail: DecodedMail, end: RegExp): DecodedMail {
  const cut = (text: string) => {
    let ended = false
    const kept = text.split('\n').map(line => {
      if (/^(?:diff -|index [0-9a-f]+\.\.|(?:---|\+\+\+) "?[^/]+\/.)/.test(line)) ended = false
      else if (end.test(line)) ended = true
      return ended && /^(?:[+ -]|@@ )/.test(line) ? '' : line
    })
    return kept.join('\n')
  }
  return {
    ...mail,
    body: cut(mail.body),
    attachedPatches: mail.attachedPatches.map(part => ({ ...part, text: cut(part.text) })),
  }
}

const patchIdBy = (text: string): string | null =>
  /^[0-9a-f]{40}/.exec(execFileSync('git', ['patch-id', '--stable'], { input: text }).toString())?.[0] ?? null

/** Of a mail that is base64 as a whole. */
function hasReturns(bytes: Buffer): boolean {
  const { headers, bodyAt } = readHeaders(bytes)
  return (
    headerValue(headers, 'content-transfer-encoding')?.trim().toLowerCase() === 'base64' &&
    Buffer.from(bytes.toString('latin1', bodyAt), 'base64').includes('\r\n')
  )
}

const dateOf = (bytes: Buffer) => Date.parse(headerValue(decodeMail(bytes).headers, 'date') ?? '')
