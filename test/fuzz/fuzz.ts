// Spoilt mails through everything that reads them, until the time is over or something fails. What fails is made
// smaller and handed back, with the seed that makes it again.
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { type Chance, makeChance } from './chance.ts'
import { checkGroup, checkMail } from './check.ts'
import { mutated } from './mutate.ts'
import { checkPages } from './pages.ts'

export interface FuzzOptions {
  readonly db: Kysely<Tables>
  /** The mails that are spoilt; neighbours are taken together, so threads should stand together. */
  readonly mails: readonly Buffer[]
  readonly milliseconds: number
  /** Ends it earlier. */
  readonly groupsMax?: number
  readonly seed: number
  /** One group in this many goes through the database and onto the pages. */
  readonly pagesOnceIn: number
  /** A failure is said at once; the run goes on until there are this many. */
  readonly findingsMax: number
  readonly onFinding?: (finding: Finding) => void
}

export interface Finding {
  /** The seed of the group: the whole run with `--seed` of it begins with this group. */
  readonly seed: number
  readonly says: string
  /** The smallest mails found that fail alike. */
  readonly mails: readonly Buffer[]
}

export interface FuzzReport {
  readonly groups: number
  readonly mails: number
  readonly groupsOnPages: number
  readonly findings: readonly Finding[]
}

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const end = performance.now() + options.milliseconds
  const { groupsMax = Number.POSITIVE_INFINITY, findingsMax } = options
  const findings: Finding[] = []
  let [groups, mails, groupsOnPages] = [0, 0, 0]
  const isOver = () => performance.now() >= end || groups >= groupsMax || findings.length >= findingsMax
  for (let seed = options.seed; !isOver(); seed++) {
    const chance = makeChance(seed)
    const group = makeGroup(options.mails, chance)
    const toPages = chance.once(options.pagesOnceIn)
    groups++
    mails += group.length
    if (toPages) groupsOnPages++
    const finding = await tryGroup(options.db, seed, group, toPages)
    if (finding === null) continue
    findings.push(finding)
    options.onFinding?.(finding)
  }
  return { groups, mails, groupsOnPages, findings }
}

/** Up to twelve neighbours, most of them spoilt, some twice. */
function makeGroup(mails: readonly Buffer[], chance: Chance): Buffer[] {
  const from = chance.below(mails.length)
  const near = mails.slice(from, from + 1 + chance.below(12)).filter(mail => mail.length < 100_000)
  if (near.length === 0) return []
  return near.flatMap(mail => {
    const spoilt = chance.once(5) ? mail : mutated(mail, chance.once(3) ? mails : near, chance)
    return chance.once(8) ? [mail, spoilt] : [spoilt]
  })
}

/** The checks in turn, each on what is left of the group after making it smaller. */
async function tryGroup(
  db: Kysely<Tables>,
  seed: number,
  group: readonly Buffer[],
  toPages: boolean,
): Promise<Finding | null> {
  for (const mail of group) {
    const says = checkMail(mail)
    if (says !== null) return { seed, says, mails: [smallerMail(mail, says)] }
  }
  const ofGroup = (mails: readonly Buffer[]) => attempt(() => checkGroup(mails, shuffleOf(seed)))
  const says = ofGroup(group)
  if (says !== null)
    return { seed, says, mails: await smallerGroup(group, async mails => ofGroup(mails), says) }
  if (!toPages || group.length === 0) return null
  let lists = 0
  const ofPages = async (mails: readonly Buffer[]) => {
    try {
      return await checkPages(db, `fuzz-${seed}-${lists++}`, mails)
    } catch (error) {
      return `the way to the pages throws: ${error instanceof Error ? error.stack : error}`
    }
  }
  const saidByPages = await ofPages(group)
  if (saidByPages === null) return null
  return { seed, says: saidByPages, mails: await smallerGroup(group, ofPages, saidByPages) }
}

function attempt(check: () => string | null): string | null {
  try {
    return check()
  } catch (error) {
    return `folding throws: ${error instanceof Error ? error.stack : error}`
  }
}

const shuffleOf =
  (seed: number) =>
  <T>(items: readonly T[]): T[] => {
    const chance = makeChance(seed)
    return items
      .map(item => ({ item, place: chance.below(1_000_000) }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item)
  }

/** The first words of a failure tell whether a smaller input fails alike. */
const kindOf = (says: string) => says.split(' ', 3).join(' ')

/** Leaves out ever smaller stretches of lines while the mail still fails alike. */
function smallerMail(mail: Buffer, says: string): Buffer {
  let lines = mail.toString('latin1').split('\n')
  const end = performance.now() + 20_000
  for (let stretch = Math.ceil(lines.length / 2); stretch >= 1; stretch = Math.floor(stretch / 2))
    for (let at = 0; at < lines.length && performance.now() < end; ) {
      const fewer = lines.toSpliced(at, stretch)
      const still = checkMail(Buffer.from(fewer.join('\n'), 'latin1'))
      if (still !== null && kindOf(still) === kindOf(says)) lines = fewer
      else at += stretch
    }
  return Buffer.from(lines.join('\n'), 'latin1')
}

/** Leaves out mails, one by one, while the group still fails alike. */
async function smallerGroup(
  group: readonly Buffer[],
  check: (mails: readonly Buffer[]) => Promise<string | null>,
  says: string,
): Promise<readonly Buffer[]> {
  let mails = group
  for (let at = 0; at < mails.length; ) {
    const fewer = mails.toSpliced(at, 1)
    const still = fewer.length === 0 ? null : await check(fewer)
    if (still !== null && kindOf(still) === kindOf(says)) mails = fewer
    else at++
  }
  return mails
}
