// A person on a list in our own API: all addresses that are known as theirs, the roles, what was posted, and what waits for them.
import { type Kysely, sql } from 'kysely'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { peopleOf } from '../../tracker/project/people.ts'
import { type Mailmap, mappedPerson } from '../../tracker/topic/mailmap.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readTopicRun, type TopicChoice } from '../read/topic-rows.ts'
import type { WholePerson } from './schema.ts'
import { topicLine } from './topic-line.ts'

type Database = Kysely<Tables>

/** Null for somebody without a role who never posted a patch nor answered one. */
export async function readPerson(
  db: Database,
  origin: string,
  list: ListRow,
  asked: string,
): Promise<WholePerson | null> {
  const { mailmap } = await peopleOf(db, list.id)
  const { address, addresses } = addressesOf(list, mailmap, asked.toLowerCase())
  const entries = list.people.filter(one => addresses.includes(one.address))
  const posted = await readPosted(db, list, addresses)
  const name = entries[0]?.name || posted.name
  if (entries.length === 0 && name === null) return null
  const lines = async (choice: Pick<TopicChoice, 'authors' | 'delegates' | 'turn'>) =>
    (
      await readTopicRun(db, list.id, { kind: 'patchset', open: true, limit: limits.apiPageItems, ...choice })
    ).rows.map(row => topicLine(origin, list.name, row))
  return {
    name: name ?? '',
    address,
    addresses,
    roles: entries.map(({ role, paths }) => ({ role, paths: [...paths] })),
    counts: posted.counts,
    to_answer: await lines({ authors: addresses, turn: 'author' }),
    delegated: await lines({ delegates: addresses }),
  }
}

/** `address`: the one that stands for the others. */
function addressesOf(
  { people }: ListRow,
  mailmap: Mailmap,
  asked: string,
): { address: string; addresses: string[] } {
  const entry = people.find(one => one.address === asked || (one.aliases ?? []).includes(asked))
  const meant = mappedPerson({ name: entry?.name ?? '', address: entry?.address ?? asked }, mailmap).address
  const mapped = mailmap.flatMap(line =>
    line.person.address === meant && line.name === null ? [line.address] : [],
  )
  const address = entry?.address ?? meant
  return { address, addresses: [...new Set([address, meant, asked, ...(entry?.aliases ?? []), ...mapped])] }
}

interface Posted {
  /** As the newest mail has it; null when there is none. */
  readonly name: string | null
  readonly counts: WholePerson['counts']
}

async function readPosted(db: Database, list: ListRow, addresses: readonly string[]): Promise<Posted> {
  const { rows } = await sql<WholePerson['counts'] & { name: string | null }>`
    select count(*) filter (where i.kind = 'series')::int as revisions,
      count(*) filter (where i.kind = 'patch')::int as patches,
      count(*) filter (where i.kind = 'patch' and i.state = 'accepted')::int as accepted,
      count(*) filter (where i.kind in ('patch-comment', 'cover-comment'))::int as comments,
      (array_agg(i.data->'who'->>'name' order by i.known_at desc))[1] as name
    from api_item i where i.list_id = ${list.id} and i.person in (
      select id from api_person where person = any(${addresses.map(one => indexKey(one))}::text[]))`.execute(
    db,
  )
  const { name = null, ...counts } = rows[0] ?? { revisions: 0, patches: 0, accepted: 0, comments: 0 }
  return { name, counts }
}
