// `/LIST/MESSAGE-ID/am.mbox`: the patches of one revision in their order, each with the trailers given since, for
// `git am`.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { indexKey } from '../../base/key.ts'
import { readBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { wholePatches } from '../../tracker/topic/compare.ts'
import { givenSince } from '../../tracker/topic/given-trailers.ts'
import type { Revision, Topic } from '../../tracker/topic/topic.ts'
import { answerFresh } from '../answer.ts'
import { amMail } from '../archive/am-mail.ts'
import { fileName } from '../archive/file-name.ts'
import type { ListRow, LocatedMail } from '../read/located-mail.ts'
import { findPrimaries } from '../read/mails.ts'
import { readTopic } from '../read/topic.ts'
import { revisionAt, versionsOf } from './mail.ts'

/** Of a mail that heads no revision and is no patch the newest one. */
export function answerAmMbox(c: Context, db: Kysely<Tables>, located: LocatedMail): Promise<Response> {
  const { list, id, topic: at } = located
  return answerFresh(c, ['am', ...versionsOf(located)], async () => {
    const topic = at && (await readTopic(db, list.id, at.key))
    const revision = topic && (revisionAt(topic, id) ?? topic.revisions.at(-1))
    const body = topic && revision ? await mboxOf(db, list, topic, revision) : null
    if (!revision || !body) return c.text('This mail is of no patchset that could be applied.\n', 404)
    const name = `v${revision.version} ${revision.title}`
    return c.body(new Uint8Array(body), 200, {
      'Content-Type': 'application/mbox',
      'Content-Disposition': `attachment; filename=${fileName(name).replace(/\.txt$/, '')}.mbox`,
    })
  })
}

/** Null when it has no patches, or not the bytes of each: half a series is none. */
async function mboxOf(
  db: Kysely<Tables>,
  list: ListRow,
  topic: Topic,
  revision: Revision,
): Promise<Buffer | null> {
  const patches = wholePatches(topic.revisions, revision)
  const ids = patches.map(patch => patch.id)
  const primaries = await findPrimaries(db, list.id, ids)
  const hashes = patches.flatMap(patch => primaries.get(indexKey(patch.id)) ?? [])
  if (patches.length === 0 || hashes.length < patches.length) return null
  const bytes = await readBytes(db, hashes)
  const mails = patches.flatMap((patch, at) => {
    const raw = bytes.get(hashes[at]?.toString('base64') ?? '')
    if (raw === undefined) return []
    const trailers = givenSince(topic, revision, patch)
    return [amMail({ id: patch.id, author: patch.author, mail: decodeMail(raw), raw, trailers })]
  })
  return mails.length < patches.length ? null : Buffer.concat(mails)
}
