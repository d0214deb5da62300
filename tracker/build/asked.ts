// Who asked for a build to be done again: then its result answers that mail, and nobody else is told.
import { z } from 'zod'
import type { BuildRow } from '../../sql/builds.ts'

const schema = z.object({ by: z.literal('request'), mail: z.string().min(1).max(4_000) })

/** Null for a build that nobody asked for again. */
export function askedBy({ evidence }: Pick<BuildRow, 'evidence'>): { readonly mail: string } | null {
  const read = schema.safeParse(evidence)
  return read.success ? { mail: read.data.mail } : null
}
