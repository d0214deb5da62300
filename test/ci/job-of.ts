import { type Job, jobSchema } from '../../ci/job.ts'

/** Small, so that a bomb costs this machine little. */
export const smallLimits: Job['limits'] = {
  seconds: 40,
  memoryBytes: 96_000_000,
  diskBytes: 32_000_000,
  pids: 64,
  cpus: 1,
  outputBytes: 64_000,
  artefactBytes: 1_000_000,
}

export type JobParts = Partial<Omit<Job, 'limits'>> & { limits?: Partial<Job['limits']> }

export const jobOf = ({ limits, ...parts }: JobParts): Job =>
  jobSchema.parse({
    ...{ id: 'job-1', ref: 'refs/heads/main', kind: 'push' },
    ...parts,
    limits: { ...smallLimits, ...limits },
  })
