// What may be written, field by field: what requests are checked by, in the words of patchwork, and documented by.
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { type PatchState, patchStates } from '../../base/state-words.ts'
import { asNoted, contextCharactersMax } from '../../tracker/mail/check.ts'
import { checkStates, patchSlugs } from './schema.ts'

const text = () => z.string('Not a valid string.')
const atMost = (characters: number) => `Ensure this field has no more than ${characters} characters.`

const checkState = z.enum(checkStates, {
  error: ({ input }) =>
    typeof input === 'string' ? `"${input}" is not a valid choice.` : 'A check must have a state.',
})

/** One that the reader of mails finds again. */
const targetUrl = z
  .url({ protocol: /^https?$/, error: 'Enter a valid URL.' })
  .refine(url => asNoted({ context: 'a', state: 'success', description: '', url }).url === url, {
    error: 'Enter a valid URL.',
  })

const newCheck = z.object({
  state: checkState,
  context: text()
    .regex(/^[-a-zA-Z0-9_]+$/, 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.')
    .max(contextCharactersMax, atMost(contextCharactersMax))
    .nullish()
    .describe('Without it "default".'),
  target_url: targetUrl.nullish(),
  description: text().nullish().describe('200 characters are kept.'),
})

/** In patchwork's order, and those that only we have. */
const states: readonly PatchState[] = [
  ...patchSlugs,
  ...patchStates.filter(state => !(patchSlugs as readonly string[]).includes(state)),
]

const change = z.object({
  state: z
    .enum(states, {
      error: ({ input }) =>
        input === null || typeof input === 'string'
          ? `Invalid state ${input ?? ''}. Expected one of: ${states.join(', ')}.`
          : 'Not a valid string.',
    })
    .optional(),
  delegate: text().nullish().describe('The number of a user; empty for nobody.'),
  archived: z.boolean('Must be a valid boolean.').optional(),
  commit_ref: text()
    .regex(/^[0-9a-f]{7,64}$/i, 'Enter the id of a commit: 7 to 64 hexadecimal digits.')
    .nullish()
    .describe('Beside the state "accepted".'),
})
export type ChangeFields = z.output<typeof change>

const newNote = z.object({
  content: z
    .string({ error: ({ input }) => (input == null ? 'This field is required.' : 'Not a valid string.') })
    .max(limits.apiNoteCharactersMax, atMost(limits.apiNoteCharactersMax))
    .describe('Words alone, and no line that sets anything.'),
})

const note = z.object({ msgid: z.string(), web_url: z.string(), content: z.string() })

const problems = z.record(z.string(), z.array(z.string())).describe('Of each field that is wrong why.')

/** By the names that the document has for them. */
export const writeSchemas = { NewCheck: newCheck, Change: change, NewNote: newNote, Note: note }
export const problemsSchema = problems
