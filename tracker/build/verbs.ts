// What runners send, read: null for what is none of it.
import type { z } from 'zod'
import { aliveSchema, artefactsSchema, doneSchema, logSchema, nextSchema } from '../../ci/wire.ts'

const reader =
  <T>(schema: z.ZodType<T>) =>
  (given: unknown): T | null =>
    schema.safeParse(given).data ?? null

export const verbs = {
  next: reader(nextSchema),
  alive: reader(aliveSchema),
  log: reader(logSchema),
  artefacts: reader(artefactsSchema),
  done: reader(doneSchema),
} as const
