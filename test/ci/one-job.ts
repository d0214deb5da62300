// A runner of one job, as a process of its own: `node one-job.ts JOB ROOMS SANDBOX ROOT`. Prints the log as it comes and the
// result as the last line.
import { jobSchema } from '../../ci/job.ts'
import { probe } from '../../ci/probe.ts'
import { run } from '../../ci/sandbox.ts'
import type { Ground } from '../../ci/tier/tier.ts'

const [, , job = '', rooms = '', sandbox = '', root = ''] = process.argv
const probed = await probe({ rooms, sandbox: sandbox as Ground['sandbox'], root: root || null })
const listener = { onOutput: (_step: string, text: string) => void process.stdout.write(text) }
const result = await run(jobSchema.parse(JSON.parse(job)), probed, listener, new AbortController().signal)
console.log(JSON.stringify(result))
