// `/LIST/MESSAGE-ID/am.mbox`: the patches of one revision in their order, each with the trailers given since, for
// `git am`.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { indexKey } from '../../base/key.ts'
import { readBytes, sizesOf } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { wholePatches } from '../../tracker/topic/compare.ts'
import { givenSince } from '../../tracker/topic/given-trailers.ts'
import type { Revision, Topic } from '../../tracker/topic/topic.ts'
import { answerFresh } from '../answer.ts'
import { amMail } from '../archive/am-mail.ts'
import { fileName } from '../archive/file-name.ts'
import { answerLarge } from '../large.ts'
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
    const patches = topic && revision ? await patchesOf(db, list, topic, revision) : null
    if (!topic || !revision || !patches)
      return c.text('This mail is of no patchset that could be applied.\n', 404)
    const { all } = await sizesOf(
      db,
      patches.map(({ hash }) => hash),
    )
    return answerLarge(c, all, async () => {
      const body = await mboxOf(db, topic, revision, patches)
      if (!body) return c.text('This mail is of no patchset that could be applied.\n', 404)
      const name = `v${revision.version} ${revision.title}`
      return c.body(new Uint8Array(body), 200, {
        'Content-Type': 'application/mbox',
        'Content-Disposition': `attachment; filename=${fileName(name).replace(/\.txt$/, '')}.mbox`,
      })
    })
  })
}

interface HashedPatch {
  readonly patch: ReturnType<typeof wholePatches>[number]
  readonly hash: Buffer
}

/** Null when it has none, or not each of them: half a series is none. */
async function patchesOf(
  db: Kysely<Tables>,
  list: ListRow,
  topic: Topic,
  revision: Revision,
): Promise<HashedPatch[] | null> {
  const patches = wholePatches(topic.revisions, revision)
  const ids = patches.map(patch => patch.id)
  const primaries = await findPrimaries(db, list.id, ids)
  const hashed = patches.flatMap(patch => {
    const hash = primaries.get(indexKey(patch.id))
    return hash ? [{ patch, hash }] : []
  })
  return patches.length === 0 || hashed.length < patches.length ? null : hashed
}

/** Null when the bytes of one are gone. */
async function mboxOf(
  db: Kysely<Tables>,
  topic: Topic,
  revision: Revision,
  patches: readonly HashedPatch[],
): Promise<Buffer | null> {
  const bytes = await readBytes(
    db,
    patches.map(({ hash }) => hash),
  )
  const mails = patches.flatMap(({ patch, hash }) => {
    const raw = bytes.get(hash.toString('base64'))
    if (raw === undefined) return []
    const trailers = givenSince(topic, revision, patch)
    return [amMail({ id: patch.id, author: patch.author, mail: decodeMail(raw), raw, trailers })]
  })
  return mails.length < patches.length ? null : Buffer.concat(mails)
}
