// Words by chance. A template such as "{Applied|Pushed} to {branch}" becomes one of its sentences; of every choice of
// four or more an even seed and an odd seed each know only their own half, so a rule that fits the words of one seed
// meets others in the next.
import { type Chance, makeChance } from '../fuzz/chance.ts'

export interface Speech extends Chance {
  /** One of the items that this seed knows. */
  any<T>(items: readonly T[]): T
  /** Fills a template: `{a|b}` is a choice, `{name}` one of the values. Choices may nest. */
  say(template: string, values?: Readonly<Record<string, string>>): string
  /** A template of these, filled. */
  tell(templates: readonly string[], values?: Readonly<Record<string, string>>): string
  /** True in so many of a hundred cases. */
  odds(percent: number): boolean
  between(from: number, to: number): number
  /** So many of them, or all, each once, in their order. */
  some<T>(items: readonly T[], count: number): T[]
  hex(length: number): string
  token(length: number): string
}

export function makeSpeech(seed: number): Speech {
  const chance = makeChance(seed)
  // Neighbouring seeds begin alike otherwise.
  for (let i = 0; i < 20; i++) chance.below(2)
  const half = Math.abs(seed) % 2
  const known = <T>(items: readonly T[]) =>
    items.length < 4 ? items : items.filter((_, index) => index % 2 === half)
  const any = <T>(items: readonly T[]): T => chance.pick(known(items))

  function say(template: string, values: Readonly<Record<string, string>> = {}): string {
    let text = template
    for (let inner = innermost.exec(text); inner; inner = innermost.exec(text)) {
      const choice = inner[1] ?? ''
      const word = choice.includes('|') ? any(choice.split('|')) : namedValue(values, choice)
      text =
        text.slice(0, inner.index) +
        word.replace(/[{}]/g, hideBrace) +
        text.slice(inner.index + choice.length + 2)
    }
    return text.replaceAll('\u0001', '{').replaceAll('\u0002', '}')
  }

  const letters = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[chance.below(alphabet.length)]).join('')

  return {
    ...chance,
    any,
    say,
    tell: (templates, values) => say(any(templates), values),
    odds: percent => chance.below(100) < percent,
    between: (from, to) => from + chance.below(to - from + 1),
    some: (items, count) => {
      const order = items.map((item, index) => ({ item, index, rank: chance.below(1_000_000) }))
      const chosen = order.sort((a, b) => a.rank - b.rank).slice(0, count)
      return chosen.sort((a, b) => a.index - b.index).map(({ item }) => item)
    },
    hex: length => letters('0123456789abcdef', length),
    token: length => letters('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', length),
  }
}

const innermost = /\{([^{}]*)\}/
const hideBrace = (brace: string) => (brace === '{' ? '\u0001' : '\u0002')

function namedValue(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name]
  if (value === undefined)
    throw new Error(`A template names "${name}"; allowed: ${Object.keys(values).join(', ')}`)
  return value
}
