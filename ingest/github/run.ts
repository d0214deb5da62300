// An import under way: what its steps share.
import type { Kysely } from 'kysely'
import type { z } from 'zod'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Names } from './names.ts'
import type { Comment, Issue, Pull } from './objects.ts'
import type { GitHubReport } from './report.ts'
import type { GitHubSource } from './source.ts'
import { hashOfText, mailTextOf } from './text.ts'
import type { Wanted } from './write-mails.ts'

export interface GitHubImport {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly source: GitHubSource
  /** OWNER/REPO. */
  readonly repository: string
  /** Of files that are read to their end; an import of them begins anew. */
  readonly saved: string | null
  /** A repository of git that may have the commits of its pull requests. */
  readonly git: string | null
  readonly report: GitHubReport
  readonly say: (sentence: string) => void
}

export type Run = GitHubImport & {
  /** OWNER/REPO as it was when it was first imported: Message-IDs are made of it. */
  readonly name: string
  /** All names it is known by, in lower case. */
  readonly aliases: ReadonlySet<string>
  readonly names: Names
  /** Those that had another standing, to look at them again when all is done. */
  readonly noted: { readonly issues: Map<number, Issue>; readonly pulls: Map<number, Pull> }
}

/** Those that are of the repository; the others are told. */
export function readAll<T>(run: Run, what: string, schema: z.ZodType<T>, items: readonly unknown[]): T[] {
  return items.flatMap(item => {
    const read = schema.safeParse(item)
    const address = addressIn(item)
    const id = (item as { number?: unknown; id?: unknown } | null)?.[
      what === 'issue' || what === 'pull request' ? 'number' : 'id'
    ]
    if (read.success && run.aliases.has(address.toLowerCase())) return [read.data]
    const [issue] = read.error?.issues ?? []
    const why = issue ? `${issue.path.join('.')}: ${issue.message}` : `it is of ${address || 'no repository'}`
    run.report.tell('strange', `${what} ${String(id)}`, why)
    return []
  })
}

/** OWNER/REPO in the first address that an object has. */
export function addressIn(item: unknown): string {
  const { html_url, issue_url, pull_request_url, url } = (item ?? {}) as Record<string, unknown>
  const address = [html_url, issue_url, pull_request_url, url].find(one => typeof one === 'string') ?? ''
  return /([^/]{1,100}\/[^/]{1,100})\/(?:issues|pull|pulls)\//.exec(address)?.[1] ?? ''
}

export const reacted = (reactions: readonly string[]) =>
  reactions.length === 0 ? [] : [`Reactions: ${reactions.join(', ')}`]

export const wasEdited = ({
  edited,
  created_at,
  updated_at,
}: Pick<Comment, 'edited' | 'created_at' | 'updated_at'>) => edited || updated_at > created_at

export interface Text {
  readonly id: Wanted['mail']['id']
  readonly above: Wanted['mail']['id'] | null
  readonly who: string | null
  readonly subject: string
  readonly body: string
  readonly at: number
  readonly changed: number
  readonly origin: string
  readonly remarks: readonly string[]
  /** Above the text: what it speaks of. */
  readonly lead?: string
}

export function wantedOf(run: Run, text: Text): Wanted {
  const { id, above, who, subject, at, changed, origin } = text
  const hash = hashOfText(text.body)
  const mail = {
    ...{ id, above, subject, at, to: run.list.address, from: run.names.person(who) },
    text: `${text.lead ?? ''}${mailTextOf(text, run.name, run.names.root)}`,
    origin: `${origin} ${hash}`,
  }
  const edited = (now: string) => ({
    ...mail,
    ...{ id: run.names.edit(id, now), above: id, at: changed, origin: `edited ${origin} ${now}` },
    subject: `Re: ${subject.replace(/^Re: /, '')}`,
    text: `Edited since; now it says:\n\n${mail.text}`,
  })
  return { mail, edited, hash }
}
