// How to have a build again at home: the lines of a shell, for a mail and for a page. What they name was chosen by strangers, and is
// quoted for the shell.
import type { BuildRow } from '../../sql/builds.ts'

export interface Repeated {
  readonly kind: BuildRow['kind']
  readonly ref: string
  readonly commit: string | null
  /** The step that failed, else the build. */
  readonly step: string
  /** Where git fetches the ref from; null when it is not offered. */
  readonly from: string | null
}

/** None for mailed code that nobody can fetch. */
export function repeatLines({ kind, ref, commit, step, from }: Repeated): string[] {
  if (commit === null) return []
  const script = quoted(step === 'build' ? '.ci/build' : `.ci/checks/${step}`)
  if (from !== null)
    return [`git fetch ${quoted(from)} ${quoted(ref)} && git checkout FETCH_HEAD && ${script}`]
  return kind === 'push' ? [`git checkout ${quoted(commit)} && ${script}`] : []
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`
