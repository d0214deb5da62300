// What a first look finds when nothing is configured: an invented archive, and a line that sends a commit.
import { join } from 'node:path'
import type { Endpoint } from '../../base/endpoint.ts'
import { gitAddress } from '../../base/git-address.ts'
import type { List } from '../../sql/lists.ts'
import type { Database } from '../../sql/server.ts'

/** Nothing when the list holds mail already. */
export async function fillDemo(db: Database['db'], list: List): Promise<void> {
  const mail = await db.selectFrom('mail').select('seq').where('list_id', '=', list.id).limit(1).execute()
  if (mail.length > 0) return
  const { importPaths } = await import('../../ingest/import.ts')
  const silent = { show: () => {}, say: () => {}, finish: () => {} }
  const paths = [join(import.meta.dirname, '..', '..', 'ingest', 'demo.mbox')]
  await importPaths({ db, list, paths, signal: new AbortController().signal, progress: silent })
}

// Only the list is a recipient here, so git must not copy the people that a patch names; and a mail server of
// the user's own configuration must not lend us its login.
export function firstSteps({ host, port }: Endpoint): string {
  const server = `--smtp-server=${host} --smtp-server-port=${port} --smtp-encryption=none --smtp-auth=none`
  return `Threadwork tracks the list demo@localhost, which holds a small invented archive.
Send it the newest commit of any git repository:

  git send-email ${server} --suppress-cc=all --to=${gitAddress('demo@localhost')} -1

"threadwork init" writes a configuration for lists of your own. Ctrl-C ends.

`
}
