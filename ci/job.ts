// What a runner is handed: one commit of one repository, and what it may cost. It comes from a server over the wire, so
// it is read here and nowhere else; nothing of it is ever part of a shell line.
import { z } from 'zod'

/** From the strongest wall to none at all. */
export const tierNames = ['gvisor', 'nspawn', 'bwrap', 'none'] as const
export type TierName = (typeof tierNames)[number]

const name = z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/i)
/** Without NUL and line ends: systemd-nspawn and runsc take them, programs that read their environment do not. */
const value = z
  .string()
  .max(8_192)
  .regex(/^[^\0\n]*$/)

const limits = z.strictObject({
  /** Of the whole job, from the fetch to the last check. */
  seconds: z.int().min(1).max(86_400),
  /** Of all processes together, the RAM disk included. */
  memoryBytes: z.int().min(16_000_000),
  /** Of the clone and all that the build writes; it lies in memory. */
  diskBytes: z.int().min(1_000_000),
  /** Processes and threads at once. */
  pids: z.int().min(8).max(100_000),
  /** Processors' worth of time; 0.5 is half of one. */
  cpus: z.number().min(0.1).max(1_024),
  /** Of a script's output that is kept: half of it from the start, half from the end. */
  outputBytes: z.int().min(1_000),
  /** Of the files that the build hands back, as one tar. */
  artefactBytes: z.int().min(0),
})

export const jobSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  /** A directory of this machine, or an address that git fetches from. */
  repository: z
    .string()
    .min(1)
    .max(2_000)
    .regex(/^[^\0\n-][^\0\n]*$/),
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  /** What the commit was pushed as or published as, for the scripts to read. */
  ref: z
    .string()
    .max(1_000)
    .regex(/^[^\0\n]*$/),
  /** Mailed code never runs without a sandbox, never has network and never sees a secret. */
  kind: z.enum(['push', 'patchset']),
  script: z
    .string()
    .regex(/^\.ci\/[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/)
    .default('.ci/build'),
  /** The scripts that are run, by the names of their steps in lower case; all of them where none is named. */
  only: z.array(z.string().max(100)).max(100).default([]),
  /** The weakest sandbox that will do; null for whichever this machine allows. */
  weakest: z.enum(tierNames).nullable().default(null),
  /** Whether the repository's own wish for network is heeded. */
  network: z.boolean().default(false),
  limits,
  environment: z.record(name, value).default({}),
  /** Like the environment, but their values never stand in a log. */
  secrets: z.record(name, value).default({}),
})

export type Job = z.infer<typeof jobSchema>
export type JobLimits = z.infer<typeof limits>
