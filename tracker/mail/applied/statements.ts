// The sentences of own lines, for readers that judge what somebody says: a line that was wrapped goes on with the one above it.
export interface Statement {
  /** On one line, without white space around it. */
  readonly text: string
  /** The line it begins on. */
  readonly at: number
  /** The sentences before it on its line. */
  readonly lead: string
}

/**
 * The sentences of own lines. A line goes on with the one above it where that one was wrapped: "Jens / already applied
 * it" says what Jens did. One that begins with the verb itself ("and pushed, thanks.") is a statement all the same.
 */
export function statementsOf(lines: readonly string[]): Statement[] {
  const statements: { text: string; at: number; lead: string }[] = []
  let open: { text: string; at: number; lead: string } | null = null
  lines.forEach((raw, at) => {
    const line = raw.trim().slice(0, 300)
    if (line === '') {
      open = null
      return
    }
    const above = lines[at - 1] ?? ''
    line.split(/(?<=[.!?;])\s+(?=\S)/).forEach((piece, index, pieces) => {
      const last: { text: string; at: number; lead: string } | null = open
      const wrapped = last && index === 0 && goesOn(last.text, above.length, piece)
      if (wrapped && last.text.length < statementCharactersMax) last.text += ` ${piece}`
      else open = { text: piece, at, lead: pieces.slice(0, index).join(' ') }
      if (!wrapped && open) statements.push(open)
      else if (wrapped && startsWithVerb.test(piece) && !namesSomebody.test(above.trim()))
        statements.push({ text: piece, at, lead: '' })
    })
  })
  return statements
}

const statementCharactersMax = 600

/** A wrapped line: the one above ends within a sentence, and is long or goes on in small letters. */
const goesOn = (above: string, width: number, line: string): boolean =>
  !/[.!?:;]["')]?$/.test(above) &&
  !isGreeting.test(above) &&
  (/^[\p{Ll}(]/u.test(line) || (width > 55 && !/^[-*•[]/.test(line)))

const startsWithVerb = /^(?:and )?(?:applied|pushed|merged|queued|committed|picked up|pulled)\b/i
/** Whoever is named last did it. */
const namesSomebody = /(?:^|\s)\p{Lu}\p{Ll}+$/u

const isGreeting = /^(?:(?:hi|hello|hey|dear|hallo|thanks|thank you|thx)\b.{0,30}|@?\p{L}{2,20}),$/iu

/** Up to the first comma, bracket or dash; commas between the words of the notice itself are in it. */
export const clauseOf = (text: string): string =>
  text.match(/^(?:[^,;(—]|,(?=\s?(?:applied|thanks|queued|merged|pushed|pulled|and|now)\b)){1,300}/i)?.[0] ??
  text
