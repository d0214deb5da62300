// Does one mail, read whole, answer a query? The slow and exact half of the search, for what the word index cannot tell.
import { messageId } from '../../base/ids.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { MailFacts } from '../../tracker/mail/facts.ts'
import { authorText, fieldOf, namesOf, splitQuotes, textOf } from '../../tracker/project/search-text.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import { type DiffText, diffTextOf } from './diff-text.ts'
import type { Field, Query, WordsQuery } from './query.ts'
import type { TopicQuery } from './query-topic.ts'

export interface SearchedMail {
  readonly mail: DecodedMail
  readonly facts: MailFacts
  /** Milliseconds. */
  readonly said: number
  readonly received: number
  /** What of its topic answers: the database knows. Absent where nobody asks for it. */
  readonly topic?: ReadonlySet<TopicQuery>
}

export const matches = (query: Query, searched: SearchedMail): boolean => holds(query, new Texts(searched))

function holds(query: Query, texts: Texts): boolean {
  const { facts, said, received, topic } = texts.of
  switch (query.what) {
    case 'and':
      return query.of.every(one => holds(one, texts))
    case 'or':
      return query.of.some(one => holds(one, texts))
    case 'not':
      return !holds(query.of, texts)
    case 'words':
      return texts.inField(query.field).some(words => holdsWords(words, query))
    case 'time': {
      const at = query.of === 'said' ? said : received
      return (query.from === null || at >= query.from) && (query.before === null || at < query.before)
    }
    case 'topic':
      return topic?.has(query) ?? false
    case 'mail':
      return facts.messageId === messageId(query.id)
    case 'mail-part':
      return facts.messageId.toLowerCase().includes(query.text.toLowerCase())
    case 'patch':
      return facts.patchId === query.id
    case 'blob': {
      const { pre, post } = texts.diff
      const blobs = query.side === 'pre' ? pre : query.side === 'post' ? post : [...pre, ...post]
      return blobs.some(blob => blob.startsWith(query.id))
    }
    case 'list': {
      const list = facts.viaList.toLowerCase()
      return list.includes(query.whole ? `<${query.id}>` : query.id)
    }
  }
}

/** The words of a mail by field, each read when it is asked for. No sequence of words reaches from one text into the next. */
class Texts {
  readonly of: SearchedMail
  #diff: DiffText | undefined
  #parts: { own: string; quotes: string } | undefined
  readonly #words = new Map<Field, string[][]>()

  constructor(of: SearchedMail) {
    this.of = of
  }

  get diff(): DiffText {
    this.#diff ??= diffTextOf(this.#text.own)
    return this.#diff
  }

  get #text(): { own: string; quotes: string } {
    this.#parts ??= splitQuotes(textOf(this.of.mail))
    return this.#parts
  }

  inField(field: Field): string[][] {
    const known = this.#words.get(field)
    if (known) return known
    const words = this.#read(field)
    this.#words.set(field, words)
    return words
  }

  #read(field: Field): string[][] {
    const { mail, facts } = this.of
    const several = (...fields: Field[]) => fields.flatMap(one => this.inField(one))
    switch (field) {
      case 'said':
        return several('s', 'f', 'dfn', 'nq')
      case 'any':
        return several('said', 'q')
      case 's':
        return [wordsOf(facts.subject.text)]
      case 'f':
        return [wordsOf(authorText(mail, facts))]
      case 't':
        return [wordsOf(fieldOf(mail, 'to'))]
      case 'c':
        return [wordsOf(fieldOf(mail, 'cc'))]
      case 'tc':
        return several('t', 'c')
      case 'a':
        return several('t', 'c', 'f')
      case 'nq':
        return [wordsOf(this.#text.own)]
      case 'q':
        return [wordsOf(this.#text.quotes)]
      case 'b':
        return several('nq', 'q')
      case 'bs':
        return several('nq', 'q', 's')
      case 'n':
        return namesOf(mail).map(wordsOf)
      case 'dfn':
        return facts.files.map(file => wordsOf(file.path))
      case 'dfa':
        return this.diff.removed.map(wordsOf)
      case 'dfb':
        return this.diff.added.map(wordsOf)
      case 'dfhh':
        return this.diff.heads.map(wordsOf)
      case 'dfctx':
        return this.diff.context.map(wordsOf)
    }
  }
}

function holdsWords(words: readonly string[], { words: wanted, open, forms }: WordsQuery): boolean {
  if (forms) return words.some(word => forms.has(word))
  const last = wanted.length - 1
  const isWord = (word: string | undefined, at: number) =>
    open && at === last ? (word?.startsWith(wanted[at] ?? '') ?? false) : word === wanted[at]
  for (let at = 0; at + last < words.length; at++)
    if (wanted.every((_, index) => isWord(words[at + index], index))) return true
  return false
}
