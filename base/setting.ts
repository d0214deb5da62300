// What is said of a setting beside its shape, and the shapes that several settings share. Whatever else is told of settings
// (the comments of `init`, the table of docs/running.md, the keys that are proposed to whoever misspelt one) is made from it.
import { z } from 'zod'
import { type Endpoint, parseEndpoint } from './endpoint.ts'

export interface About {
  /** Plain text without a full stop at its end: the comment that `init` writes, and the cell of the table. */
  readonly is: string
  /** In the table behind it, in Markdown: where more is said, which option says the same. */
  readonly more?: string
  /** In the table, where no value is the default: what holds without the setting. */
  readonly without?: string
  /** What `init` shows where there is no default. */
  readonly example?: unknown
  /** `init` writes the line itself, not a comment. */
  readonly set?: true
  /**
   * What depends on this setting of a list, and is made anew when it changes: its pages, the states of its topics (`topics`),
   * or what was read in its mails (`mails`). The two latter change pages as well.
   */
  readonly changes?: readonly ('pages' | 'topics' | 'mails')[]
}

/** By schema: `shape.register(about, { is: '...' })`, as the last step of making it, and once for each that is made. */
export const about = z.registry<About>()

export const text = (allowed: string, pattern: RegExp) =>
  z.string({ error: allowed }).regex(pattern, { error: allowed })
export const line = text('one line of text', /^[^\n]{0,1000}$/)
export const address = () => text('a mail address', /^[^\s<>@"]{1,64}@[^\s<>@"]{1,255}$/)
export const yesNo = z.boolean({ error: 'true or false' })

const domainAllowed = 'a list of domains such as ["lists.example.org"]'
export const domains = () =>
  z
    .array(text(domainAllowed, /^[A-Za-z0-9._-]{1,253}$/), { error: domainAllowed })
    .default([])
    .transform(names => names.map(name => name.toLowerCase()))

export const endpoint = (example: string) => {
  const allowed = `an address and a port such as "${example}"`
  return z
    .string({ error: allowed })
    .refine(given => parseEndpoint(given) !== null, { error: allowed })
    .transform(given => parseEndpoint(given) as Endpoint)
}

export const within = (what: string, least: number, most: number) => {
  const error = `${what} from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

/** Without what may be absent, may have a default, or is changed after reading. */
export function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return bare(schema.in as z.ZodType)
  return isWrapped(schema) ? bare(schema.unwrap() as z.ZodType) : schema
}

/** As the file would say it; null for none. */
export function defaultOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.defaultValue
  if (schema instanceof z.ZodPipe) return defaultOf(schema.in as z.ZodType)
  return isWrapped(schema) ? defaultOf(schema.unwrap() as z.ZodType) : null
}

const isWrapped = (schema: z.ZodType) =>
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodNullable ||
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault
