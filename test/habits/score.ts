// How an export agrees with a truth: the figures of the acceptance script, by the same rules, so that both say the same
// of the same files. Only what the truth is sure of is judged.
import type { Truth, TruthRevision, TruthTopic } from './truth.ts'

/** A line of `export state`, as far as it is judged. */
export interface ExportedTopic {
  readonly kind: string
  readonly title: string | null
  readonly revisions: readonly {
    readonly version: number
    readonly total: number
    readonly cover: string | null
    readonly completeness?: string
    readonly patches: readonly { readonly mid: string }[]
  }[]
  readonly trailers: readonly {
    readonly mail: string
    readonly on: string | null
    readonly key: string
    readonly who: string
  }[]
  readonly applied: readonly { readonly mail: string }[]
  readonly mails: readonly string[]
}

/** What was right of what was judged. */
export interface Figure {
  readonly right: number
  readonly of: number
}

export interface Disagreement {
  readonly weight: number
  readonly kind: string
  readonly mail: string
  readonly text: string
  /** The other mail that it is about. */
  readonly other?: string
}

export interface Score {
  readonly figures: Readonly<Record<FigureName, Figure>>
  /** Harmonic mean of chain_precision and chain_recall; null without chains. */
  readonly chainF1: number | null
  readonly disagreements: readonly Disagreement[]
}

export type FigureName =
  | 'series_exact'
  | 'series_unfinished_right'
  | 'chain_precision'
  | 'chain_recall'
  | 'chains_whole'
  | 'mail_placement'
  | 'reply_with_its_patch'
  | 'trailer_precision'
  | 'trailer_recall'
  | 'bug_recall'
  | 'bug_precision'
  | 'spam_caught'
  | 'ham_called_spam'
  | 'applied_recall'
  | 'applied_precision'

export function score(truth: Truth, exported: readonly ExportedTopic[]): Score {
  const ground = groundOf(truth, exported)
  const parts = [
    seriesFigures,
    chainFigures,
    placementFigures,
    trailerFigures,
    kindFigures,
    appliedFigures,
  ].map(part => part(ground))
  const figures = Object.assign({}, ...parts.map(part => part.figures)) as Score['figures']
  const [precision, recall] = [rate(figures.chain_precision) ?? 0, rate(figures.chain_recall) ?? 0]
  return {
    figures,
    chainF1: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : null,
    disagreements: parts.flatMap(part => part.disagreements),
  }
}

export const rate = ({ right, of }: Figure): number | null => (of === 0 ? null : right / of)

interface Part {
  readonly figures: Readonly<Partial<Record<FigureName, Figure>>>
  readonly disagreements: readonly Disagreement[]
}

interface Series {
  readonly topic: number
  readonly wide: number
  readonly revision: TruthRevision
  readonly mids: ReadonlySet<string>
  /** With covers and copies beyond the first. */
  readonly all: ReadonlySet<string>
  /** A request to pull, without patches. */
  readonly pullOnly: boolean
}

/** Both sides, with what every figure asks of them. */
interface Ground {
  readonly truth: Truth
  readonly exported: readonly ExportedTopic[]
  /** Mail -> its exported topic. */
  readonly where: ReadonlyMap<string, number>
  /** Mail -> its true topic. */
  readonly home: ReadonlyMap<string, number>
  readonly series: readonly Series[]
  /** Postings of the truth, sure or not. */
  readonly members: ReadonlySet<string>
  readonly bestOfExported: ReadonlyMap<number, number>
  readonly bestOfTruth: ReadonlyMap<number, number>
}

function groundOf(truth: Truth, exported: readonly ExportedTopic[]): Ground {
  const where = new Map<string, number>()
  exported.forEach((topic, index) => {
    const mails = [
      ...topic.mails,
      ...topic.revisions.flatMap(({ cover, patches }) => [
        ...(cover === null ? [] : [cover]),
        ...patches.map(({ mid }) => mid),
      ]),
    ]
    // A mail in two topics counts for the first.
    for (const mail of mails) if (!where.has(mail)) where.set(mail, index)
  })
  const home = new Map(truth.topics.flatMap(({ mails }, index) => mails.map(mail => [mail, index] as const)))
  const series = truth.topics.flatMap(seriesOf)
  return {
    truth,
    exported,
    where,
    home,
    series,
    members: new Set(series.flatMap(({ all }) => [...all])),
    ...bestOf(truth, where, home),
  }
}

function seriesOf({ wide, revisions }: TruthTopic, topic: number): Series[] {
  return (revisions ?? []).map(revision => {
    const mids = new Set([
      ...revision.patches.map(({ mid }) => mid),
      ...(revision.cover === null ? [] : [revision.cover]),
    ])
    const all = new Set([...mids, ...revision.other_covers, ...revision.duplicates])
    return {
      topic,
      wide,
      revision,
      mids,
      all,
      pullOnly: revision.pull_request && revision.patches.length === 0,
    }
  })
}

/** Of each topic of one side the one of the other side with most of its mails. */
function bestOf(
  truth: Truth,
  where: Ground['where'],
  home: Ground['home'],
): Pick<Ground, 'bestOfExported' | 'bestOfTruth'> {
  const unsure = unsureOf(truth)
  const counts = new Map<string, { truth: number; exported: number; count: number }>()
  for (const [mail, topic] of home) {
    const exported = where.get(mail)
    if (exported === undefined || unsure.has(mail)) continue
    const key = `${topic} ${exported}`
    const cell = counts.get(key) ?? { truth: topic, exported, count: 0 }
    counts.set(key, { ...cell, count: cell.count + 1 })
  }
  const cells = [...counts.values()].sort((a, b) => a.truth - b.truth || a.exported - b.exported)
  return {
    bestOfExported: largest(cells, 'exported', 'truth'),
    bestOfTruth: largest(cells, 'truth', 'exported'),
  }
}

/** Ties go to the first. */
function largest<T extends { count: number }>(
  cells: readonly T[],
  from: keyof T,
  to: keyof T,
): Map<number, number> {
  const best = new Map<number, T>()
  for (const cell of cells)
    if (cell.count > (best.get(Number(cell[from]))?.count ?? 0)) best.set(Number(cell[from]), cell)
  return new Map([...best].map(([key, cell]) => [key, Number(cell[to])]))
}

const unsureOf = ({ topics }: Truth) => new Set(topics.flatMap(({ unsure_mails }) => unsure_mails ?? []))

interface ExportedSeries {
  readonly mids: ReadonlySet<string>
  readonly version: number
  readonly total: number
  readonly cover: string | null
  readonly standing: string | undefined
}

function seriesFigures({ exported, series }: Ground): Part {
  const found = exported
    .flatMap(({ revisions }) => revisions.map(exportedSeries))
    .filter(({ mids }) => mids.size > 0)
  const holding = new Map<string, ExportedSeries[]>()
  for (const one of found) for (const mid of one.mids) holding.set(mid, [...(holding.get(mid) ?? []), one])
  const judged = series.filter(({ revision, pullOnly }) => revision.sure && !pullOnly)
  const results = judged
    .map(one => ({ one, best: bestMatch(one, found, holding) }))
    .map(({ one, best }) => ({ one, best, faults: faultsOf(one, best) }))
  const unfinished = results.filter(({ one, best }) => best && one.revision.standing !== 'complete')
  return {
    figures: {
      series_exact: { right: results.filter(({ faults }) => faults.length === 0).length, of: judged.length },
      series_unfinished_right: {
        right: unfinished.filter(({ one, best }) => best?.standing === one.revision.standing).length,
        of: unfinished.length,
      },
    },
    disagreements: results
      .filter(({ faults }) => faults.length > 0)
      .map(({ one, faults }) => ({
        weight: 1 + Math.sqrt(one.mids.size),
        kind: 'series',
        mail: headOf(one),
        text: faults.join('; '),
      })),
  }
}

const exportedSeries = ({
  patches,
  cover,
  version,
  total,
  completeness,
}: ExportedTopic['revisions'][number]): ExportedSeries => ({
  mids: new Set([...patches.map(({ mid }) => mid), ...(cover === null ? [] : [cover])]),
  version,
  total,
  cover,
  standing: completeness,
})

/** The same mails, else most of them in the smallest. */
function bestMatch(
  { mids }: Series,
  order: readonly ExportedSeries[],
  holding: ReadonlyMap<string, ExportedSeries[]>,
): ExportedSeries | undefined {
  const candidates = [...new Set([...mids].flatMap(mid => holding.get(mid) ?? []))]
  const common = (one: ExportedSeries) => [...one.mids].filter(mid => mids.has(mid)).length
  const sorted = candidates.sort(
    (a, b) => common(b) - common(a) || a.mids.size - b.mids.size || order.indexOf(a) - order.indexOf(b),
  )
  return sorted.find(one => one.mids.size === mids.size && common(one) === mids.size) ?? sorted[0]
}

function faultsOf({ revision, mids, all }: Series, best: ExportedSeries | undefined): string[] {
  if (best === undefined) return ['no such series']
  const missing = [...mids].filter(mid => !best.mids.has(mid))
  const foreign = [...best.mids].filter(mid => !all.has(mid))
  const same = missing.length === 0 && best.mids.size === mids.size
  const members =
    missing.length === 1 &&
    foreign.length === 0 &&
    revision.cover !== null &&
    missing.includes(revision.cover)
      ? 'cover missing'
      : `${missing.length} missing, ${foreign.length} foreign of ${mids.size}`
  return [
    ...(same ? [] : [members]),
    ...(!revision.version_sure || best.version === revision.version
      ? []
      : [`version ${best.version}, should be ${revision.version}`]),
    ...(best.total === revision.total ? [] : [`total ${best.total}, should be ${revision.total}`]),
    ...(best.cover === revision.cover || !same ? [] : [`cover ${best.cover}, should be ${revision.cover}`]),
  ]
}

const headOf = ({ revision }: Series) => revision.cover ?? revision.patches[0]?.mid ?? ''

/** Pairs of series in one topic. */
function chainFigures({ series, where }: Ground): Part {
  const judged = series.filter(({ revision }) => revision.sure)
  const placed = new Map(judged.map(one => [one, placeOf(one, where)]))
  const disagreements: Disagreement[] = []
  let [together, missed, wrong] = [0, 0, 0]
  for (const [x, y] of pairs(Map.groupBy(judged, one => one.topic).values())) {
    if (placed.get(x) !== undefined && placed.get(x) === placed.get(y)) together++
    else {
      missed++
      disagreements.push({
        weight: 1.5,
        kind: 'revision link missed',
        mail: headOf(y),
        text: 'belongs with',
        other: headOf(x),
      })
    }
  }
  const byPlace = Map.groupBy(
    judged.filter(one => placed.get(one) !== undefined),
    one => placed.get(one),
  )
  for (const [x, y] of pairs(byPlace.values())) {
    if (x.topic === y.topic || x.wide === y.wide) continue
    wrong++
    disagreements.push({
      weight: 2,
      kind: 'revision link false',
      mail: headOf(y),
      text: 'put with',
      other: headOf(x),
    })
  }
  return {
    figures: {
      chain_precision: { right: together, of: together + wrong },
      chain_recall: { right: together, of: together + missed },
      chains_whole: wholeChains(judged, placed),
    },
    disagreements,
  }
}

/** The exported topic that holds most of it. */
function placeOf({ mids }: Series, where: ReadonlyMap<string, number>): number | undefined {
  const places = [...mids].flatMap(mid => where.get(mid) ?? [])
  const counts = [...Map.groupBy(places, place => place)].map(([place, all]) => ({
    place,
    count: all.length,
  }))
  return counts.sort((a, b) => b.count - a.count || a.place - b.place)[0]?.place
}

function* pairs<T>(groups: Iterable<readonly T[]>): Generator<[T, T]> {
  for (const group of groups)
    for (const [index, x] of group.entries()) for (const y of group.slice(index + 1)) yield [x, y]
}

/** Patchsets of two revisions or more that are kept together, and nothing else with them. */
function wholeChains(judged: readonly Series[], placed: ReadonlyMap<Series, number | undefined>): Figure {
  const chains = [...Map.groupBy(judged, one => one.topic).values()].filter(chain => chain.length > 1)
  const whole = chains.filter(chain => {
    const [place, ...others] = [...new Set(chain.map(one => placed.get(one)))]
    if (place === undefined || others.length > 0) return false
    return judged.every(
      one => placed.get(one) !== place || one.topic === chain[0]?.topic || one.wide === chain[0]?.wide,
    )
  })
  return { right: whole.length, of: chains.length }
}

function placementFigures({
  truth,
  exported,
  where,
  home,
  members,
  bestOfExported,
  bestOfTruth,
}: Ground): Part {
  const unsure = unsureOf(truth)
  const judged = [...home.keys()].filter(mail => !unsure.has(mail))
  const wide = (topic: number | undefined) => (topic === undefined ? undefined : truth.topics[topic]?.wide)
  const disagreements: Disagreement[] = []
  const right = judged.filter(mail => {
    const [there, here] = [where.get(mail), home.get(mail) ?? -1]
    if (there === undefined) {
      disagreements.push({ weight: 3, kind: 'lost', mail, text: 'in no topic of the export' })
      return false
    }
    const about = wide(bestOfExported.get(there)) === wide(here)
    if (about && bestOfTruth.get(here) === there) return true
    disagreements.push({
      weight: about ? 0.5 : 1,
      kind: 'mail misplaced',
      mail,
      text: about
        ? 'split off from its topic'
        : `lies in a topic about something else: ${String(exported[there]?.title).slice(0, 60)}`,
    })
    return false
  })
  const answers = Object.entries(truth.answers).filter(([mail, on]) => !unsure.has(mail) && members.has(on))
  return {
    figures: {
      mail_placement: { right: right.length, of: judged.length },
      reply_with_its_patch: {
        right: answers.filter(([mail, on]) => where.has(mail) && where.get(mail) === where.get(on)).length,
        of: answers.length,
      },
    },
    disagreements,
  }
}

const judgedKeys = new Set(['reviewed-by', 'acked-by', 'tested-by', 'nacked-by'])

interface NamedTrailer {
  readonly mail: string
  readonly on: string | null
  readonly key: string
  readonly who: string
}

const nameOf = ({ mail, on, key, who }: NamedTrailer) =>
  [mail, on, key.toLowerCase(), who.toLowerCase()].join('\n')
const vaguely = ({ mail, key, who }: NamedTrailer) => [mail, key.toLowerCase(), who.toLowerCase()].join('\n')

function trailerFigures({ truth, exported, home, members }: Ground): Part {
  const sure = truth.trailers.filter(trailer => trailer.sure && judgedKeys.has(trailer.key.toLowerCase()))
  const expected = new Map(sure.map(trailer => [nameOf(trailer), trailer]))
  const doubtful = new Set(truth.trailers.filter(trailer => !sure.includes(trailer)).map(vaguely))
  const seen = exported
    .flatMap(({ trailers }) => trailers)
    .filter(({ mail, on, key }) => judgedKeys.has(key.toLowerCase()) && mail !== on && !members.has(mail))
  const found = new Map(seen.map(trailer => [nameOf(trailer), trailer]))
  const judged = [...found].filter(
    ([name, trailer]) => expected.has(name) || (!doubtful.has(vaguely(trailer)) && home.has(trailer.mail)),
  )
  const hits = judged.filter(([name]) => expected.has(name))
  const told = (kind: string, { mail, on, key, who }: NamedTrailer): Disagreement => ({
    weight: 1,
    kind,
    mail,
    text: `${key} ${who} on`,
    ...(on === null ? {} : { other: on }),
  })
  return {
    figures: {
      trailer_precision: { right: hits.length, of: judged.length },
      trailer_recall: { right: hits.length, of: expected.size },
    },
    disagreements: [
      ...judged.filter(([name]) => !expected.has(name)).map(([, trailer]) => told('trailer false', trailer)),
      ...[...expected]
        .filter(([name]) => !found.has(name))
        .map(([, trailer]) => told('trailer missed', trailer)),
    ],
  }
}

/** Bugs and spam: what the first mail of a topic is shown as. */
function kindFigures({ truth, exported, where, home, series, bestOfExported }: Ground): Part {
  const roots = new Map(
    truth.topics.flatMap(topic => (topic.root === undefined ? [] : [[topic.root, topic] as const])),
  )
  const sure = [...roots].filter(([, topic]) => topic.sure)
  const shownAs = (mail: string) => exported[where.get(mail) ?? -1]?.kind
  /** Its exported topic is about it, not about something that swallowed it. */
  const own = (mail: string) => bestOfExported.get(where.get(mail) ?? -1) === home.get(mail)
  const bugs = sure.filter(([, { kind }]) => kind === 'bug')
  const hits = bugs.filter(([mail]) => shownAs(mail) === 'bug' && own(mail))
  const shown = sure.filter(([mail]) => shownAs(mail) === 'bug' && own(mail))
  const spam = sure.filter(([, { kind }]) => kind === 'spam')
  const ham = [
    ...sure.filter(([, { kind }]) => kind !== 'spam').map(([mail]) => mail),
    ...series.filter(({ revision }) => revision.sure).map(headOf),
  ]
  const takenForSpam = ham.filter(mail => shownAs(mail) === 'spam')
  return {
    figures: {
      bug_recall: { right: hits.length, of: bugs.length },
      bug_precision: { right: hits.length, of: shown.length },
      spam_caught: { right: spam.filter(([mail]) => shownAs(mail) === 'spam').length, of: spam.length },
      ham_called_spam: { right: takenForSpam.length, of: ham.length },
    },
    disagreements: [
      ...bugs
        .filter(one => !hits.includes(one))
        .map(([mail]) => ({ weight: 1.5, kind: 'bug missed', mail, text: `shown as ${shownAs(mail)}` })),
      ...shown
        .filter(([, { kind }]) => kind !== 'bug')
        .map(([mail, { kind }]) => ({ weight: 1.5, kind: 'bug false', mail, text: `truth: ${kind}` })),
      ...takenForSpam.map(mail => ({ weight: 4, kind: 'ham called spam', mail, text: '' })),
    ],
  }
}

function appliedFigures({ truth, exported, where, home }: Ground): Part {
  const sure = new Map(truth.applied.filter(one => one.sure).map(one => [one.mail, one]))
  const doubtful = new Set(truth.applied.filter(one => !one.sure).map(({ mail }) => mail))
  const found = new Map(
    exported.flatMap(({ applied }, index) => applied.map(({ mail }) => [mail, index] as const)),
  )
  const right = [...sure.values()].filter(
    ({ mail, topic_of }) => found.has(mail) && found.get(mail) === where.get(topic_of),
  )
  const extra = [...found.keys()].filter(mail => !sure.has(mail) && !doubtful.has(mail) && home.has(mail))
  const missed = [...sure.values()].filter(one => !right.includes(one))
  const elsewhere = missed.filter(({ mail }) => found.has(mail))
  return {
    figures: {
      applied_recall: { right: right.length, of: sure.size },
      applied_precision: { right: right.length, of: right.length + extra.length + elsewhere.length },
    },
    disagreements: [
      ...missed.map(({ mail, topic_of, text }) => ({
        weight: 0.8,
        kind: 'applied missed',
        mail,
        text: `"${text}" speaks of`,
        other: topic_of,
      })),
      ...extra.map(mail => ({ weight: 0.8, kind: 'applied false', mail, text: '' })),
    ],
  }
}
