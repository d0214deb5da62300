// Builds under control groups of version 2, as the first program of a kernel that has nothing else: `node version-two.ts ROOMS
// ROOT SANDBOX`. Prints what came of each build as a line of JSON, and at the end what is left.
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probe } from '../../ci/probe.ts'
import { run } from '../../ci/sandbox.ts'
import type { Ground } from '../../ci/tier/tier.ts'
import { jobOf } from './job-of.ts'
import { Repository, script } from './repository.ts'

const [, , rooms = '', root = '', sandbox = ''] = process.argv
const scripts = {
  ends: 'echo built; exit 7',
  forks: 'i=0; while [ $i -lt 500 ]; do sleep 60 & i=$((i + 1)); done; wait',
  memory: 'head -c 400000000 /dev/zero | tail | wc -c >&2; exit 9',
}

const probed = await probe({ rooms, root, sandbox: sandbox as Ground['sandbox'] })
const { base } = probed
if (base?.version !== 2) throw new Error(`No control groups of version 2: ${JSON.stringify(base)}`)
for (const [name, text] of Object.entries(scripts)) {
  const repository = new Repository(mkdtempSync(join(tmpdir(), 'repository-')))
  const commit = repository.commit({ '.ci/build': script(text) })
  const job = jobOf({ repository: repository.path, commit, limits: { seconds: 120 } })
  const { outcome, why, tier } = await run(job, probed, { onOutput: () => {} }, new AbortController().signal)
  console.log(JSON.stringify({ name, outcome, why, tier }))
}
const groups = readdirSync(base.directory).filter(each =>
  existsSync(join(base.directory, each, 'cgroup.procs')),
)
console.log(JSON.stringify({ name: 'left', rooms: readdirSync(rooms), groups }))
