// A machine that was probed, repositories with a build in them, and one job after the other: what the tests of the sandbox
// share.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { type Job, jobSchema, type TierName } from '../../ci/job.ts'
import { type Probed, probe } from '../../ci/probe.ts'
import type { Result, Step } from '../../ci/result.ts'
import { roomName } from '../../ci/room.ts'
import { run } from '../../ci/sandbox.ts'
import { buildRoot } from './build-root.ts'

/** By path: a text, executable when it begins with #!, or where a symbolic link leads. */
export type Files = Readonly<Record<string, string | { readonly link: string }>>

export const script = (text: string): string => `#!/bin/sh\n${text}\n`

/** Small, so that a bomb costs this machine little. */
export const smallLimits: Job['limits'] = {
  seconds: 20,
  memoryBytes: 96_000_000,
  diskBytes: 32_000_000,
  pids: 64,
  cpus: 1,
  outputBytes: 64_000,
  artefactBytes: 1_000_000,
}

export interface Built {
  readonly result: Result
  /** The first step; throws when there is none. */
  readonly step: Step
  readonly log: string
  readonly artefacts: Buffer
}

export type JobParts = Partial<Omit<Job, 'limits'>> & { limits?: Partial<Job['limits']> }

export class Machine {
  readonly directory: string
  readonly rooms: string
  readonly probed: Probed

  private constructor(directory: string, probed: Probed) {
    this.directory = directory
    this.rooms = probed.ground.rooms
    this.probed = probed
  }

  /** `sandbox` as `[ci]` has it; removed when the tests of the file are through. */
  static async open(sandbox: 'best' | TierName = 'best'): Promise<Machine> {
    const directory = mkdtempSync(join(tmpdir(), 'threadwork-ci-'))
    // The accounts of the builds pass through.
    chmodSync(directory, 0o711)
    afterAll(() => rmSync(directory, { recursive: true, force: true }))
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

export const jobOf = ({ limits, ...parts }: JobParts): Job =>
  jobSchema.parse({
    ...{ id: 'job-1', ref: 'refs/heads/main', kind: 'push' },
    ...parts,
    limits: { ...smallLimits, ...limits },
  })

export class Repository {
  readonly path: string

  constructor(path: string) {
    this.path = path
    this.git('init', '--quiet')
  }

  git(...words: readonly string[]): string {
    const people = ['AUTHOR', 'COMMITTER'].flatMap(who => [
      [`GIT_${who}_NAME`, 'Ada'],
      [`GIT_${who}_EMAIL`, 'ada@example.org'],
    ])
    const none = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
    const env = { PATH: process.env.PATH, HOME: this.path, ...none, ...Object.fromEntries(people) }
    return execFileSync('git', ['-C', this.path, ...words], { env, encoding: 'utf8' }).trim()
  }

  /** Returns the commit's id. */
  commit(files: Files): string {
    for (const [path, content] of Object.entries(files)) this.write(join(this.path, path), content)
    this.git('add', '--all', '--force')
    this.git('commit', '--quiet', '--allow-empty', '--message', 'change')
    return this.git('rev-parse', 'HEAD')
  }

  private write(file: string, content: Files[string]): void {
    mkdirSync(dirname(file), { recursive: true })
    if (typeof content !== 'string') symlinkSync(content.link, file)
    else writeFileSync(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
  }
}
