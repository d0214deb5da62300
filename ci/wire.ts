// What a runner and a server say to each other, each request and each answer once, for both ends. Whoever reads trusts
// neither: a runner is a machine that runs strangers' code, and a server may be an older one.
import { z } from 'zod'
import { jobSchema, tierNames } from './job.ts'
import { resultSchema, stepNamePattern } from './result.ts'

/** Of a runner, for pages and for the choice of its builds. */
const healthSchema = z.strictObject({
  /** The sandboxes that work there. */
  tiers: z.array(z.enum(tierNames)).max(tierNames.length),
  /** Builds at once. */
  atOnce: z.int().min(1).max(10_000),
  cpus: z.int().min(1).max(100_000),
  memoryFreeBytes: z.int().min(0),
  /** Of the program. */
  version: z.string().max(100),
  /** The program that starts each build, such as srun; null when the runner does. */
  launcher: z.string().max(200).nullable(),
})
export type Health = z.infer<typeof healthSchema>

/** A number that the server gave; it must be named by whoever speaks for an attempt. */
const fenceSchema = z.string().regex(/^\d{1,18}$/)

/** POST /-/runner/next: 200 with an offer, or 204 when there was nothing for some time. */
export const nextSchema = z.strictObject({
  health: healthSchema,
  /** The fences of the builds that it has; any other one that the server knows of is lost. */
  held: z.array(fenceSchema).max(10_000),
})

/** What is served for git is below this; a job's repository that begins so is the server's own, by whatever address it was reached. */
export const gitPath = '/-/git/'

export const offerSchema = z.object({
  fence: fenceSchema,
  number: z.string().regex(/^\d{1,18}$/),
  attempt: z.int(),
  job: jobSchema,
})
export type Offer = z.infer<typeof offerSchema>

/** POST /-/runner/alive: answers when the build is to be ended, else after some seconds. */
export const aliveSchema = z.strictObject({ fence: fenceSchema })
export const keptSchema = z.object({ cancel: z.boolean() })

/** POST /-/runner/log?fence=F&step=NAME&offset=N with the bytes of the log from there on: how long it is now. */
export const logSchema = z.strictObject({
  fence: fenceSchema,
  step: z.string().regex(stepNamePattern),
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
})
/** POST /-/runner/artefacts?fence=F&offset=N: the same for the tar that a build hands back. */
export const artefactsSchema = logSchema.omit({ step: true })
export const sizeSchema = z.object({ size: z.int().min(0) })

/** POST /-/runner/done: how it ended, or that the runner stops and gives the build back. */
export const doneSchema = z.union([
  z.strictObject({ fence: fenceSchema, result: resultSchema }),
  z.strictObject({ fence: fenceSchema, returned: z.string().min(1).max(1_000) }),
])
export type Done = z.infer<typeof doneSchema>
