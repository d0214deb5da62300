// What a build that waits would get and what it would run, for whoever is to let it in: by the policy of now, by the runners that are
// there, and by what git has of its commit. Nothing of it runs for that.
import type { Kysely } from 'kysely'
import { GitError } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { keepRecent } from '../../base/recent.ts'
import type { JobLimits } from '../../ci/job.ts'
import { publishedRepository } from '../../ci/published.ts'
import { readConfig, readScripts, type Script, SourceError } from '../../ci/scripts.ts'
import type { BuildRow } from '../../sql/builds.ts'
import { listRunners } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import { type CommitChanges, commitChanges } from './commit-changes.ts'
import { allowanceOf } from './job-of.ts'
import { type PlaceOptions, placeOf } from './place.ts'
import { runnerHealth } from './runner-health.ts'

export interface Forecast {
  /** A sentence where the policy of now has it not built at all. */
  readonly gets: Gets | string
  /** Null where git does not have the commit any more. */
  readonly commit: ForeseenCommit | null
}

export interface Gets extends Omit<JobLimits, 'cpus'> {
  /** What the runners that are there give a build: the least and the most; null while there is none. */
  readonly cpus: { readonly least: number; readonly most: number } | null
  /** Of the runners that are there; none while nobody could build it. */
  readonly sandboxes: readonly string[]
}

export interface ForeseenCommit {
  /** Why it would come to nothing; then there are no steps. */
  readonly problem: string | null
  readonly steps: readonly ForeseenStep[]
  /** The build's own wish; null for none. */
  readonly secondsMax: number | null
  /** Null where they were too many to look at. */
  readonly changes: CommitChanges | null
}

interface ForeseenStep {
  readonly name: string
  /** Beside the commit below it. */
  readonly script: 'same' | 'changed' | 'new'
}

/** Of a patchset. */
export async function forecastOf(
  db: Kysely<Tables>,
  build: BuildRow,
  options: PlaceOptions,
): Promise<Forecast> {
  const [gets, commit] = await Promise.all([getsOf(db, build, options), commitOf(build, options)])
  return { gets, commit }
}

async function getsOf(db: Kysely<Tables>, build: BuildRow, options: PlaceOptions): Promise<Gets | string> {
  let place: Awaited<ReturnType<ReturnType<typeof placeOf>>>
  try {
    place = await placeOf(options)(build)
  } catch {
    // What is wrong in it stands in the log, and doctor says it; a page is no place for its lines.
    return 'The policy cannot be read just now, so nothing is built'
  }
  if (typeof place === 'string') return place
  const { weakest, limits: allowed } = allowanceOf(build, place)
  const now = new Date()
  const runners = (await listRunners(db)).map(runner => runnerHealth(runner, now, weakest))
  const able = runners.filter(({ there, sandbox }) => there && sandbox !== null)
  const { cpus: said, ...others } = allowed
  const cpus = able.flatMap(({ cpusOfBuild }) => said ?? cpusOfBuild ?? [])
  return {
    ...others,
    cpus: cpus.length === 0 ? null : { least: Math.min(...cpus), most: Math.max(...cpus) },
    sandboxes: [...new Set(able.flatMap(({ sandbox }) => sandbox ?? []))],
  }
}

/** By repository, base and commit, which never change. */
const known = keepRecent<ForeseenCommit>(limits.forecastBytesKeptMax)

async function commitOf({ base, commit }: BuildRow, { data }: PlaceOptions): Promise<ForeseenCommit | null> {
  if (base === null || commit === null) return null
  const repository = publishedRepository(data)
  const key = `${repository} ${base} ${commit}`
  const found = known.get(key) ?? (await lookAt(repository, base, commit))
  if (found !== null) known.keep(key, found, 2 * JSON.stringify(found).length)
  return found
}

async function lookAt(repository: string, base: string, commit: string): Promise<ForeseenCommit | null> {
  try {
    const below = await scriptsOf(repository, base)
    const own = await scriptsOf(repository, commit)
    const changes = await commitChanges(repository, base, commit).catch(() => null)
    return {
      ...(typeof own === 'string'
        ? { problem: own, steps: [], secondsMax: null }
        : { problem: null, steps: stepsOf(own.scripts, below), secondsMax: own.secondsMax }),
      changes,
    }
  } catch (error) {
    if (error instanceof GitError) return null
    throw error
  }
}

interface Own {
  readonly scripts: readonly Script[]
  readonly secondsMax: number | null
}

/** A sentence where it has none that would run. */
async function scriptsOf(repository: string, commit: string): Promise<Own | string> {
  try {
    const { seconds = null } = await readConfig(repository, commit)
    return { scripts: await readScripts(repository, commit, '.ci/build'), secondsMax: seconds }
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
}

const stepsOf = (own: readonly Script[], below: Own | string): ForeseenStep[] =>
  own.map(({ name, path, blob }) => {
    const before = typeof below === 'string' ? undefined : below.scripts.find(script => script.path === path)
    return { name, script: before === undefined ? 'new' : before.blob === blob ? 'same' : 'changed' }
  })
