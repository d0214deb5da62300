// Words of a search that ask what became of a mail's topic and not what the mail says: `is:open`, `state:accepted`.
import { bugStatuses, patchStates } from '../../base/state-words.ts'

const isWords = [
  ...['open', 'closed', 'unanswered', 'patch', 'bug', 'task', 'idea', 'discussion', 'report', 'announcement'],
] as const
const hasWords = ['review', 'failed', 'delegate', 'label'] as const
const stateWords: readonly string[] = [...new Set([...patchStates, ...bugStatuses, 'mixed'])]

export interface TopicQuery {
  readonly what: 'topic'
  readonly ask: TopicAsk
}

type TopicAsk =
  | { readonly of: 'is'; readonly word: (typeof isWords)[number] }
  | { readonly of: 'has'; readonly word: (typeof hasWords)[number] }
  | { readonly of: 'state' | 'severity' | 'label'; readonly word: string }
  /** An address, or a part of a name or an address. */
  | { readonly of: 'delegate'; readonly text: string }

export const topicPrefixes: ReadonlySet<string> = new Set<TopicAsk['of']>([
  ...(['is', 'has', 'state', 'severity', 'label', 'delegate'] as const),
])

/** A sentence for a value that means nothing; null for a prefix that asks something else. */
export function topicQuery(prefix: string, text: string): TopicQuery | string | null {
  const word = text.toLowerCase()
  switch (prefix) {
    case 'is':
      return oneOf(isWords, prefix, text, found => ({ of: 'is', word: found }))
    case 'has':
      return oneOf(hasWords, prefix, text, found => ({ of: 'has', word: found }))
    case 'state':
      return oneOf(stateWords, prefix, text, found => ({ of: 'state', word: found }))
    case 'severity':
    case 'label':
      return word === '' ? cannotRead(prefix, text, 'one word') : asks({ of: prefix, word })
    case 'delegate':
      return word === ''
        ? cannotRead(prefix, text, 'an address or a part of one, or a name in quotes')
        : asks({ of: 'delegate', text: word })
    default:
      return null
  }
}

const asks = (ask: TopicAsk): TopicQuery => ({ what: 'topic', ask })

function oneOf<Word extends string>(
  words: readonly Word[],
  prefix: string,
  text: string,
  make: (word: Word) => TopicAsk,
): TopicQuery | string {
  const written = text.toLowerCase()
  const found = words.find(word => word === written)
  return found === undefined ? cannotRead(prefix, text, words.join(', ')) : asks(make(found))
}

const cannotRead = (prefix: string, text: string, allowed: string) =>
  `Cannot read “${prefix}:${text.slice(0, 40)}”: behind “${prefix}:” stands ${/, /.test(allowed) ? 'one of ' : ''}${allowed}.`
