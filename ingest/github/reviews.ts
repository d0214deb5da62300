// Reviews of a pull request: what they say in words is an answer to the revision that they saw, and their verdict a note on it.
import type { MessageId } from '../../base/ids.ts'
import { short } from './names.ts'
import { type GitHubNote, writeNotes } from './notes.ts'
import { objects, type Pull, type Review } from './objects.ts'
import { type Run, readAll, wantedOf } from './run.ts'
import { type Wanted, writeMails } from './write-mails.ts'

/** `covers`: of each head that is here. */
export async function takeReviews(
  run: Run,
  pull: Pull,
  covers: ReadonlyMap<string, MessageId>,
): Promise<void> {
  const { report } = run
  const items = await run.source.reviews(pull.number)
  const own = readAll(run, 'review', objects.review, items)
  const spoken = own.filter(({ body }) => body.trim() !== '')
  const { fresh, edits } = await writeMails(
    run.db,
    run.list,
    spoken.map(review => wantedReview(run, pull, review, covers)),
  )
  const notes = own.flatMap(review => verdictOf(run, pull, review, covers))
  const noted = await writeNotes({ ...run, host: run.source.host }, notes)
  const silent = own.filter(review => !spoken.includes(review) && lineOf(run, review) === null)
  for (const { id, state } of silent) report.tell('review', `review ${id}`, state)
  report.edits += edits
  report.reviews.read += items.length
  report.reviews.other += items.length - own.length + silent.length
  const taken = own.length - silent.length
  const news = Math.min(taken, Math.max(fresh.length, noted))
  report.reviews.fresh += news
  report.reviews.known += taken - news
}

function wantedReview(
  run: Run,
  pull: Pull,
  { id, user, body, state, submitted_at, html_url, commit_id }: Review,
  covers: ReadonlyMap<string, MessageId>,
): Wanted {
  const at = submitted_at ?? pull.created_at
  return wantedOf(run, {
    ...{ id: run.names.review(id), who: user, body, at, changed: pull.updated_at },
    above: covers.get(short(commit_id ?? '')) ?? run.names.root(pull.number),
    subject: `Re: ${run.name}#${pull.number}`,
    origin: `review ${id}`,
    remarks: [html_url ?? `review ${id}`, `Review: ${state.toLowerCase().replaceAll('_', ' ')}`],
  })
}

/** It counts for the commit that was seen. */
function verdictOf(
  run: Run,
  pull: Pull,
  review: Review,
  covers: ReadonlyMap<string, MessageId>,
): GitHubNote[] {
  const line = lineOf(run, review)
  if (line === null) return []
  const on = covers.get(short(review.commit_id ?? ''))
  if (on === undefined) {
    run.report.tell(
      'approved',
      `review ${review.id}`,
      `${review.state} of ${review.commit_id ?? 'no commit'}`,
    )
    return []
  }
  const { id, user, submitted_at } = review
  return [
    {
      ...{ id: run.names.verdict(id), on, title: `${run.name}#${pull.number}`, lines: [line] },
      ...{ at: submitted_at ?? pull.created_at, who: run.names.person(user) },
    },
  ]
}

function lineOf({ names }: Run, { state, user }: Review): string | null {
  const { name, address } = names.person(user)
  if (state === 'APPROVED') return `Reviewed-by: ${name} <${address}>`
  return state === 'CHANGES_REQUESTED' ? 'Patch-Status: changes-requested' : null
}
