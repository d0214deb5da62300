// What patchwork's API hands out, as far as an import reads it: the same in its versions 1.0 to 1.4, some fields of which are missing
// in the older ones. What does not fit is left out of the import and told.
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'

const id = z.int().positive()
const text = (max: number) => z.string().transform(value => toStorableText(value.slice(0, max)))

/** Naive, and in UTC. */
const date = z.string().transform((value, ctx) => {
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`)
  if (Number.isNaN(at)) ctx.issues.push({ code: 'custom', message: 'no date', input: value })
  return at
})

const user = z
  .object({
    username: text(200).nullish(),
    first_name: text(200).nullish(),
    last_name: text(200).nullish(),
    email: text(limits.addressCharactersMax).nullish(),
  })
  .nullish()
  .catch(null)
export type User = z.output<typeof user>

const state = z.string().transform(value =>
  value
    .slice(0, 100)
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-'),
)

const project = z.object({
  id,
  link_name: z.string(),
  list_id: z.string().nullish(),
  list_email: z.string().nullish(),
})

const mail = z.object({
  id,
  msgid: z.string().min(3).max(limits.messageIdBytesMax),
  name: text(limits.subjectCharactersMax).catch(''),
  date,
  project: z.object({ id }),
})

const patch = mail.extend({
  state,
  archived: z.boolean().catch(false),
  commit_ref: z.string().nullish(),
  delegate: user,
  check: z.string().nullish(),
})
export type Patch = z.output<typeof patch>

const check = z.object({
  id,
  user,
  date,
  state: z.enum(['success', 'warning', 'fail', 'pending']),
  context: z.string(),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
})

const event = z.object({
  id,
  date,
  actor: user,
  payload: z.object({
    patch: z.object({ id }),
    current_state: state.nullish(),
    current_delegate: user,
  }),
})
export type PatchworkEvent = z.output<typeof event>

export const objects = { project, cover: mail, patch, check, event }
