// Queries of every prefix, made from mails that are there, so that each has something to find.

import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import type { MailFacts } from '../../tracker/mail/facts.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { splitQuotes } from '../../tracker/project/search-text.ts'
import { diffTextOf } from '../../web/read/diff-text.ts'

export interface Asked {
  readonly prefix: string
  readonly query: string
  /** The mail that it was made from. */
  readonly from: string
}

interface Read {
  readonly mail: DecodedMail
  readonly facts: MailFacts
}

/** `count` different ones, evenly over the prefixes; the same mails and seed give the same queries. */
export function inventQueries(mails: readonly Buffer[], count: number, seed = 1): Asked[] {
  const random = makeRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]
  const asked = new Map<string, Asked>()
  const names = Object.keys(makers)
  // A prefix that has nothing left to ask, such as the one list in To, leaves its turn to the next.
  for (let turn = 0; asked.size < count && turn < count * 10; turn++) {
    const prefix = names[turn % names.length] ?? ''
    for (let tries = 0; tries < triesMax; tries++) {
      const bytes = pick(mails)
      const read = bytes && readMail(bytes)
      const query = read && makers[prefix]?.(read, pick)
      if (!query || !read || asked.has(query)) continue
      asked.set(query, { prefix, query, from: read.facts.messageId })
      break
    }
  }
  return [...asked.values()]
}

const triesMax = 50

export function readMail(bytes: Buffer): Read {
  const mail = decodeMail(bytes)
  return { mail, facts: factsOf(mail, { id: messageIdOf(bytes).id, made: false }, {}) }
}

/** The same within so many days of the mail that it was made from: a word of every mail costs both servers an mbox of all of them. */
export function withinDays(asked: Asked, said: number, days: number): Asked {
  if (/\b(?:dt?|mid|patchid|dfpre|dfpost|dfblob):/.test(asked.query)) return asked
  const span = days * 86_400_000
  return { ...asked, query: `(${asked.query}) AND d:${dayOf(said - span)}..${dayOf(said + span)}` }
}

type Pick = <Item>(items: readonly Item[]) => Item | undefined
type Maker = (read: Read, pick: Pick) => string | undefined

const makers: Readonly<Record<string, Maker>> = {
  s: ({ facts }, pick) => phrase('s', facts.subject.text, pick),
  f: ({ facts }) => facts.sender.address && `f:${facts.sender.address}`,
  t: ({ mail }, pick) => address('t', headerValue(mail.headers, 'to'), pick),
  c: ({ mail }, pick) => address('c', headerValue(mail.headers, 'cc'), pick),
  tc: ({ mail }, pick) => address('tc', headerValue(mail.headers, 'cc'), pick),
  a: ({ facts }) => facts.sender.address && `a:${facts.sender.address}`,
  b: ({ mail }, pick) => phrase('b', pick(linesOf(mail)), pick),
  bs: ({ facts }, pick) => phrase('bs', facts.subject.text, pick),
  nq: ({ mail }, pick) => phrase('nq', pick(prose(splitQuotes(mail.body).own.split('\n'))), pick),
  q: ({ mail }, pick) => phrase('q', pick(splitQuotes(mail.body).quotes.split('\n')), pick),
  bare: ({ mail }, pick) => phrase('', pick(linesOf(mail)), pick),
  dfn: ({ facts }, pick) => (facts.files.length > 0 ? `dfn:${pick(facts.files)?.path}` : undefined),
  dfa: ({ mail }, pick) => phrase('dfa', pick(diffTextOf(splitQuotes(mail.body).own).removed), pick),
  dfb: ({ mail }, pick) => phrase('dfb', pick(diffTextOf(splitQuotes(mail.body).own).added), pick),
  dfctx: ({ mail }, pick) => phrase('dfctx', pick(diffTextOf(splitQuotes(mail.body).own).context), pick),
  dfhh: ({ mail }, pick) => phrase('dfhh', pick(diffTextOf(splitQuotes(mail.body).own).heads), pick),
  dfpre: ({ mail }, pick) => blob('dfpre', diffTextOf(splitQuotes(mail.body).own).pre, pick),
  dfpost: ({ mail }, pick) => blob('dfpost', diffTextOf(splitQuotes(mail.body).own).post, pick),
  dfblob: ({ mail }, pick) => blob('dfblob', diffTextOf(splitQuotes(mail.body).own).post, pick),
  patchid: ({ facts }) => (facts.patchId ? `patchid:${facts.patchId}` : undefined),
  mid: ({ facts }) => `mid:${facts.messageId}`,
  lid: ({ facts }) =>
    /<([^>]+)>/.exec(facts.viaList)?.[1] &&
    `lid:${/<([^>]+)>/.exec(facts.viaList)?.[1]} AND mid:${facts.messageId}`,
  d: ({ facts }) => `d:${dayOf(facts.said)}..${dayOf(facts.said + 86_400_000)}`,
  dt: ({ facts }) => `dt:${dayOf(facts.said)}000000..${dayOf(facts.said)}115959`,
  revision: ({ facts }) =>
    facts.posting === 'none' || facts.subject.title.includes('"')
      ? undefined
      : `((s:"${facts.subject.title}" AND f:"${facts.sender.address}")) AND d:${dayOf(facts.said)}..`,
  change: ({ facts }) =>
    facts.changeId ? `(nq:"change-id: ${facts.changeId}") AND d:20000101..` : undefined,
  both: ({ facts }, pick) => {
    const subject = phrase('s', facts.subject.text, pick)
    return subject && facts.sender.address && `${subject} AND (f:${facts.sender.address} OR dfn:Makefile)`
  },
  'forms of s': ({ facts }, pick) => word('s:', facts.subject.title, pick),
  'forms of nq': ({ mail }, pick) => word('nq:', pick(prose(splitQuotes(mail.body).own.split('\n'))), pick),
  'forms of b': ({ mail }, pick) => word('b:', pick(linesOf(mail)), pick),
  forms: ({ mail }, pick) => word('', pick(linesOf(mail)), pick),
  without: ({ facts }, pick) => {
    const subject = phrase('s', facts.subject.text, pick)
    return subject && facts.sender.address && `${subject} NOT f:${facts.sender.address}`
  },
}

/** Words as both servers cut them: whole names, with what joins them beside. */
function phrase(prefix: string, text: string | undefined, pick: Pick): string | undefined {
  const words = (text ?? '').match(/[A-Za-z][A-Za-z0-9]{2,}(?: [A-Za-z][A-Za-z0-9]{2,}){0,2}/g) ?? []
  const chosen = pick(words)
  return chosen && `${prefix === '' ? '' : `${prefix}:`}"${chosen}"`
}

/** A word that is found in all its forms. */
function word(prefix: string, text: string | undefined, pick: Pick): string | undefined {
  const chosen = pick((text ?? '').match(/(?<![\w'.@/-])[a-z]{4,}(?![\w'.@/-])/g) ?? [])
  return chosen && prefix + chosen
}

function address(prefix: string, field: string | null, pick: Pick): string | undefined {
  const chosen = pick((field ?? '').match(/[\w.+-]+@[\w.-]+\w/g) ?? [])
  return chosen && `${prefix}:${chosen}`
}

function blob(prefix: string, blobs: readonly string[], pick: Pick): string | undefined {
  const chosen = pick(blobs.filter(one => one.length >= 7 && !/^0+$/.test(one)))
  return chosen && `${prefix}:${chosen.slice(0, 7)}`
}

const linesOf = (mail: DecodedMail) => prose(mail.body.split('\n'))
const prose = (lines: readonly string[]) => lines.filter(line => /^(?:>\s?)*[A-Z][\w ,.']{20,}$/.test(line))
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')

/** mulberry32. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
