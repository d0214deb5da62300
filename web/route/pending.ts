// `/LIST/pending.json`: what waits for results, as docs/ci.md describes it.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readPending } from '../read/pending.ts'

/** `url`: where the world sees the pages; without it the addresses are paths. */
export async function answerPending(
  c: Context,
  db: Kysely<Tables>,
  { id, name }: ListRow,
  url: string,
): Promise<Response> {
  const revisions = await readPending(db, id)
  return c.json({
    list: name,
    git: `${url}/-/git/ci.git`,
    revisions: revisions.map(
      ({ number, state, topic, title, version, digest, mails, ref, commit, base, since }) => ({
        build: Number(number),
        state,
        topic,
        title,
        version,
        digest,
        mails: mails.map(mail => mail.id),
        ref,
        commit,
        base,
        mbox: `${url}${paths.mbox(name, topic)}`,
        since: since.toISOString(),
      }),
    ),
  })
}
