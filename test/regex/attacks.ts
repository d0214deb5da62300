// Long texts that a regular expression likes least: its own pieces, each repeated where the pattern lets it repeat,
// and its own characters in turn.

/** Texts for this pattern, each of about as many characters as it is asked for. */
export function attacks(source: string): ((length: number) => string)[] {
  const pieces = piecesOf(source)
  const pumps = [...pumpsOf(pieces), ...pairsOf(source, pieces).map(pump => ({ before: '', pump }))]
  const different = new Map(pumps.map(each => [JSON.stringify(each), each]))
  return [...different.values()].flatMap(({ before, pump }) =>
    ['', '\n', '\u0001!'].map(
      end => (length: number) => before + pump.repeat(Math.ceil(length / pump.length)) + end,
    ),
  )
}

interface Pump {
  readonly before: string
  readonly pump: string
}

/** Behind a text that leads there, each piece that repeats, alone and with the one or two behind it. */
function pumpsOf(pieces: readonly Piece[]): Pump[] {
  const text = (from: number, end: number) => pieces.slice(from, end).map(sampleOf).join('')
  return pieces.flatMap(({ repeats }, index) =>
    repeats ? [1, 2, 3].map(count => ({ before: text(0, index), pump: text(index, index + count) })) : [],
  )
}

/** The characters that the pattern speaks of, alone and two in turn. */
function pairsOf(source: string, pieces: readonly Piece[]): string[] {
  const named = (source.match(/\[(?:\\.|[^\]\\])*\]/g) ?? []).flatMap(
    one => one.slice(1, -1).match(/[^\w\s^\\]/g) ?? [],
  )
  const signs = [
    ...new Set([...pieces.flatMap(piece => [...piece.sample]).slice(0, 10), ...named.slice(0, 6)]),
  ]
  return signs.flatMap(a => signs.map(b => (a === b ? a : a + b)))
}

interface Piece {
  readonly sample: string
  readonly repeats: boolean
}

const sampleOf = (piece: Piece) => piece.sample

/** The atoms of the pattern in their order, groups opened; each with a text that it matches. */
function piecesOf(source: string): Piece[] {
  const pieces: Piece[] = []
  for (const [atom, quantifier] of atomsOf(source)) {
    const sample = sampleText(atom)
    if (sample !== '') pieces.push({ sample, repeats: repeatsMuch(quantifier) })
  }
  return pieces
}

const token =
  /(?:\(\?(?:[:=!]|<[=!]|<\w+>))|\\[pPu]\{[^}]*\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\.|\[(?:\\.|[^\]\\])*\]|./gsu

function* atomsOf(source: string): Generator<[string, string]> {
  const tokens = source.match(token) ?? []
  for (let at = 0; at < tokens.length; at++) {
    const atom = tokens[at] as string
    const rest = tokens.slice(at + 1).join('')
    yield [atom, /^(?:[*+?]|\{\d+,?\d*\})/.exec(rest)?.[0] ?? '']
  }
}

/** Above a few a bounded repetition is tried, too. */
function repeatsMuch(quantifier: string): boolean {
  if (/^[*+]/.test(quantifier)) return true
  const [, least = '', comma, most = ''] = /^\{(\d+)(,?)(\d*)\}/.exec(quantifier) ?? []
  return least !== '' && (Number(most || least) >= 20 || (comma === ',' && most === ''))
}

const classes: { readonly [letter: string]: string } = {
  s: ' ',
  S: 'x',
  d: '1',
  D: 'x',
  w: 'a',
  W: ' ',
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  b: '',
  B: '',
  '0': '\0',
}

function sampleText(atom: string): string {
  if (/^(?:\(|\)|\||\^|\$|[*+?{}]|\d,)$/.test(atom) || atom.startsWith('(?')) return ''
  if (atom === '.') return 'x'
  if (atom.startsWith('[^')) return ['x', ' ', '1', '\n'].find(sign => new RegExp(atom, 'u').test(sign)) ?? ''
  if (atom.startsWith('['))
    return (
      ' x1-:>a\t'.split('').find(sign => matches(atom, sign)) ??
      [...atom.slice(1)].find(sign => matches(atom, sign)) ??
      ''
    )
  if (atom.startsWith('\\p')) return atom.includes('L') ? 'a' : '1'
  if (atom.startsWith('\\')) return classes[atom.charAt(1)] ?? atom.slice(1, 2)
  return atom
}

function matches(atom: string, sign: string): boolean {
  try {
    return new RegExp(atom, 'u').test(sign)
  } catch {
    return new RegExp(atom).test(sign)
  }
}
