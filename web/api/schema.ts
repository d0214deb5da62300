// The objects of our own API, in our own words (HACKING.md has them). Times are ISO 8601 in UTC, ids are Message-IDs without brackets.
import { z } from 'zod'

const id = z.string().describe('A Message-ID without angle brackets.')
const time = z.string().describe('ISO 8601, in UTC.')
const url = z.string()

const person = z.object({ name: z.string(), address: z.string() })

const mailLine = z.object({
  id,
  parent: id.nullable().describe('What it answers in its topic; it may be a mail that never came.'),
  subject: z.string(),
  author: person,
  said: time,
  role: z.enum(['cover', 'patch', 'pull-request', 'reply', 'report', 'note']),
  gist: z.string().describe('The first words of what it says.'),
})

const mail = z.object({
  list: z.string(),
  id,
  topic: id.nullable().describe('Null until it is sorted.'),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  text: z.string().describe('Without its diff and the footer of the list.'),
  diff: z.string().nullable(),
  url,
  raw_url: url,
})

const review = z.object({
  key: z.string().describe('Reviewed-by, Acked-by, Tested-by or Nacked-by.'),
  who: person,
  mail: id,
  counts: z
    .enum(['yes', 'carried', 'message', 'code changed', 'not the sender', 'own'])
    .describe(
      'carried: given on an earlier revision and kept in the commit message; counts. message: it stands there alone.',
    ),
})
const check = z.object({
  context: z.string(),
  state: z.enum(['success', 'warning', 'fail', 'pending']),
  description: z.string(),
  url: url.nullable(),
  by: z.string(),
  mail: id,
  claimed: z.boolean().describe('Anybody may have written it.'),
})

const patch = z.object({
  number: z.int(),
  id,
  title: z.string(),
  author: person,
  state: z.string(),
  state_by: id.nullable().describe('The mail that set the state; null while nobody said anything.'),
  commit: z.string().nullable(),
  added: z.int(),
  removed: z.int(),
  files: z.array(z.string()),
  reviews: z.array(review),
  checks: z.array(check),
})

const revision = z.object({
  version: z.int(),
  total: z.int(),
  cover: id.nullable(),
  title: z.string(),
  author: person,
  said: time,
  completeness: z.enum(['complete', 'incomplete', 'partial-reroll', 'rest-elsewhere']),
  pull: z.string().nullable().describe('Of a pull request: the repository, and what to pull from there.'),
  state: z.string(),
  base_commit: z.string().nullable(),
  change_id: z.string().nullable(),
  patches: z.array(patch),
  am_url: url.nullable().describe('Its patches for git am, with the trailers given since.'),
})
export type Revision = z.output<typeof revision>

const bug = z.object({
  number: z.int().nullable(),
  type: z.enum(['bug', 'task', 'idea']),
  status: z.string(),
  severity: z.string().nullable(),
  labels: z.array(z.string()),
  target: z.string().nullable(),
})

const topicLine = z.object({
  list: z.string(),
  id,
  kind: z.enum(['patchset', 'bug', 'discussion', 'report', 'announcement', 'spam']),
  title: z.string(),
  author: person,
  state: z.string().nullable(),
  last_said: time,
  mails: z.int(),
  url,
})
export type TopicLine = z.output<typeof topicLine>

const topic = topicLine.omit({ mails: true }).extend({
  turn: z.string().nullable(),
  standing: z.string().describe('Where it is, in a sentence.'),
  said: time,
  delegate: person.nullable(),
  bug: bug.nullable(),
  revisions: z.array(revision),
  claims: z
    .array(z.object({ what: z.string(), target: z.string(), mail: id }))
    .describe('What it says of other topics.'),
  mails: z.array(mailLine),
})
export type WholeTopic = z.output<typeof topic>

const topics = z.object({
  topics: z.array(topicLine),
  next: z.string().nullable().describe('For `before`; null at the end.'),
})
const found = z.object({
  count: z.int().describe('At most 1000 are counted.'),
  mails: z.array(z.object({ list: z.string(), id, subject: z.string(), author: person, said: time, url })),
  problem: z.string().nullable().describe('What of the query was not understood.'),
})
const people = z.object({
  people: z.array(
    person.extend({
      role: z.enum(['maintainer', 'reviewer', 'robot']),
      paths: z.array(z.string()).describe('Files that the role holds for; empty for all.'),
    }),
  ),
})

const wholeRevision = revision.extend({
  list: z.string(),
  topic: id,
  name: z.string().describe('In its patchset: "v2", or "v2.2" for one that was sent again.'),
  newest: z.boolean(),
  url: url.nullable(),
})
export type WholeRevision = z.output<typeof wholeRevision>

const wholePatch = patch.extend({
  list: z.string(),
  topic: id,
  revision: z.string().describe('Its name.'),
  newest: z.boolean().describe('It is of the newest revision.'),
  url,
})
export type WholePatch = z.output<typeof wholePatch>

const wholePerson = person.extend({
  addresses: z.array(z.string()).describe('All that the list’s people and the .mailmap know as theirs.'),
  roles: z.array(z.object({ role: z.enum(['maintainer', 'reviewer', 'robot']), paths: z.array(z.string()) })),
  counts: z.object({
    revisions: z.int(),
    patches: z.int(),
    accepted: z.int().describe('Of the patches.'),
    comments: z.int().describe('On patches and cover letters.'),
  }),
  to_answer: z
    .array(topicLine)
    .describe(
      'What waits for them, as their page has it: patchsets and bugs, the longest wait first; at most 30.',
    ),
  delegated: z
    .array(topicLine)
    .describe('Open patchsets and bugs that were given to them, those that wait for them first; at most 60.'),
  waits_for_others: z
    .array(topicLine)
    .describe('What they posted or reported that waits for somebody else; at most 30.'),
})
export type WholePerson = z.output<typeof wholePerson>

const refusal = z.object({ detail: z.string() })

/** By the names that the document has for them. */
export const ownSchemas = {
  Topics: topics,
  Topic: topic,
  Mail: mail,
  Found: found,
  People: people,
  Revision: wholeRevision,
  OnePatch: wholePatch,
  OnePerson: wholePerson,
  Refusal: refusal,
}
