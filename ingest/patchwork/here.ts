// How patches stand here, as rows beside what patchwork says of them.
import { type Kysely, sql } from 'kysely'
import { type IndexKey, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { isNoteOf } from './notes.ts'
import type { Patch } from './objects.ts'

export interface PatchHere {
  readonly state: string | null
  readonly archived: boolean
  /** An address. */
  readonly delegate: string | null
  /** What all its checks say together; as in patchwork `pending` where there is none. */
  readonly checked: string
}

/** Those that are patches here. */
export async function patchesHere(
  db: Kysely<Tables>,
  list: List,
  patches: readonly Patch[],
): Promise<ReadonlyMap<Patch, PatchHere>> {
  const { rows } = await sql<PatchHere & { key: IndexKey }>`
    select message_key as key, state, archived, data->'to'->>'address' as delegate, coalesce(checked, 'pending') as checked
    from api_item where list_id = ${list.id} and kind = 'patch' and message_key = any(${patches.map(keyOf)}::text[])`.execute(
    db,
  )
  const byKey = new Map(rows.map(row => [row.key, row]))
  return new Map(
    patches.flatMap(patch => {
      const row = byKey.get(keyOf(patch))
      return row === undefined ? [] : [[patch, row] as const]
    }),
  )
}

const keyOf = ({ msgid }: Patch): IndexKey => indexKey(messageId(msgid))

/** Of these patches the ones whose state no mail has decided since: that patchwork has another one is news. */
export async function undecided(
  db: Kysely<Tables>,
  list: List,
  patches: readonly Patch[],
): Promise<ReadonlySet<Patch>> {
  const { rows } = await sql<{ key: IndexKey; data: Decided }>`
    select i.message_key as key, t.data from api_item i join topic t on t.list_id = i.list_id and t.id_key = i.topic_key
    where i.list_id = ${list.id} and i.kind = 'patch' and i.message_key = any(${patches.map(keyOf)}::text[])`.execute(
    db,
  )
  const byKey = new Map(rows.map(({ key, data }) => [key, data]))
  return new Set(
    patches.filter(patch => {
      const topic = byKey.get(keyOf(patch))
      return topic !== undefined && !isDecided(patch, topic)
    }),
  )
}

type Decided = Pick<Topic, 'revisions' | 'history'>

/**
 * A commit decides, and so does any live mail. Of the archive's mails it is a word that came behind patchwork's own: that a newer
 * revision was posted is none, as patchwork goes by no revisions.
 */
function isDecided({ msgid, id }: Patch, { revisions, history }: Decided): boolean {
  const mail = messageId(msgid)
  const patch = revisions.flatMap(revision => revision.patches).find(one => one.id === mail)
  const by = patch?.stateBy ?? revisions.find(({ cover }) => cover === mail)?.stateBy ?? null
  if (by === null) return false
  const did = history.findLast(change => change.mail === by && change.effect)
  if (did?.commit || did?.vouch?.grade !== 'I') return true
  const told = history.findLast(
    ({ mail: note, what, vouch }) =>
      what === 'Patch-Status' && vouch?.how.code === 'brought' && isNoteOf(note, id),
  )
  return told !== undefined && did.what !== 'superseded' && did.said > told.said
}
