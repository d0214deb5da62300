// `/LIST/MESSAGE-ID/d/`: the texts that came with one Message-ID, compared.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { arrivalsOf } from '../../sql/log.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerCostly, answerPage } from '../answer.ts'
import { type Text, textsPage } from '../page/texts.ts'
import type { LocatedMail } from '../read/located-mail.ts'

export async function answerTexts(
  c: Context,
  db: Kysely<Tables>,
  { list, id, key }: LocatedMail,
): Promise<Response> {
  const arrivals = await arrivalsOf(db, list.id, key)
  const compared = arrivals.slice(0, limits.textsComparedMax).map(({ raw_hash }) => raw_hash)
  return answerCostly(c, ['texts', list.name, ...arrivals.map(({ seq }) => seq)], async () => {
    const texts: Text[] = []
    for await (const [hash, bytes] of rawBytes(db, compared))
      texts.push({ hash: Buffer.from(hash, 'base64').toString('hex'), bytes })
    return answerPage(c, textsPage(list, id, texts, arrivals.length - texts.length))
  })
}
