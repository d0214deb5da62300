// What the figures of an invented list must reach, and how they are shown.
import { type FigureName, rate, type Score } from './score.ts'

/** Percent by figure; null where there was nothing to judge. */
export type Rates = Readonly<Partial<Record<FigureName | 'chain_f1', number | null>>>

export const thresholds = {
  series_exact: 99,
  chain_precision: 98,
  chain_f1: 97,
  mail_placement: 99,
  trailer_precision: 99.5,
  trailer_recall: 99.5,
  bug_recall: 90,
  bug_precision: 95,
  applied_recall: 95,
  applied_precision: 98,
} as const satisfies Rates

export type Judged = keyof typeof thresholds

export const judgedNames = Object.keys(thresholds) as Judged[]

/** To two places, as the acceptance script rounds. */
export function named({ figures, chainF1 }: Score): Rates {
  const percent = (value: number | null) => (value === null ? null : Math.round(value * 10_000) / 100)
  const rates = Object.entries(figures).map(([name, figure]) => [name, percent(rate(figure))] as const)
  return { ...Object.fromEntries(rates), chain_f1: percent(chainF1) }
}

/** The figures that are lower than these; what could not be judged is not. */
export const below = (rates: Rates, least: Readonly<Record<Judged, number>>): Judged[] =>
  judgedNames.filter(name => (rates[name] ?? 100) < least[name])

const columns: Readonly<Record<Judged, string>> = {
  series_exact: 'series',
  chain_precision: 'chain p',
  chain_f1: 'chain f1',
  mail_placement: 'placed',
  trailer_precision: 'trailer p',
  trailer_recall: 'trailer r',
  bug_recall: 'bug r',
  bug_precision: 'bug p',
  applied_recall: 'applied r',
  applied_precision: 'applied p',
}

export function table(rows: readonly { readonly name: string; readonly rates: Rates }[]): string {
  const line = (first: string, cells: readonly string[]) =>
    `${first.padEnd(10)}${cells.map(cell => cell.padStart(11)).join('')}\n`
  const head = line(
    '',
    judgedNames.map(name => columns[name]),
  )
  const body = rows.map(({ name, rates }) => {
    const short = below(rates, thresholds)
    return line(
      name,
      judgedNames.map(figure => `${rates[figure]?.toFixed(2) ?? '-'}${short.includes(figure) ? '*' : ' '}`),
    )
  })
  return `${head}${body.join('')}${line(
    'must',
    judgedNames.map(name => `${thresholds[name]} `),
  )}`
}
