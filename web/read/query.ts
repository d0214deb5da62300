// What was typed into the search, or asked by b4 and lei, as a tree: words in fields, times, ids, put together with AND,
// OR, NOT and brackets. The language is public-inbox's. Words are cut as the index is (tracker/project/words.ts).
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import { foldInPlace, foldLetters, spellOut } from '../../tracker/project/fold-letters.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import { type Mark, markOf } from './mark.ts'
import { timesOf } from './query-times.ts'
import { type TopicQuery, topicPrefixes, topicQuery } from './query-topic.ts'
import { wordForms } from './word-forms.ts'

/**
 * Where words are looked for. `said`: subject, author, names of files and own lines; `any`: quoted lines, too. The others
 * are the prefixes of public-inbox.
 */
export type Field =
  | 'said'
  | 'any'
  | 's'
  | 'f'
  | 't'
  | 'c'
  | 'tc'
  | 'a'
  | 'b'
  | 'bs'
  | 'nq'
  | 'q'
  | 'n'
  | 'dfn'
  | 'dfa'
  | 'dfb'
  | 'dfhh'
  | 'dfctx'

export interface WordsQuery {
  readonly what: 'words'
  readonly field: Field
  /** One after the other. */
  readonly words: readonly string[]
  /** The last one is the beginning of a word. */
  readonly open: boolean
  /** Of one word that was written small: what English makes of it, with itself. Each is as good. */
  readonly forms?: ReadonlySet<string>
}

export type Query =
  | { readonly what: 'and' | 'or'; readonly of: readonly Query[] }
  | { readonly what: 'not'; readonly of: Query }
  | WordsQuery
  | TopicQuery
  /** Milliseconds; null has no end. `before` is not in it. */
  | {
      readonly what: 'time'
      readonly of: 'said' | 'received'
      readonly from: number | null
      readonly before: number | null
    }
  /** A whole Message-ID, or a part of it. */
  | { readonly what: 'mail'; readonly id: string }
  | { readonly what: 'mail-part'; readonly text: string }
  | { readonly what: 'patch'; readonly id: string }
  /** The first digits of a blob's name. */
  | { readonly what: 'blob'; readonly side: 'pre' | 'post' | 'either'; readonly id: string }
  /** In the List-Id: the whole of it, or a part. */
  | { readonly what: 'list'; readonly id: string; readonly whole: boolean }

export interface ReadQuery {
  /** Null when there is nothing to look for. */
  readonly query: Query | null
  /** What to mark in a hit, without what is left out. */
  readonly marks: readonly Mark[]
  /** A sentence when something in it has no meaning here. */
  readonly problem: string | null
  /** A sentence when something in it may be meant otherwise than it is read. */
  readonly note: string | null
}

/** `bare`: where a word without a prefix is looked for. */
export async function readQuery(typed: string, bare: 'said' | 'any'): Promise<ReadQuery> {
  const tokens = tokensOf(toStorableText(typed))
  const problems: string[] = []
  const leaves = new Map<Term, Query | null>()
  for (const token of tokens) {
    if (token.kind !== 'term') continue
    const leaf = await leafOf(token, bare)
    if (typeof leaf === 'string') problems.push(leaf)
    else leaves.set(token, leaf)
  }
  const count = [...leaves.values()].reduce((sum, leaf) => sum + (leaf === null ? 0 : termsIn(leaf)), 0)
  if (count > limits.queryTermsMax) problems.push(tooMuch)
  const query = problems.length > 0 ? null : new Reader(tokens, leaves).read()
  const wanted = query !== null && asksFor(query) ? query : null
  if (wanted === null && problems.length === 0 && tokens.length > 0) problems.push(nothingToLookFor)
  return {
    query: wanted,
    marks: wanted === null ? [] : marksOf(tokens),
    problem: problems[0] ?? null,
    note: noteOf(tokens),
  }
}

/** It says where to look, so it is no name of anything. */
export const saysWhere = (typed: string): boolean =>
  tokensOf(toStorableText(typed)).some(token => token.kind === 'term' && token.prefix !== '')

/** `stat:open`, but not `std::string`, `http://...` or the `net: ` of a subject. */
function noteOf(tokens: readonly Token[]): string | null {
  const unknown = tokens.find(token => token.kind === 'term' && token.unknown !== undefined)
  if (unknown?.kind !== 'term' || unknown.unknown === undefined) return null
  const words = [...topicPrefixes, 'since', 'from', ...fields, ...idPrefixes]
  return `“${unknown.unknown}:” is no prefix, so it is looked for as a word. Prefixes are ${[...new Set(words)].map(word => `${word}:`).join(' ')}`
}

const nothingToLookFor =
  'A search needs at least one word to look for, in each part of an “or”: a letter or a digit.'

const tooMuch = `A search has at most ${limits.queryTermsMax} words and ids; a word in all its forms counts as ${limits.queryTermsMax / 100} (in quotes as 1), the beginning of a word, with a star, as ${limits.queryTermsMax / 10}.`

function termsIn(leaf: Query): number {
  if (leaf.what === 'and' || leaf.what === 'or') return leaf.of.reduce((sum, one) => sum + termsIn(one), 0)
  if (leaf.what !== 'words') return 1
  if (leaf.forms) return limits.queryTermsMax / 100
  return leaf.words.length + (leaf.open ? limits.queryTermsMax / 10 - 1 : 0)
}

/** All mails without a word are no answer to anything. */
function asksFor(query: Query): boolean {
  if (query.what === 'not') return false
  if (query.what === 'and') return query.of.some(asksFor)
  if (query.what === 'or') return query.of.every(asksFor)
  return true
}

interface Term {
  readonly kind: 'term'
  readonly without: boolean
  readonly prefix: string
  readonly text: string
  readonly phrase: boolean
  /** What stands before its colon and is no prefix. */
  readonly unknown?: string
}

type Token = Term | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' }

const fields: ReadonlySet<string> = new Set<Field>([
  ...(['s', 'f', 't', 'c', 'tc', 'a', 'b', 'bs', 'nq', 'q', 'n'] as const),
  ...(['dfn', 'dfa', 'dfb', 'dfhh', 'dfctx'] as const),
])
const sameFields: Readonly<Record<string, Field>> = { tcf: 'a', from: 'f' }
const idPrefixes: ReadonlySet<string> = new Set([
  ...['d', 'dt', 'rt', 'm', 'mid', 'l', 'lid', 'patchid', 'dfpre', 'dfpost', 'dfblob'],
])
const isPrefix = (name: string) =>
  fields.has(name) ||
  Object.hasOwn(sameFields, name) ||
  idPrefixes.has(name) ||
  topicPrefixes.has(name) ||
  name === 'since'

const piece = /\s*(?:([+-]?)(?:([a-z]{1,12}):)?(?:"([^"]*)"?|(\()|(?=\S)([^\s"]*))|$)/y

/** In brackets a prefix holds for all words; outside of them a bracket at the end of a word is part of it. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const scopes: string[] = []
  piece.lastIndex = 0
  while (piece.lastIndex < text.length) {
    const start = piece.lastIndex
    const match = piece.exec(text)
    if (match === null) break
    if (piece.lastIndex === start) piece.lastIndex = start + 1
    const [, sign = '', name = '', phrase, open, written = ''] = match
    const known = isPrefix(name)
    const prefix = known ? name : (scopes.at(-1) ?? '')
    if (open !== undefined && (known || name === '')) {
      if (scopes.length >= limits.queryDepthMax) continue
      if (sign === '-') tokens.push({ kind: 'not' })
      tokens.push({ kind: '(' })
      scopes.push(prefix)
      continue
    }
    const term = { kind: 'term', without: sign === '-', prefix } as const
    if (phrase !== undefined) {
      if (!known && name) tokens.push({ ...term, text: name, phrase: false, unknown: name })
      tokens.push({ ...term, text: phrase, phrase: true })
      continue
    }
    const whole = `${known || name === '' ? '' : `${name}:`}${open ?? ''}${written}`
    let end = whole.length
    while (whole[end - 1] === ')' && whole.length - end < scopes.length) end--
    const word = whole.slice(0, end)
    const operator = sign === '' && !known ? operators[word] : undefined
    if (operator) tokens.push({ kind: operator })
    else if (word !== '') {
      const isUnknown = !known && name.length > 1 && /^[\p{L}\p{N}]/u.test(written)
      tokens.push({ ...term, text: word, phrase: false, ...(isUnknown ? { unknown: name } : {}) })
    }
    for (let at = end; at < whole.length; at++) {
      scopes.pop()
      tokens.push({ kind: ')' })
    }
  }
  return tokens
}

const operators: Readonly<Record<string, 'and' | 'or' | 'not'>> = {
  AND: 'and',
  OR: 'or',
  or: 'or',
  NOT: 'not',
}

/** `or` binds least, and words beside each other are joined as by `AND`. What a bracket opens ends with the text. */
class Reader {
  readonly #tokens: readonly Token[]
  readonly #leaves: ReadonlyMap<Term, Query | null>
  #at = 0

  constructor(tokens: readonly Token[], leaves: ReadonlyMap<Term, Query | null>) {
    this.#tokens = tokens
    this.#leaves = leaves
  }

  read(): Query | null {
    return this.#alternatives()
  }

  #alternatives(): Query | null {
    const found: Query[] = []
    do {
      const one = this.#together()
      if (one !== null) found.push(one)
    } while (this.#take('or'))
    return joined('or', found)
  }

  #together(): Query | null {
    const found: Query[] = []
    let implied = false
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if (token.kind === 'or' || token.kind === ')') break
      if (this.#take('and')) {
        implied = false
        continue
      }
      const one = this.#one()
      if (one === null) continue
      const last = found.at(-1)
      // Two ids of one kind beside each other: no mail has both.
      if (implied && last && isId(last) && isId(one) && idKind(last) === idKind(one))
        found[found.length - 1] = joined('or', [last, one]) ?? one
      else found.push(one)
      implied = true
    }
    return joined('and', found)
  }

  #one(): Query | null {
    let inverted = false
    while (this.#take('not')) inverted = !inverted
    const one = this.#positive()
    return one !== null && inverted ? { what: 'not', of: one } : one
  }

  #positive(): Query | null {
    if (this.#tokens[this.#at]?.kind === 'or' || this.#tokens[this.#at]?.kind === ')') return null
    if (this.#take('(')) {
      const inner = this.#alternatives()
      this.#take(')')
      return inner
    }
    const token = this.#tokens[this.#at++]
    const leaf = token?.kind === 'term' ? (this.#leaves.get(token) ?? null) : null
    return leaf !== null && token?.kind === 'term' && token.without ? { what: 'not', of: leaf } : leaf
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false
    this.#at++
    return true
  }
}

function joined(what: 'and' | 'or', found: readonly Query[]): Query | null {
  if (found.length <= 1) return found[0] ?? null
  return { what, of: found.flatMap(one => (one.what === what ? one.of : [one])) }
}

const isId = (query: Query): boolean =>
  query.what === 'or'
    ? query.of.every(isId)
    : query.what === 'mail' || query.what === 'patch' || query.what === 'blob'
const idKind = (query: Query): string => {
  if (query.what === 'or') return query.of[0] ? idKind(query.of[0]) : ''
  return query.what === 'blob' ? query.side : query.what
}

/** A sentence for a value that says nothing. Null for a term without a letter. */
async function leafOf({ prefix, text, phrase }: Term, bare: 'said' | 'any'): Promise<Query | string | null> {
  switch (prefix) {
    case 'd':
    case 'dt':
    case 'rt': {
      const times = await timesOf(prefix, text)
      return times === null
        ? `“${prefix}:${text.slice(0, 40)}” is no time: write ${prefix === 'rt' ? 'seconds since 1970' : 'days as 20260131 or 2026-01-31'} or words of git as last.week, alone or as a range with two dots.`
        : { what: 'time', of: prefix === 'rt' ? 'received' : 'said', ...times }
    }
    case 'since': {
      const times = text.includes('..') ? null : await timesOf('d', `${text}..`)
      return times?.from == null
        ? `Cannot read “since:${text.slice(0, 40)}”: behind “since:” stands a day as 2026-01-31, or words of git as last.week.`
        : { what: 'time', of: 'said', ...times }
    }
    case 'mid':
      return { what: 'mail', id: text.replace(/^<|>$/g, '') }
    case 'm':
      return { what: 'mail-part', text: text.replace(/^<|>$/g, '') }
    case 'l':
    case 'lid':
      return { what: 'list', id: text.replace(/^<|>$/g, '').toLowerCase(), whole: prefix === 'lid' }
    case 'patchid':
      return /^[0-9a-f]{40}$/i.test(text)
        ? { what: 'patch', id: text.toLowerCase() }
        : `“patchid:${text.slice(0, 60)}” is no patch-id: it has the 40 hex digits that git patch-id --stable prints.`
    case 'dfpre':
    case 'dfpost':
    case 'dfblob':
      return /^[0-9a-f]{7,64}$/i.test(text)
        ? { what: 'blob', side: blobSides[prefix], id: text.toLowerCase() }
        : `“${prefix}:${text.slice(0, 60)}” is no blob: write at least 7 hex digits of its name.`
    default:
      if (topicPrefixes.has(prefix)) return topicQuery(prefix, text)
      return wordsLeaf((sameFields[prefix] ?? (prefix || bare)) as Field, text, phrase)
  }
}

const blobSides = { dfpre: 'pre', dfpost: 'post', dfblob: 'either' } as const

function wordsLeaf(field: Field, text: string, phrase: boolean): Query | null {
  const words = wordsOf(text)
  if (words.length === 0) return null
  const forms = phrase ? null : formsOf(text, words)
  const open = !phrase && /[\p{L}\p{N}]\*$/u.test(text)
  const leaf = { what: 'words', field, words, open, ...(forms && !open ? { forms } : {}) } as const
  // A Message-ID needs no prefix.
  const id = !phrase && /^<?([^\s<>@]+@[^\s<>@]+)>?$/.exec(text)?.[1]
  return id && (field === 'said' || field === 'any') ? { what: 'or', of: [leaf, { what: 'mail', id }] } : leaf
}

/** As Xapian has it: a name, with a capital letter, is meant as it is written. With an umlaut it may be written out. */
function formsOf(text: string, words: readonly string[]): ReadonlySet<string> | null {
  const [word, ...others] = words
  if (word === undefined || others.length > 0) return null
  const forms = new Set(foldLetters(text.normalize('NFC')).includes(word) ? wordForms(word) : [word])
  for (const spelt of wordsOf(spellOut(text.toLowerCase()))) forms.add(spelt)
  return forms.size > 1 ? forms : null
}

/** `tst_run.c` is marked as a whole, not each c; brackets and stops around it are not part of it. */
function marksOf(tokens: readonly Token[]): Mark[] {
  const marks = new Map<string, Mark>()
  for (const token of tokens) {
    if (token.kind !== 'term' || token.without || hasNoWords(token.prefix)) continue
    const forms = token.phrase ? null : formsOf(token.text, wordsOf(token.text))
    for (const word of token.text.toLowerCase().split(/\s+/)) {
      const bare = word.replace(/^[^\p{L}\p{N}]+/u, '').replace(/[^\p{L}\p{M}\p{N}]+$/u, '')
      const text = foldInPlace(bare.normalize('NFC'))
      if (text !== '' && !marks.has(text)) marks.set(text, markOf(text, word.endsWith('*') ? null : forms))
    }
  }
  return [...marks.values()]
}

const hasNoWords = (prefix: string) =>
  idPrefixes.has(prefix) || topicPrefixes.has(prefix) || prefix === 'since'

/**
 * It asks for topics by what became of them, by whom and when, and for no word of a mail: then a reader wants each topic once, and
 * not each of its mails.
 */
export function asksForTopics(query: Query): boolean {
  const leaves = leavesOf(query)
  return (
    leaves.some(({ what }) => what === 'topic') &&
    leaves.every(one => one.what === 'topic' || isSaid(one) || (one.what === 'words' && one.field === 'f'))
  )
}

const isSaid = (query: Query) => query.what === 'time' && query.of === 'said'

/** Its parts that are no `and`, `or` or `not`. */
export function leavesOf(query: Query): Query[] {
  if (query.what === 'not') return leavesOf(query.of)
  return query.what === 'and' || query.what === 'or' ? query.of.flatMap(leavesOf) : [query]
}
