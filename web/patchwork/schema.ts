// The objects of patchwork's API, field by field in the order in which they are served. What answers are made by, checked by and
// documented by. A field that is not in every version is optional, and says since when it is there.
import { z } from 'zod'

const id = z.int()
/** An address here. */
const url = z.string()
/** UTC without a zone, as patchwork writes it: `2026-03-02T09:00:00`, with six digits behind a point where there is more. */
const date = z.string().regex(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?$/)
const since11 = <T extends z.ZodType>(shape: T) => shape.optional().describe('Since 1.1.')
const since12 = <T extends z.ZodType>(shape: T) => shape.optional().describe('Since 1.2.')
const since13 = <T extends z.ZodType>(shape: T) => shape.optional().describe('Since 1.3.')
const since14 = <T extends z.ZodType>(shape: T) => shape.optional().describe('Since 1.4.')

export const patchSlugs = [
  'new',
  'under-review',
  'accepted',
  'rejected',
  'rfc',
  'not-applicable',
  'changes-requested',
  'awaiting-upstream',
  'superseded',
  'deferred',
] as const
const patchSlug = z.enum(patchSlugs)
export const checkStates = ['pending', 'success', 'warning', 'fail'] as const
const checkState = z.enum(checkStates)

const user = z.object({
  id,
  url,
  username: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  email: z.string(),
})
export type User = z.output<typeof user>

const person = z.object({ id, url, name: z.string().nullable(), email: z.string() })
export type Person = z.output<typeof person>

const personWithUser = person.extend({ user: user.nullable() })

const embeddedProject = z.object({
  id,
  url,
  name: z.string(),
  link_name: z.string(),
  list_id: z.string(),
  list_email: z.string(),
  web_url: z.string(),
  scm_url: z.string(),
  webscm_url: z.string(),
  list_archive_url: since12(z.string()),
  list_archive_url_format: since12(z.string()),
  commit_url_format: since12(z.string()),
})
export type EmbeddedProject = z.output<typeof embeddedProject>

const project = z.object({
  ...embeddedProject.omit({ list_archive_url: true, list_archive_url_format: true, commit_url_format: true })
    .shape,
  maintainers: z.array(user),
  subject_match: since11(z.string()),
  list_archive_url: since12(z.string()),
  list_archive_url_format: since12(z.string()),
  commit_url_format: since12(z.string()),
  show_dependencies: since14(z.boolean()),
})
export type Project = z.output<typeof project>

/** Ours, which patchwork's clients pass over. */
const ownOfList = z.object({
  list: z.string().describe('The list that it was posted to.'),
  topic: z.string().describe('The Message-ID of the topic.'),
  topic_url: url,
  state: z.string().describe('In our words, of which there are more than patchwork has.'),
  turn: z.string().nullable().describe('Whose turn the patchset is: author, reviewer, maintainer or nobody.'),
})
const ownOfDetail = ownOfList.extend({
  standing: z.string().describe('Where the patchset is, in a sentence.'),
  revisions: z.array(
    z.object({ version: z.int(), series: id.nullable(), state: z.string(), newest: z.boolean() }),
  ),
  bugs: z
    .array(z.object({ what: z.string(), ref: z.string() }))
    .describe('What it says that it closes or fixes.'),
  findings: z.array(
    z.object({
      on: z.string(),
      number: z.int(),
      severity: z.string(),
      file: z.string().nullable(),
      line: z.int().nullable(),
      text: z.string(),
      dismissed: z.boolean(),
    }),
  ),
  applies: z
    .object({
      outcome: z.string(),
      branch: z.string(),
      commit: z.string(),
      file: z.string().nullable(),
      text: z.string().describe('"applies to main at 1f2e..." or "needs rebase: src/wal.c".'),
    })
    .nullable()
    .describe('Whether the revision applied when it was last tried; null when it was not.'),
})
export type OwnOfDetail = z.output<typeof ownOfDetail>
const own = z.union([ownOfDetail, ownOfList])
export type Own = z.output<typeof own>

const embeddedSeries = z.object({
  id,
  url,
  web_url: since11(url),
  date,
  name: z.string().nullable(),
  version: z.int(),
  mbox: url,
})
export type EmbeddedSeries = z.output<typeof embeddedSeries>

const embeddedMail = z.object({
  id,
  url,
  web_url: since11(url),
  msgid: z.string(),
  list_archive_url: since12(url.nullable()),
  date,
  name: z.string(),
  mbox: url.optional().describe('Of a cover letter since 1.1.'),
})
export type EmbeddedMail = z.output<typeof embeddedMail>

const patch = z.object({
  id,
  url,
  web_url: since11(url),
  project: embeddedProject,
  msgid: z.string(),
  list_archive_url: since12(url.nullable()),
  date,
  name: z.string(),
  commit_ref: z.string().nullable(),
  pull_url: z.string().nullable(),
  state: patchSlug,
  archived: z.boolean(),
  hash: z.string().nullable(),
  submitter: person,
  delegate: user.nullable(),
  mbox: url,
  series: z.array(embeddedSeries),
  comments: since11(url),
  check: checkState,
  checks: url,
  tags: z.object({}),
  related: since12(z.array(embeddedMail)),
  threadwork: own,
})
export type Patch = z.output<typeof patch>

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
export type Headers = z.output<typeof headers>

const patchDetail = patch.extend({
  headers,
  content: z.string(),
  diff: z.string().nullable(),
  prefixes: z.array(z.string()),
})
export type PatchDetail = z.output<typeof patchDetail>

const series = z.object({
  id,
  url,
  web_url: since11(url),
  project: embeddedProject,
  name: z.string().nullable(),
  date,
  submitter: person,
  version: z.int(),
  total: z.int(),
  received_total: z.int(),
  received_all: z.boolean(),
  mbox: url,
  cover_letter: embeddedMail.nullable(),
  patches: z.array(embeddedMail),
  dependencies: since14(z.array(url)),
  dependents: since14(z.array(url)),
  threadwork: own,
})
export type Series = z.output<typeof series>

const cover = z.object({
  id,
  url,
  web_url: since11(url),
  project: embeddedProject,
  msgid: z.string(),
  list_archive_url: since12(url.nullable()),
  date,
  name: z.string(),
  submitter: person,
  mbox: since11(url),
  series: z.array(embeddedSeries),
  comments: since11(url),
  threadwork: ownOfList,
})
export type Cover = z.output<typeof cover>

const coverDetail = cover.extend({ headers, content: z.string() })
export type CoverDetail = z.output<typeof coverDetail>

const comment = z.object({
  id,
  url: since13(url),
  web_url: url,
  msgid: z.string(),
  list_archive_url: since12(url.nullable()),
  date,
  subject: z.string(),
  submitter: person,
  content: z.string(),
  headers,
  addressed: since13(z.boolean().nullable()),
})
export type Comment = z.output<typeof comment>

const check = z.object({
  id,
  url,
  user,
  date,
  state: checkState,
  target_url: z.string().nullable(),
  context: z.string(),
  description: z.string().nullable(),
})
export type Check = z.output<typeof check>

export const eventCategories = [
  'cover-created',
  'patch-created',
  'patch-completed',
  'patch-state-changed',
  'patch-delegated',
  'check-created',
  'series-created',
  'series-completed',
  'cover-comment-created',
  'patch-comment-created',
] as const
export type EventCategory = (typeof eventCategories)[number]

const embeddedComment = embeddedMail.omit({ name: true, mbox: true })
const embeddedCheck = check.omit({ user: true, description: true })
const event = z.object({
  id,
  category: z.enum(eventCategories),
  project: embeddedProject,
  date,
  actor: since12(user.nullable()),
  payload: z
    .object({
      patch: embeddedMail,
      cover: embeddedMail,
      series: embeddedSeries,
      comment: embeddedComment,
      check: embeddedCheck,
      previous_state: patchSlug,
      current_state: patchSlug,
      previous_delegate: user.nullable(),
      current_delegate: user.nullable(),
    })
    .partial(),
})
export type Event = z.output<typeof event>

const index = z.object({
  projects: url,
  users: url,
  people: url,
  patches: url,
  covers: url,
  series: url,
  events: url,
  bundles: url,
})

/** By the names that the document has for them. */
export const patchworkSchemas = {
  Index: index,
  User: user,
  Person: personWithUser,
  Project: project,
  Patch: patch,
  PatchDetail: patchDetail,
  Series: series,
  Cover: cover,
  CoverDetail: coverDetail,
  Comment: comment,
  Check: check,
  Event: event,
}
