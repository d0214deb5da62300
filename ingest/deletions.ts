// What an archive says beside its mails: that it took one out, or brought one back. It is done here, too, but what an operator
// decided stands.
import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type ListId, listId, messageId } from '../base/ids.ts'
import type { List } from '../sql/lists.ts'
import type { Appended } from '../sql/log.ts'
import { hashArray } from '../sql/raw.ts'
import type { Tables } from '../sql/tables.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'
import { hide, unhide } from '../tracker/project/moderate.ts'
import type { SourceItem } from './source/source.ts'

/** The deletions of one source while it is read. `resumed`: what it deleted was read before. */
export class Deletions {
  readonly #db: Kysely<Tables>
  readonly #resumed: boolean
  readonly #met = new Set<string>()

  constructor(db: Kysely<Tables>, resumed: boolean) {
    this.#db = db
    this.#resumed = resumed
  }

  /** Of these items: takes out of sight the same bytes, or, when they came in other dress, the same id. Answers how many it hid. */
  async hide(items: readonly SourceItem[], homes: readonly (readonly List[])[]): Promise<number> {
    let hidden = 0
    for (const [index, item] of items.entries()) {
      if (item.kind !== 'deleted') continue
      const stone = {
        messageId: messageIdOf(item.bytes).id,
        who: 'archive',
        reason: `deleted in the archive ${item.at}`,
      }
      const hash = createHash('sha256').update(item.bytes).digest()
      for (const { id: list } of homes[index] ?? []) {
        this.#met.add(stone.messageId)
        const these = await hide(this.#db, { ...stone, list, hash })
        const { changed } = these.lists.length > 0 ? these : await hide(this.#db, { ...stone, list })
        hidden += changed
      }
    }
    return hidden
  }

  /** Of these mails shows again what the archive deleted once and has again. Of one that is read from its start only behind the deletion. */
  async show(
    mails: readonly { list: ListId; bytes: Buffer }[],
    appended: readonly Appended[],
  ): Promise<void> {
    const known = mails.flatMap(({ list, bytes }, at) => {
      const { fresh, messageId: id } = appended[at] as Appended
      return !fresh && (this.#resumed || this.#met.has(id))
        ? [{ list, hash: createHash('sha256').update(bytes).digest() }]
        : []
    })
    if (known.length === 0) return
    const { rows } = await sql<{ list: number; id: string }>`
      select distinct m.list_id as list, m.message_id as id
      from unnest(${known.map(({ list }) => list)}::integer[], ${hashArray(known)}::bytea[]) as k (list_id, raw_hash)
        join mail m on m.list_id = k.list_id and m.raw_hash = k.raw_hash and m.hidden
        join tombstone t on t.list_id = m.list_id and t.message_key = m.message_key
      where t.who = 'archive' and t.lifted_at is null and not exists (
        select from tombstone o where o.message_key = m.message_key and o.lifted_at is null
          and (o.who <> 'archive' or o.kind = 'purged') and (o.list_id is null or o.list_id = m.list_id))`.execute(
      this.#db,
    )
    for (const { list, id } of rows)
      await unhide(this.#db, {
        ...{ list: listId(list), messageId: messageId(id) },
        ...{ who: 'archive', reason: 'is in the archive again' },
      })
  }
}
