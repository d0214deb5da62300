// What became of the patches between two revisions, with the texts that a comparison needs and no others.
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { type PatchText, patchTextOf, readPatch } from '../../tracker/mail/patch-text.ts'
import { dressingOf } from '../../tracker/project/dressing.ts'
import { changedLinesOf, type PatchPair, pairPatches, wholePatches } from '../../tracker/topic/compare.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { readMails } from './mails.ts'

/** Texts are read only where neither patch-id nor title tell what a patch became. */
export async function readPairs(
  db: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  was: Revision,
  now: Revision,
): Promise<PatchPair[]> {
  const [old, own] = [wholePatches(topic.revisions, was), wholePatches(topic.revisions, now)]
  const sure = pairPatches(old, own, () => noLines)
  const left = sure.flatMap(({ change, was, now }) =>
    change === 'gone' && was ? [was] : change === 'new' && now ? [now] : [],
  )
  if (!sure.some(({ change }) => change === 'gone') || !sure.some(({ change }) => change === 'new'))
    return sure
  const texts = await readPatchTexts(db, list, left)
  const lines = new Map([...texts].map(([id, text]) => [id, changedLinesOf(text.files)]))
  return pairPatches(old, own, patch => lines.get(patch.id) ?? noLines)
}

const noLines: ReadonlySet<string> = new Set()

/** By Message-ID. */
export async function readPatchTexts(
  db: Kysely<Tables>,
  list: ListId,
  patches: readonly TopicPatch[],
): Promise<ReadonlyMap<string, PatchText>> {
  const mails = await readMails(
    db,
    list,
    patches.map(({ id }) => id),
  )
  const dressing = await dressingOf(db, list)
  return new Map([...mails].map(([id, mail]) => [id, readPatch(patchTextOf(mail, dressing))]))
}
