import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TierName } from '../../ci/job.ts'
import { type Probed, probe } from '../../ci/probe.ts'
import type { Result, Step } from '../../ci/result.ts'
import { roomName } from '../../ci/room.ts'
import { run } from '../../ci/sandbox.ts'
import { buildRoot } from './build-root.ts'
import { type JobParts, jobOf } from './job-of.ts'
import { type Files, Repository, script } from './repository.ts'

export interface Built {
  readonly result: Result
  /** The first step; throws when there is none. */
  readonly step: Step
  readonly log: string
  readonly artefacts: Buffer
}

export class Machine {
  readonly directory: string
  readonly rooms: string
  readonly probed: Probed

  private constructor(directory: string, probed: Probed) {
    this.directory = directory
    this.rooms = probed.ground.rooms
    this.probed = probed
  }

  /** `sandbox` as `[ci]` has it. */
  static async open(sandbox: 'best' | TierName = 'best'): Promise<Machine> {
    const directory = mkdtempSync(join(tmpdir(), 'threadwork-ci-'))
    // The accounts of the builds pass through.
    chmodSync(directory, 0o711)
    const root = sandbox === 'none' || sandbox === 'bwrap' ? null : buildRoot()
    return new Machine(directory, await probe({ rooms: join(directory, 'rooms'), root, sandbox }))
  }

  /** Whatever its builds could leave on the host: directories, control groups, mounts. */
  remains(): string[] {
    const { base } = this.probed
    const groups =
      base === null ? [] : base.version === 2 ? [base.directory] : Object.values(base.directories)
    const names = Array.from({ length: 10 }, (_, number) => roomName(join(this.rooms, String(number))))
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    return [
      ...readdirSync(this.rooms),
      ...groups.flatMap(group => readdirSync(group).filter(each => names.includes(each))),
      ...mounts.filter(line => line.includes(this.rooms)),
    ]
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Only the sandboxes of these names. */
  only(...names: readonly TierName[]): Machine {
    const tiers = this.probed.tiers.filter(({ tier }) => names.includes(tier.name))
    return new Machine(this.directory, { ...this.probed, tiers })
  }

  repository(): Repository {
    return new Repository(mkdtempSync(join(this.directory, 'repository-')))
  }

  /** A commit of these files, or of a `.ci/build` with these lines. */
  async build(
    files: Files | string,
    parts: JobParts = {},
    signal = new AbortController().signal,
  ): Promise<Built> {
    const repository = this.repository()
    const commit = repository.commit(typeof files === 'string' ? { '.ci/build': script(files) } : files)
    return this.run({ repository: repository.path, commit, ...parts }, signal)
  }

  async run(parts: JobParts, signal = new AbortController().signal): Promise<Built> {
    const artefacts: Buffer[] = []
    let log = ''
    const listener = {
      onOutput: (_step: string, text: string) => {
        log += text
      },
      onArtefacts: (chunk: Buffer) => {
        artefacts.push(chunk)
      },
    }
    const result = await run(jobOf(parts), this.probed, listener, signal)
    return {
      result,
      log,
      artefacts: Buffer.concat(artefacts),
      get step() {
        const [first] = result.steps
        if (first === undefined) throw new Error(`No step: ${result.why}`)
        return first
      },
    }
  }
}
