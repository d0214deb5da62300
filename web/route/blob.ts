// `/LIST/OID/s/` and `/LIST/OID/s/NAME`: what public-inbox's solver shows, as far as the followed repository has it.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { answerCostly, answerPage } from '../answer.ts'
import { blobPage, missingBlobPage } from '../page/blob.ts'
import { paths } from '../paths.ts'
import { readBlob } from '../read/blob.ts'
import type { ListRow } from '../read/located-mail.ts'

export function answerBlob(
  c: Context,
  db: Kysely<Tables>,
  list: ListRow,
  data: string | null,
): Promise<Response> {
  const name = c.req.param('oid') ?? ''
  const file = c.req.param('file')
  return answerCostly(c, ['blob', list.name, name, file ?? '', list.version], async () => {
    const blob = data === null ? null : await readBlob(db, list, name, data)
    if (blob === null) return answerPage(c, missingBlobPage(list, name), 404)
    if (file === undefined)
      return answerPage(c, blobPage(list, blob, paths.blobRaw(list.name, blob.id, blob.path)))
    return c.body(new Uint8Array(blob.bytes), 200, {
      'Content-Type': blob.bytes.includes(0) ? 'application/octet-stream' : 'text/plain; charset=UTF-8',
    })
  })
}
