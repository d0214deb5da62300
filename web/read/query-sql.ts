// A query as a condition for the word index. Where the index cannot tell (a word in a line that a diff adds, a phrase
// behind the last place that it knows), the condition holds for more mails than the query, never for fewer; then the mails
// themselves are asked (query-match.ts).
import { type RawBuilder, sql } from 'kysely'
import { messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { holdsWords } from '../../tracker/project/holds-words.ts'
import { searchMarks } from '../../tracker/project/search-marks.ts'
import { type Beside, filterPlaces } from '../../tracker/project/word-filter.ts'
import { type Field, leavesOf, type Query, type WordsQuery } from './query.ts'
import type { TopicQuery } from './query-topic.ts'

const { patch, long, cut } = searchMarks

export interface QueryCondition {
  /** Of a row of `searched`. */
  readonly holds: RawBuilder<boolean>
  /** Of one of these: its mail must be asked. */
  readonly unsure: RawBuilder<boolean>
}

export function queryCondition(query: Query): QueryCondition {
  return {
    holds: toSql(conditionOf(query, 'most')),
    unsure: isExact(query) ? sql<boolean>`false` : sql<boolean>`not (${toSql(conditionOf(query, 'least'))})`,
  }
}

/** Rows `search s`, or some of them, beside each the topic `t` that holds the mail where the query asks for it. */
export const searched = (query: Query, rows: RawBuilder<unknown> = sql`search`): RawBuilder<unknown> =>
  topicQueries(query).length === 0
    ? sql`${rows} s`
    : sql`${rows} s join topic_mail tm using (list_id, message_key)
      join topic t on t.list_id = s.list_id and t.id_key = tm.topic_key`

export const topicQueries = (query: Query): TopicQuery[] =>
  leavesOf(query).filter(one => one.what === 'topic')

/** The mails that may answer, or those that surely do. */
type Bound = 'most' | 'least'

/** Parts that end before the places do, and those whose single words the index knows. */
const indexed: ReadonlySet<Field> = new Set(['s', 'f', 'dfn'] as const)
const placed: ReadonlySet<Field> = new Set(['said', 'nq'] as const)

/** The index alone answers it, but for mails of which it has not all words. */
export function isSure(query: Query): boolean {
  if (query.what === 'not') return isSure(query.of)
  if (query.what === 'and' || query.what === 'or') return query.of.every(isSure)
  if (query.what === 'blob') return false
  return (
    query.what !== 'words' || indexed.has(query.field) || (query.words.length < 2 && placed.has(query.field))
  )
}

/** The same of all mails. */
export function isExact(query: Query): boolean {
  if (query.what === 'not') return isExact(query.of)
  if (query.what === 'and' || query.what === 'or') return query.of.every(isExact)
  if (query.what === 'blob') return false
  return query.what !== 'words' || query.field === 's' || query.field === 'f'
}

/** Of a row of `search s`: the index has not all of its words. As the index `search_cut` has it. */
export const isCut: RawBuilder<boolean> = sql<boolean>`s.words @@ ${sql.lit(`'${cut.body}' | '${cut.files}'`)}::tsquery`

/** A tsquery, so that what stands beside it can be asked of the index at once, or any condition. */
type Condition = { readonly text: string } | { readonly sql: RawBuilder<boolean> }

const toSql = (condition: Condition): RawBuilder<boolean> =>
  'text' in condition ? holdsWords('all', condition.text) : condition.sql

function conditionOf(query: Query, bound: Bound): Condition {
  switch (query.what) {
    case 'and':
    case 'or':
      return joinedCondition(
        query.what,
        query.of.map(one => conditionOf(one, bound)),
      )
    case 'not': {
      const inner = conditionOf(query.of, bound === 'most' ? 'least' : 'most')
      return 'text' in inner ? { text: `!(${inner.text})` } : { sql: sql<boolean>`not (${inner.sql})` }
    }
    case 'words':
      return bound === 'most' ? wordsMost(query) : wordsLeast(query)
    case 'blob':
      return bound === 'most' ? { text: `('${query.id}':*D | '${cut.body}')` } : never
    case 'topic':
      return { sql: topicCondition(query) }
    case 'patch':
      return { text: `'${patch}${query.id}'` }
    case 'mail':
      return {
        sql: sql<boolean>`s.seq in (select seq from mail
        where list_id = s.list_id and message_key = ${indexKey(messageId(query.id))})`,
      }
    case 'mail-part':
      return {
        sql: sql<boolean>`s.seq in (select seq from mail
        where list_id = s.list_id and message_id ilike ${`%${likeText(query.text)}%`})`,
      }
    case 'list':
      return {
        sql: sql<boolean>`exists (select from fact f where f.list_id = s.list_id and f.seq = s.seq
        and f.data->>'viaList' ilike ${query.whole ? `%<${likeText(query.id)}>%` : `%${likeText(query.id)}%`})`,
      }
    case 'time': {
      const time = query.of === 'said' ? sql`s.said` : receivedAt
      const from = query.from === null ? sql`true` : sql`${time} >= ${timestamp(query.from)}::timestamptz`
      const until = query.before === null ? sql`true` : sql`${time} < ${timestamp(query.before)}::timestamptz`
      return { sql: sql<boolean>`(${from} and ${until})` }
    }
  }
}

/** Of a row of `topic t`. */
export function topicCondition({ ask }: TopicQuery): RawBuilder<boolean> {
  switch (ask.of) {
    case 'is':
      return isConditions[ask.word]
    case 'has':
      return hasConditions[ask.word]
    case 'state':
      return sql<boolean>`(t.state is not null and t.state = ${ask.word})`
    case 'severity':
      return sql<boolean>`coalesce(t.summary->>'severity' = ${ask.word}, false)`
    case 'label':
      return sql<boolean>`coalesce(t.summary->'labels' @> to_jsonb(${ask.word}::text), false)`
    case 'delegate':
      return delegateCondition(ask.text)
    default:
      return ask satisfies never
  }
}

const ofKind = (kind: string) => sql<boolean>`(t.kind = ${sql.lit(kind)})`
/** What a person's own line says of a bug, or the first line of it. */
const ofBugType = (type: string) =>
  sql<boolean>`(t.kind = 'bug' and coalesce(t.summary->>'bugType', 'bug') = ${sql.lit(type)})`

type AskOf<Of extends TopicQuery['ask']['of']> = Extract<TopicQuery['ask'], { of: Of }>

const isConditions: Record<AskOf<'is'>['word'], RawBuilder<boolean>> = {
  open: sql`t.open`,
  closed: sql`(t.state is not null and not t.open)`,
  // A row that an older program made says nothing of answers.
  unanswered: sql`coalesce(t.summary->'answered' = 'null'::jsonb, false)`,
  patch: ofKind('patchset'),
  bug: ofBugType('bug'),
  task: ofBugType('task'),
  idea: ofBugType('idea'),
  discussion: ofKind('discussion'),
  report: ofKind('report'),
  announcement: ofKind('announcement'),
}

const hasConditions: Record<AskOf<'has'>['word'], RawBuilder<boolean>> = {
  review: sql`coalesce((t.summary->'revision'->>'reviewed')::int > 0, false)`,
  failed: sql`coalesce(t.summary->'revision'->'checks'->>'state' = 'fail', false)`,
  delegate: sql`coalesce(t.summary->'delegate' <> 'null'::jsonb, false)`,
  label: sql`coalesce(t.summary->'labels' <> '[]'::jsonb, false)`,
}

function delegateCondition(text: string): RawBuilder<boolean> {
  const person = sql`t.summary->'delegate'->'person'`
  return text.includes('@')
    ? sql<boolean>`coalesce(lower(${person}->>'address') = ${text}, false)`
    : sql<boolean>`coalesce(concat_ws(' ', ${person}->>'name', ${person}->>'address') ilike ${`%${likeText(text)}%`}, false)`
}

/** Of a mail from an archive when it was said: nobody received it here. */
export const receivedAt = sql<Date>`coalesce(
  (select (r.envelope->>'trace')::timestamptz from mail r where r.list_id = s.list_id and r.seq = s.seq), s.said)`

/** PostgreSQL's years end sooner than those of JavaScript. */
const timestamp = (ms: number) => new Date(Math.min(Math.max(ms, -62e12), 253e12)).toISOString()

const likeText = (text: string) => text.replace(/[\\%_]/g, sign => `\\${sign}`)

function joinedCondition(what: 'and' | 'or', conditions: readonly Condition[]): Condition {
  const texts = conditions.flatMap(one => ('text' in one ? [`(${one.text})`] : []))
  const others = conditions.flatMap(one => ('text' in one ? [] : [one.sql]))
  const text = texts.join(what === 'and' ? ' & ' : ' | ')
  if (others.length === 0) return { text }
  const all = text === '' ? others : [toSql({ text }), ...others]
  return { sql: sql<boolean>`(${sql.join(all, what === 'and' ? sql` and ` : sql` or `)})` }
}

const never: Condition = { sql: sql<boolean>`false` }

/** What the places of the words say. */
function wordsLeast(query: WordsQuery): Condition {
  switch (query.field) {
    case 'said':
    case 'any':
      return { text: sequence(query, '') }
    case 's':
      return { text: sequence(query, 'A') }
    case 'f':
    case 'a':
      return { text: sequence(query, 'B') }
    case 'dfn':
      return { text: sequence(query, 'C') }
    case 'nq':
    case 'b':
      return { text: sequence(query, 'D') }
    case 'bs':
      return { text: `(${sequence(query, 'A')} | ${sequence(query, 'D')})` }
    default:
      return never
  }
}

function wordsMost(query: WordsQuery): Condition {
  switch (query.field) {
    case 's':
      return { sql: holdsWords('heads', sequence(query, 'A')) }
    case 'f':
      return { sql: holdsWords('heads', sequence(query, 'B')) }
    case 'dfn':
      return { text: `(${sequence(query, 'C')} | '${cut.files}' & (${each(query, 'D')} | '${cut.body}'))` }
    case 'said':
      return { text: far(query, '') }
    case 'nq':
    case 'dfa':
    case 'dfb':
    case 'dfhh':
    case 'dfctx':
      return { text: far(query, 'D') }
    case 'any':
      return { sql: sql<boolean>`(${toSql({ text: far(query, '') })} or ${inFilter(query, '>')})` }
    case 'b':
      return { sql: sql<boolean>`(${toSql({ text: far(query, 'D') })} or ${inFilter(query, '>')})` }
    case 'bs':
      return {
        sql: sql<boolean>`(${toSql({ text: `${far(query, 'D')} | ${sequence(query, 'A')}` })} or ${inFilter(query, '>')})`,
      }
    case 'q':
      return { sql: inFilter(query, '>') }
    case 'a':
      return { sql: sql<boolean>`(${toSql(wordsLeast(query))} or ${inFilter(query, '@')})` }
    case 't':
    case 'c':
    case 'tc':
    case 'n':
      return { sql: inFilter(query, '@') }
  }
}

/** Behind the last place that the index knows all that it can say is that the words are there, and of some mails not even that. */
const far = (query: WordsQuery, weights: string) => {
  const behind = query.words.length > 1 ? ` | '${long}' & ${each(query, weights)}` : ''
  return `(${sequence(query, weights)} | '${cut.body}'${behind})`
}

/** Of the beginning of a word a filter knows nothing. */
function inFilter(query: WordsQuery, sign: Beside): RawBuilder<boolean> {
  const whole = wordsIn(query).filter(({ open }) => !open)
  const places = whole.flatMap(({ text }) => filterPlaces(sign, text))
  const bits = [...new Set(places)].map(
    place => sql`get_bit(s.beside, ${sql.lit(place)} % (nullif(octet_length(s.beside), 0) * 8)) = 1`,
  )
  return sql<boolean>`coalesce(${sql.join([sql`octet_length(s.beside) > 0`, ...bits], sql` and `)}, false)`
}

interface QueryWord {
  readonly text: string
  readonly open: boolean
}

const wordsIn = ({ words, open }: WordsQuery): QueryWord[] =>
  words.map((text, at) => ({ text, open: open && at === words.length - 1 }))

/** Words hold letters and digits only, so nothing in the quotes can end them. */
function lexeme({ text, open }: QueryWord, weights: string): string {
  const how = `${open ? '*' : ''}${weights}`
  return `'${text}'${how === '' ? '' : `:${how}`}`
}

const sequence = (query: WordsQuery, weights: string) =>
  query.forms
    ? `(${[...query.forms].map(text => lexeme({ text, open: false }, weights)).join(' | ')})`
    : `(${wordsIn(query)
        .map(word => lexeme(word, weights))
        .join(' <-> ')})`

const each = (query: WordsQuery, weights: string) =>
  query.forms
    ? sequence(query, weights)
    : `(${wordsIn(query)
        .map(word => lexeme(word, weights))
        .join(' & ')})`
