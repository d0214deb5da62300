// The short form of `npm run habits`: every list with a few hundred mails, read and folded in memory. The
// thresholds are those of the long form.
import { describe, expect, it } from 'vitest'
import { foldList } from './fold.ts'
import { inventList } from './invent.ts'
import { lists } from './lists.ts'
import { type ExportedTopic, score } from './score.ts'
import { shortMails, shortSeeds } from './short-form.ts'
import { below, judgedNames, named, thresholds } from './thresholds.ts'
import type { Truth } from './truth.ts'

const [kettle] = lists
if (kettle === undefined) throw new Error('There are no lists')

describe.each(lists)('the list $name', customs => {
  it.each(shortSeeds)('is sorted as a careful reader would (seed %i)', { timeout: 240_000 }, seed => {
    const invented = inventList(customs, seed, shortMails)
    const rates = named(score(invented.truth, foldList(invented, customs.dress)))
    expect(below(rates, thresholds).map(name => `${name} ${rates[name]} of ${thresholds[name]}`)).toEqual([])
  })

  it('knows the place of each of its mails, once', { timeout: 240_000 }, () => {
    const { mails, truth } = inventList(customs, 3, 150)
    const placed = truth.topics.flatMap(topic => topic.mails)
    const ids = mails.map(mail => mail.toString().match(/^Message-ID: <(.+)>$/m)?.[1])
    expect(placed.sort()).toEqual(ids.sort())
    expect(new Set(ids).size).toBe(ids.length)
  })
})

it('is the same list again from the same seed, and speaks in other words from the next', {
  timeout: 240_000,
}, () => {
  const titles = (seed: number) => inventList(kettle, seed, 150).truth.topics.map(({ title }) => title)
  const bytes = () => Buffer.concat(inventList(kettle, 5, 150).mails)
  expect(bytes().equals(bytes())).toBe(true)
  expect(titles(5).filter(title => titles(6).includes(title))).toEqual([])
})

describe('the score', () => {
  const { truth } = inventList(kettle, 4, 300)

  it('finds everything right in an export that says what is true', () => {
    const { figures, chainF1, disagreements } = score(truth, exportOf(truth))
    expect(disagreements).toEqual([])
    expect(chainF1).toBe(1)
    expect(figures.series_exact.of).toBeGreaterThan(20)
    expect(
      judgedNames.filter(name => (named({ figures, chainF1, disagreements })[name] ?? 100) < 100),
    ).toEqual([])
  })

  it('sees two topics put into one, and one that was taken apart', () => {
    const [first, second, ...others] = exportOf(truth).filter(({ revisions }) => revisions.length > 0)
    if (first === undefined || second === undefined) throw new Error('There are no two patchsets')
    const mixed = {
      ...first,
      mails: [...first.mails, ...second.mails],
      revisions: [...first.revisions, ...second.revisions],
    }
    expect(score(truth, [mixed, ...others]).figures.chain_precision.of).toBeGreaterThan(
      score(truth, exportOf(truth)).figures.chain_precision.of,
    )
    const apart = exportOf(truth).flatMap(topic =>
      topic.revisions.map(revision => ({ ...topic, revisions: [revision], mails: [] })),
    )
    expect(score(truth, apart).figures.chains_whole.right).toBe(0)
  })

  it('sees a wrong number, a tag that nobody gave, and a lost mail', () => {
    const wrong = exportOf(truth).map(topic => ({
      ...topic,
      mails: topic.mails.slice(1),
      revisions: topic.revisions.map(revision => ({ ...revision, total: revision.total + 1 })),
      trailers: topic.trailers.map(trailer => ({ ...trailer, who: 'nobody@example.org' })),
      applied: [],
    }))
    const { figures } = score(truth, wrong)
    expect(figures.series_exact.right).toBe(0)
    expect(figures.trailer_precision.right).toBe(0)
    expect(figures.trailer_recall.right).toBe(0)
    expect(figures.applied_recall.right).toBe(0)
    expect(figures.mail_placement.right).toBeLessThan(figures.mail_placement.of)
  })
})

/** The export of a tracker that is always right. */
function exportOf({ topics, trailers, applied }: Truth): ExportedTopic[] {
  return topics.map(({ kind, title, mails, revisions = [] }) => ({
    kind,
    title,
    mails,
    revisions: revisions.map(({ version, total, cover, patches, standing }) => ({
      version,
      total,
      cover,
      patches,
      completeness: standing,
    })),
    trailers: trailers.filter(({ mail }) => mails.includes(mail)),
    applied: applied.filter(({ mail }) => mails.includes(mail)),
  }))
}
