// The first release that contains a commit, as `git describe --contains` finds it. It is looked for of commits that
// landed something, and again when the tags of the repository change.
import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { boundedGit, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { markLanded } from './concerned.ts'
import { inOrder } from './in-order.ts'

/** Answers how many commits have another release than before. */
export async function findReleases(db: Kysely<Tables>, list: List, directory: string): Promise<number> {
  const refs = await git(directory, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags/')
  const tags = createHash('sha256').update(refs).digest('base64url')
  let changed = 0
  for (;;) {
    const { rows } = await sql<{ id: string; release: string | null }>`
      select id, release from git_commit c where list_id = ${list.id} and tags is distinct from ${tags}
        and exists (select from landing l where l.list_id = c.list_id and l.commit = c.id)
      order by at desc limit ${commitsAtOnceMax}`.execute(db)
    if (rows.length === 0) return changed
    const ids = rows.map(({ id }) => id)
    const found = refs.trim() === '' ? new Map<string, string>() : await namesOf(directory, ids)
    const other = rows.filter(({ id, release }) => release !== (found.get(id) ?? null)).map(({ id }) => id)
    await inOrder(db, list.id, async trx => {
      await sql`
        update git_commit c set release = n.release, tags = ${tags}
        from unnest(${ids}::text[], ${ids.map(id => found.get(id) ?? null)}::text[]) as n (id, release)
        where c.list_id = ${list.id} and c.id = n.id`.execute(trx)
      await markLanded(trx, list.id, other)
    })
    changed += other.length
  }
}

const commitsAtOnceMax = 1_000

/** `describe --contains` asks name-rev, which answers many at once: "1a2b... tags/v1.2~3^2". */
async function namesOf(directory: string, ids: readonly string[]): Promise<Map<string, string>> {
  const text = await boundedGit(directory, ['name-rev', '--tags', ...ids], {
    secondsMax: limits.releaseSecondsMax,
  })
  return new Map(
    text.split('\n').flatMap(line => {
      const [, id = '', name = ''] = line.match(/^([0-9a-f]{40,64}) (?:tags\/)?([^~^]+)/) ?? []
      return id === '' || name === 'undefined' ? [] : [[id, name] as const]
    }),
  )
}
