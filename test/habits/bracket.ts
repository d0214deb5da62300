// The subject of a posting: number, version and words in whatever dress its author's tools give them.
import type { Bracket } from './person.ts'
import type { Customs } from './world.ts'

export interface Numbering {
  readonly version: number
  /** 0 is the cover; null for a single patch. */
  readonly number: number | null
  readonly total: number
  /** The project or branch, or both; in the order in which they stand. */
  readonly words: readonly string[]
  /** RFC, RESEND. */
  readonly status: string | null
  /** Whether the version stands there at all. */
  readonly versionShown: boolean
}

export function subjectOf(
  title: string,
  style: Bracket,
  place: Customs['wordPlace'],
  numbering: Numbering,
): string {
  const { words, status } = numbering
  const core = coreOf(style, numbering)
  const first = core[0] ?? 'PATCH'
  if (words.length > 0 && place === 'own bracket')
    return `${words.map(word => `[${word}]`).join('')}[${joined([status, ...core])}] ${title}`
  if (words.length > 0 && place === 'instead of PATCH')
    return `[${joined([status, ...words, first.replace(/^PATCH-?/, ''), ...core.slice(1)])}] ${title}`
  if (place === 'before PATCH') return `[${joined([...words, status, ...core])}] ${title}`
  if (style === 'comma' && words.length > 0)
    return `[${joined([status, first, words.join(' ')])}${core
      .slice(1)
      .map(part => `,${part}`)
      .join('')}] ${title}`
  return `[${joined([status, first, ...words, ...core.slice(1)])}] ${title}`
}

const joined = (pieces: readonly (string | null)[]) =>
  pieces.filter(piece => piece !== null && piece !== '').join(' ')

/** Without words: what a style makes of number and version. */
function coreOf(style: Bracket, { version, number, total, versionShown }: Numbering): string[] {
  const v = version > 1 && versionShown ? `v${version}` : ''
  const count = number === null ? '' : `${String(number).padStart(total > 9 ? 2 : 1, '0')}/${total}`
  const kept = (...pieces: string[]) => pieces.filter(piece => piece !== '')
  switch (style) {
    case 'glued':
      return kept(`PATCH${v}`, count)
    case 'tight':
      return v === '' ? kept(`PATCH${count}`) : kept(`PATCH${v}`, count)
    case 'bare':
      return v !== '' && count !== '' ? [v, count] : kept('PATCH', v, count)
    case 'barred':
      return count === '' ? kept('PATCH', v) : [v === '' ? `PATCH-${count}` : `${v}-${count}`]
    case 'comma':
      return kept('PATCH', v && count ? `${v},${count}` : v || count)
    case 'of':
      return kept('PATCH', number === null ? '' : `${number} of ${total}`, v.toUpperCase())
    case 'spaced':
      return kept('PATCH', v, number === null ? '' : `${number} / ${total}`)
    case 'tail':
      return kept('PATCH', count === '' ? v : `${count}${v}`)
    case 'behind':
      return kept('PATCH', count, v.toUpperCase())
    case 'round':
      return kept('PATCH', v, count === '' ? '' : `(${count})`)
    default:
      return kept('PATCH', v, count)
  }
}
