// What GitHub's REST API hands out, as far as an import reads it, and `gh ... --json`, which has the same things under other names.
// What does not fit is left out of the import and told.
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'

const id = z.int().nonnegative()
const text = (max: number) => z.string().transform(value => toStorableText(value.slice(0, max)))
const body = text(limits.githubTextCharactersMax)
  .nullish()
  .transform(value => value ?? '')

const date = z.string().transform((value, ctx) => {
  const at = Date.parse(value)
  if (Number.isNaN(at)) ctx.issues.push({ code: 'custom', message: 'no date', input: value })
  return at
})

/** Null is somebody whose account is gone. */
const user = z
  .object({ login: text(100) })
  .nullish()
  .catch(null)
  .transform(value => value?.login ?? null)

const reactions = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform(counts =>
    Object.entries(counts ?? {}).flatMap(([name, count]) =>
      typeof count === 'number' && count > 0 && name !== 'total_count' ? [`${count} ${name}`] : [],
    ),
  )

const label = z
  .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
  .transform(name => toStorableText(name.slice(0, 100)))

const milestone = z
  .object({ title: text(200) })
  .nullish()
  .transform(value => value?.title ?? null)

const url = text(1_000).nullish()

/** What issues and pull requests both have. */
const opened = {
  number: id,
  title: text(limits.subjectCharactersMax),
  body,
  user,
  created_at: date,
  updated_at: date,
  closed_at: date.nullish(),
}

const issue = z.object({
  ...opened,
  closed_by: user,
  state: z.enum(['open', 'closed']),
  state_reason: z.string().nullish(),
  labels: z.array(label).catch([]),
  assignees: z.array(user).catch([]),
  milestone,
  type: z
    .object({ name: text(100) })
    .nullish()
    .catch(null),
  html_url: url,
  reactions,
  pull_request: z.unknown().optional(),
})
export type Issue = z.output<typeof issue>

const comment = z.object({
  id,
  body,
  user,
  created_at: date,
  updated_at: date,
  html_url: url,
  issue_url: z.string(),
  reactions,
  /** As gh has it, which does not say when. */
  edited: z.boolean().catch(false),
  minimized: z
    .object({ reason: text(100).nullish() })
    .nullish()
    .catch(null)
    .transform(value => (value ? (value.reason ?? 'hidden') : null)),
})
export type Comment = z.output<typeof comment>

const event = z.object({
  id,
  event: text(100),
  actor: user,
  created_at: date,
  commit_id: z.string().nullish(),
  state_reason: z.string().nullish(),
  label: z.object({ name: label }).nullish(),
  milestone,
  assignee: user,
  rename: z
    .object({ from: text(limits.subjectCharactersMax), to: text(limits.subjectCharactersMax) })
    .nullish(),
  issue: z.object({
    number: id,
    user,
    pull_request: z.object({ merged_at: z.string().nullish() }).nullish().catch({}),
  }),
})
export type IssueEvent = z.output<typeof event>

const sha = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .nullish()
  .catch(null)

const pull = z.object({
  ...opened,
  merged_at: date.nullish(),
  merge_commit_sha: sha,
  state: z.enum(['open', 'closed']),
  draft: z.boolean().nullish(),
  assignees: z.array(user).catch([]),
  html_url: url,
  head: z.object({ sha, label: text(300).nullish() }),
  base: z.object({ sha, ref: text(300).nullish() }),
})
export type Pull = z.output<typeof pull>

const review = z.object({
  id,
  user,
  body,
  state: text(50),
  commit_id: sha,
  submitted_at: date.nullish(),
  html_url: url,
  pull_request_url: z.string(),
})
export type Review = z.output<typeof review>

const remark = z.object({
  id,
  user,
  body,
  path: text(4_000),
  diff_hunk: text(20_000).catch(''),
  line: z.int().nullish(),
  original_line: z.int().nullish(),
  original_commit_id: sha,
  in_reply_to_id: id.nullish(),
  created_at: date,
  updated_at: date,
  html_url: url,
  pull_request_url: z.string(),
  reactions,
})
/** A comment on a line of a diff. */
export type Remark = z.output<typeof remark>

const repository = z.object({ id, full_name: z.string() })

export const objects = { issue, comment, event, pull, review, remark, repository }

/** `.../issues/12` or `.../issues/12#issuecomment-1` -> 12; null for anything else. */
export function numberIn(address: string): number | null {
  const [, digits] = /\/(?:issues|pull|pulls)\/(\d{1,15})(?:[/#?]|$)/.exec(address) ?? []
  return digits === undefined ? null : Number(digits)
}
