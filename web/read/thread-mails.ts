// The mails of a thread as public-inbox has it: all that References and In-Reply-To join, over mails that never came, too,
// whatever topics they are in. Clusters are wider, so a thread lies within those of its mails.
import { type Kysely, sql } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { findPrimaries } from './mails.ts'

export interface ThreadMail {
  readonly key: IndexKey
  readonly id: MessageId
  /** Of its bytes. */
  readonly hash: Buffer
  /** In bytes; 0 of a purged one. */
  readonly size: number
}

/** The threads of these mails, each mail once, oldest first; of a Message-ID that was used again every text. */
export async function readThreads(
  db: Kysely<Tables>,
  list: ListId,
  keys: readonly IndexKey[],
): Promise<ThreadMail[]> {
  const rows = await readClusters(db, list, keys)
  const threads = new Threads()
  for (const { id, references } of rows) threads.join([id, ...references])
  const wanted = new Set(keys)
  const roots = new Set(rows.filter(row => wanted.has(row.key)).map(row => threads.rootOf(row.id)))
  return withoutCopies(
    db,
    list,
    // A note leads to its thread, and was never in it.
    rows.filter(row => !row.note && roots.has(threads.rootOf(row.id))),
  )
}

interface ThreadRow {
  key: IndexKey
  id: MessageId
  references: string[]
  text: string
  hash: Buffer
  size: number
  note: boolean
}

async function readClusters(
  db: Kysely<Tables>,
  list: ListId,
  keys: readonly IndexKey[],
): Promise<ThreadRow[]> {
  const { rows } = await sql<ThreadRow>`
    select f.message_key as key, d."messageId" as id, d."references", d."textHash" as text, m.raw_hash as hash, m.note,
      case when r.encoding = 'purged' then 0 else r.size end as size
    from fact f join mail m on m.list_id = f.list_id and m.seq = f.seq and not m.hidden join raw r on r.hash = m.raw_hash,
    jsonb_to_record(f.data) as d("messageId" text, "references" text[], "textHash" text)
    where f.cluster = any(array(
      select c.cluster from fact c where c.list_id = ${list} and c.message_key = any(${keys}::text[])))
    order by f.said, m.raw_hash`.execute(db)
  return rows
}

/** Of copies the one to show (mails.ts). */
async function withoutCopies(
  db: Kysely<Tables>,
  list: ListId,
  rows: readonly ThreadRow[],
): Promise<ThreadMail[]> {
  const texts = Map.groupBy(rows, row => `${row.text} ${row.key}`)
  const copied = [...texts.values()]
    .filter(({ length }) => length > 1)
    .map(([first]) => first?.id ?? ('' as MessageId))
  const shown = await findPrimaries(db, list, copied)
  return [...texts.values()].flatMap(
    copies => copies.find(({ key, hash }) => shown.get(key)?.equals(hash)) ?? copies[0] ?? [],
  )
}

/** Union-find over Message-IDs. */
class Threads {
  readonly #parents = new Map<string, string>()

  join(ids: readonly string[]): void {
    const [first, ...others] = ids
    if (first === undefined) return
    for (const other of others) this.#parents.set(this.rootOf(other), this.rootOf(first))
  }

  rootOf(id: string): string {
    let root = id
    for (
      let above = this.#parents.get(root);
      above !== undefined && above !== root;
      above = this.#parents.get(root)
    )
      root = above
    // Each mail on the way is hung below the root, or a chain of a thousand answers is walked again from each.
    for (let at = id; at !== root; ) {
      const above = this.#parents.get(at) ?? root
      this.#parents.set(at, root)
      at = above
    }
    return root
  }
}
