// What must hold for mails in the log and on the pages: every mail is in one topic and on its page, as it came in
// `/raw`, and no byte of it is markup.
import type { Kysely } from 'kysely'
import { indexKey } from '../../base/key.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { exportState } from '../../tracker/export/state.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { paths } from '../../web/paths.ts'

/** Puts the mails into a list of their own; a sentence that says what failed, null when all is well. */
export async function checkPages(
  db: Kysely<Tables>,
  name: string,
  mails: readonly Buffer[],
): Promise<string | null> {
  const [list] = await saveLists(db, [{ name, address: `${name}@lists.example.org` }])
  if (!list) throw new Error('No list was saved')
  const appended = await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope: { road: 'test' } })),
  )
  let trouble: string | null = null
  const log = {
    info: () => {},
    warn: () => {},
    error: (fields: object, text: string) => {
      trouble ??= `${text}: ${JSON.stringify(fields, (_, value) => (value instanceof Error ? value.stack : value))}`
    },
  }
  await sortAll(db, list.id, undefined, log as unknown as Parameters<typeof sortAll>[3])
  if (trouble !== null) return trouble
  const keys = [...new Set(appended.map(({ messageId }) => indexKey(messageId)))]
  const placed = await db
    .selectFrom('topic_mail')
    .select('message_key')
    .where('list_id', '=', list.id)
    .execute()
  if (placed.length !== keys.length)
    return `${placed.length} mails have a topic, but ${keys.length} were sent`
  for await (const line of exportState(db, list.id, { numbers: true })) JSON.parse(line)

  const app = makeApp({
    db,
    onError: (error, path) => {
      trouble ??= `${path} throws: ${error.stack}`
    },
  })
  const addresses = [paths.list(name), paths.bugs(name), paths.topics(name, 'all'), paths.search(name, 'the')]
  for (const { messageId } of appended)
    addresses.push(paths.mail(name, messageId), paths.thread(name, messageId))
  for (const address of addresses) {
    const response = await app.request(address)
    const wrong =
      trouble ?? (response.status === 200 ? markupIn(await response.text()) : `status ${response.status}`)
    if (wrong !== null) return `${address}: ${wrong}`
  }
  for (const { messageId } of appended) {
    const raw = await app.request(paths.raw(name, messageId))
    if (raw.status !== 200) return `${paths.raw(name, messageId)}: status ${raw.status}`
    const mbox = await app.request(paths.mbox(name, messageId))
    if (mbox.status !== 200) return `${paths.mbox(name, messageId)}: status ${mbox.status}`
  }
  return null
}

/** Looks for the mark of `mutate.ts` that broke out, and for addresses that run something. */
function markupIn(page: string): string | null {
  const found =
    /<x-mark|"(?:>|&gt;)(?:<|&lt;)x-mark|<script|="(?:javascript|data|vbscript):|\son[a-z]{3,20}="/i.exec(
      page,
    )
  if (found) return `unescaped: ${page.slice(Math.max(0, found.index - 100), found.index + 100)}`
  const invisible = /[\u202a-\u202e\u2066-\u2069\0]/.exec(page)
  return invisible
    ? `an invisible character: ${JSON.stringify(page.slice(invisible.index - 60, invisible.index + 20))}`
    : null
}
