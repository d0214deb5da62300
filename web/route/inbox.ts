// `/LIST/git/0.git`: the log of a list for git, as a public-inbox of one repository an epoch, and the manifests by which
// public-inbox-clone, public-inbox-fetch and grokmirror find them.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Context, Hono } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { epochDirectory, inboxDirectory } from '../../tracker/export/inbox.ts'
import { inboxBranch, readWritten } from '../../tracker/export/inbox-epoch.ts'
import { notesDirectory } from '../../tracker/export/notes-inbox.ts'
import { findListRow, type ListRow } from '../read/located-mail.ts'
import { type Find, type GitServer, tellAgain } from './git.ts'

interface Inboxes {
  readonly db: Kysely<Tables>
  /** The data directory. */
  readonly data: string
}

/** Before what only reads: git asks by POST, too. `/LIST/0` is public-inbox's other name for `/LIST/git/0.git`. */
export function addInboxes(app: Hono, server: GitServer, inboxes: Inboxes): void {
  const epoch = server(findEpoch(inboxes))
  app.route('/:list/git/:epoch{\\d{1,6}\\.git}', epoch)
  app.route('/:list/git/notes.git', server(findNotes(inboxes)))
  app.route('/:list/:epoch{\\d{1,6}}', epoch)
}

const findNotes =
  ({ db, data }: Inboxes): Find =>
  async c => {
    const list = await findListRow(db, c.req.param('list') ?? '')
    if (!list?.git) return null
    const directory = notesDirectory(inboxDirectory(data, list.name))
    return (await readWritten(directory)) && { offer: { directory, isOffered: ref => ref === inboxBranch } }
  }

const findEpoch =
  ({ db, data }: Inboxes): Find =>
  async c => {
    const list = await findListRow(db, c.req.param('list') ?? '')
    if (!list?.git) return null
    const number = Number.parseInt(c.req.param('epoch') ?? '', 10)
    const directory = epochDirectory(inboxDirectory(data, list.name), number)
    const written = await readWritten(directory)
    if (written === null) return null
    if (written.rewriting) return tellAgain(c, 'A mail is being taken out of this repository')
    return { offer: { directory, isOffered: ref => ref === inboxBranch } }
  }

interface ManifestEntry {
  readonly owner: null
  readonly reference: null
  readonly description: string
  /** Seconds. */
  readonly modified: number
  readonly fingerprint: string
}

/** grokmirror(1): what there is, by its path on the server, and whether it changed. */
export async function answerManifest(
  c: Context,
  lists: readonly ListRow[],
  data: string | null,
): Promise<Response> {
  const offered = data === null ? [] : lists.filter(list => list.git)
  const entries = (await Promise.all(offered.map(list => entriesOf(list, data ?? '')))).flat()
  const newest = Math.max(0, ...entries.map(([, { modified }]) => modified))
  return c.body(new Uint8Array(gzipSync(JSON.stringify(Object.fromEntries(entries)))), 200, {
    'Content-Type': 'application/gzip',
    'Last-Modified': new Date(newest * 1_000).toUTCString(),
  })
}

async function entriesOf({ name, description }: ListRow, data: string): Promise<[string, ManifestEntry][]> {
  const entries: [string, ManifestEntry][] = []
  for (let epoch = 0; ; epoch++) {
    const written = await readWritten(epochDirectory(inboxDirectory(data, name), epoch))
    if (written === null) return entries
    const { commit, modified, rewriting } = written
    if (commit === null || rewriting) continue
    // As `git show-ref` would be hashed.
    const fingerprint = createHash('sha1').update(`${commit} ${inboxBranch}\n`).digest('hex')
    const told = { owner: null, reference: null, description: `${description || name} [epoch ${epoch}]` }
    entries.push([`/${name}/git/${epoch}.git`, { ...told, modified, fingerprint }])
  }
}
