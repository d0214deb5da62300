// A letter of the Latin script without its marks: who has no ü on the keyboard looks for `Muller`, and a mailer of old wrote it so.
// Other scripts stay as they are: there a mark makes another letter (й, が). PostgreSQL has `unaccent` for it; words are cut here,
// before the database sees them (words.ts), and what is cut and what is looked for must agree everywhere.

/** All in it are folded; a longer text may come out. */
export const foldLetters = (text: string): string => text.replace(marked, foldLetter)

/** The same where places in the text must stay: a letter that becomes two stays as it is. */
export const foldInPlace = (text: string): string =>
  text.replace(marked, letter => {
    const folded = foldLetter(letter)
    return folded.length === 1 ? folded : letter
  })

/** German in letters that every keyboard has: `Mueller`. */
export const spellOut = (text: string): string =>
  text.normalize('NFC').replace(/[äöü]/g, letter => `${foldLetter(letter)}e`)

const marked = /[\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff]/g

function foldLetter(letter: string): string {
  const base = others[letter] ?? letter.normalize('NFD').charAt(0)
  return /^[a-z]+$/.test(base) ? base : letter
}

/** Those that Unicode does not take apart. */
const others: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}
