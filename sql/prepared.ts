// Statements that come again and again are prepared once on each connection, so that PostgreSQL need not parse and
// plan them each time. Statements are told apart by their text.

/** What `pg` remembers a statement by on its connection; undefined for one that is not worth it. */
export function statementName(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  // BEGIN and its like are nothing to plan, and several statements in one text can't be.
  if (!/^\s*(?:select|with|insert|update|delete)\b/i.test(text) || text.includes(';')) return undefined
  // Long ones are lists of values, each of another length. Searches for several things are of any number of texts.
  if (text.length > textCharactersMax || /@@.*@@/s.test(text) || names.size >= namesMax) return undefined
  const times = (seen.get(text) ?? 0) + 1
  if (times < timesMin) {
    if (seen.size >= seenMax) seen.clear()
    seen.set(text, times)
    return undefined
  }
  seen.delete(text)
  const name = `threadwork ${names.size}`
  names.set(text, name)
  return name
}

const names = new Map<string, string>()
/** How often a text without a name was seen. */
const seen = new Map<string, number>()

const timesMin = 3
const seenMax = 1_000
/** A connection holds each with its plan, some 20 kB. All statements of a program that serves are fewer. */
const namesMax = 200
const textCharactersMax = 4_000
