// The mails of one revision as they are built: of each patch the very arrival whose text the topic names by its hash, made
// into what `git am` is given, and what is known of its sender. A text that is not there any more is not built.
import { type Kysely, sql } from 'kysely'
import { type ListId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { readBytes } from '../../sql/raw.ts'
import type { BuiltMail, Tables } from '../../sql/tables.ts'
import { decodeMail } from '../decode/decode.ts'
import type { DecodedMail } from '../decode/mail.ts'
import { amHash, amText } from '../mail/am-text.ts'
import type { Dressing } from '../mail/dressing.ts'
import type { MailFacts } from '../mail/facts.ts'
import { openMail } from '../mail/opened.ts'
import { dressingOf } from '../project/dressing.ts'
import { type VerdictRow, verdictColumns, verdictOf } from '../project/verdict-row.ts'
import type { Revision, Topic } from '../topic/topic.ts'
import { imported, type Verdict } from '../topic/verdict.ts'
import type { PatchMail } from './approval.ts'

export interface PatchsetMails {
  /** In the order of the series, as `git am` is given them. */
  readonly texts: readonly string[]
  readonly mails: readonly PatchMail[]
  readonly built: readonly BuiltMail[]
  /** The words in the brackets of its subjects. */
  readonly tags: readonly string[]
  /** All of it came live, and nobody has yet to look who sent it. */
  readonly live: boolean
  readonly pending: boolean
  /** When the last of it came. */
  readonly knownAt: Date
}

/** Null while not all of it is there in the texts that the topic names: it is being read again, or was taken out of sight. */
export async function patchsetMails(
  db: Kysely<Tables>,
  list: ListId,
  topic: Pick<Topic, 'mails'>,
  { patches, cover }: Revision,
): Promise<PatchsetMails | null> {
  const rows = await arrivalsOf(db, list, [...patches.map(({ id }) => id), ...(cover ? [cover] : [])])
  const chosen = patches.flatMap(patch => {
    const all = rows.filter(({ data }) => data.messageId === patch.id && data.amHash === patch.amHash)
    const best = all.toSorted(bestFirst)[0]
    return best ? [best] : []
  })
  const head = cover ? rows.filter(({ data }) => data.messageId === cover).toSorted(bestFirst)[0] : undefined
  if (patches.length === 0 || chosen.length < patches.length || (cover !== null && !head)) return null
  const dressing = await dressingOf(db, list)
  const raws = await readBytes(
    db,
    chosen.map(row => row.raw_hash),
  )
  const astray = new Set(topic.mails.flatMap(mail => (mail.astray ? [mail.id as string] : [])))
  const texts: string[] = []
  const mails: PatchMail[] = []
  for (const row of chosen) {
    const raw = raws.get(row.raw_hash.toString('base64'))
    const given = raw && givenText(decodeMail(raw), row.data, dressing)
    if (!given) return null
    const verdict = verdictFor(row)
    texts.push(given.text)
    mails.push({
      id: row.data.messageId,
      sender: row.data.sender.address || (verdict?.identity ?? ''),
      verdict,
      covered: given.covered(verdict) && !astray.has(row.data.messageId),
    })
  }
  const all = [...chosen, ...(head ? [head] : [])]
  return {
    texts,
    mails,
    built: all.map(({ data }) => ({ id: data.messageId, hash: data.amHash ?? data.textHash })),
    tags: all.flatMap(({ data }) => data.subject.tags),
    live: all.every(row => row.live),
    pending: chosen.some(row => row.live && row.grade === null),
    knownAt: new Date(Math.max(...all.map(({ known_at }) => known_at.getTime()))),
  }
}

interface ArrivalRow extends VerdictRow {
  readonly data: MailFacts
  readonly raw_hash: Buffer
  readonly known_at: Date
  readonly live: boolean
}

async function arrivalsOf(db: Kysely<Tables>, list: ListId, ids: readonly string[]): Promise<ArrivalRow[]> {
  const keys = ids.map(id => indexKey(messageId(id)))
  const { rows } = await sql<ArrivalRow>`
    select f.data, m.raw_hash, m.known_at, m.envelope ? 'trace' as live, ${verdictColumns}
    from fact f join mail m using (list_id, seq) left join verdict v using (list_id, seq)
    where f.list_id = ${list} and f.message_key = any(${keys}::text[]) and not m.hidden`.execute(db)
  return rows
}

const grades = 'ABC'

/** Of equal texts that which is best vouched for, then the first. */
const bestFirst = (a: ArrivalRow, b: ArrivalRow): number =>
  grades.indexOf(a.grade ?? 'C') - grades.indexOf(b.grade ?? 'C') ||
  a.known_at.getTime() - b.known_at.getTime()

const verdictFor = (row: ArrivalRow): Verdict | null => verdictOf(row) ?? (row.live ? null : imported)

interface Given {
  readonly text: string
  covered(verdict: Verdict | null): boolean
}

/** Null when the mail is not read as it was when its topic was made. */
function givenText(mail: DecodedMail, facts: MailFacts, dressing: Dressing): Given | null {
  const { messageId: id } = facts
  const opened = openMail(mail, id, dressing)
  if (amHash(opened, id) !== facts.amHash) return null
  const text = amText(opened, id, dressing)
  const textOf = (of: DecodedMail) => amText(openMail(of, id, dressing), id, dressing)
  return { text, covered: verdict => !isOpenPgp(verdict) || textOf(onlySigned(mail)) === text }
}

const isOpenPgp = (verdict: Verdict | null): boolean =>
  verdict !== null && 'check' in verdict.how && verdict.how.check.method === 'OpenPGP'

/** OpenPGP may sign a part of a mail, and a diff is read from all of it. */
function onlySigned(mail: DecodedMail): DecodedMail {
  const { from, end } = mail.signed ?? { from: 0, end: 0 }
  return { ...mail, body: mail.body.split('\n').slice(from, end).join('\n'), attachedPatches: [] }
}
