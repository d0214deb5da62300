// A query that found nothing, as it may have been meant: a word that no mail holds, by one of one letter more, less or other that
// some do. pg_trgm would need a table of all words, which every arrival would have to write; so the index of words is asked for all
// spellings at once, a few hundred, and only when nothing was found.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { holdsWords } from '../../tracker/project/holds-words.ts'
import { onLists } from './found.ts'
import { leavesOf, type Query } from './query.ts'

type Database = Kysely<Tables>

/** The text that was typed, with such words put in; null when there are none. */
export async function spelledOtherwise(
  db: Database,
  lists: readonly ListId[],
  query: Query,
  typed: string,
): Promise<string | null> {
  const words = new Set(
    leavesOf(query).flatMap(leaf => (leaf.what === 'words' && !leaf.open ? leaf.words : [])),
  )
  const long = [...words].filter(word => /^[a-z]{4,20}$/.test(word)).slice(0, wordsMax)
  let text = typed
  for (const word of long) {
    const spelled = (await likeliest(db, lists, [word])) ?? (await likeliest(db, lists, spellingsOf(word)))
    if (spelled !== null && spelled !== word) text = withWord(text, word, spelled)
  }
  return text === typed ? null : text
}

const wordsMax = 3
/** Mails that are looked at for which spelling most of them have. */
const mailsMax = 100

async function likeliest(
  db: Database,
  lists: readonly ListId[],
  words: readonly string[],
): Promise<string | null> {
  const any = words.map(word => `'${word}'`).join(' | ')
  const { rows } = await sql<{ word: string }>`
    select u.lexeme as word from (
      select s.words from search s where ${onLists(lists)} and ${holdsWords('all', any)} limit ${mailsMax}) s
      cross join lateral unnest(s.words) u
    where u.lexeme = any(${words}::text[]) group by u.lexeme order by count(*) desc, u.lexeme limit 1`.execute(
    db,
  )
  return rows[0]?.word ?? null
}

const letters = [...'abcdefghijklmnopqrstuvwxyz']

/** All that are one slip away: a letter left out, put in, taken for another, or two of them turned round. */
function spellingsOf(word: string): string[] {
  const found = new Set<string>()
  for (let at = 0; at <= word.length; at++) {
    const [before, behind] = [word.slice(0, at), word.slice(at)]
    for (const letter of letters) {
      found.add(before + letter + behind)
      if (behind !== '') found.add(before + letter + behind.slice(1))
    }
    if (behind !== '') found.add(before + behind.slice(1))
    if (behind.length > 1) found.add(before + behind.charAt(1) + behind.charAt(0) + behind.slice(2))
  }
  found.delete(word)
  return [...found]
}

const withWord = (text: string, word: string, spelled: string): string =>
  text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, 'giu'), spelled)
