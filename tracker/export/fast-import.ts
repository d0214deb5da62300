// One git that makes the commits of a whole export.
import { type RunningGit, startGit } from '../../base/git.ts'

/** It reads git-fast-import(1) from its input, with dates as seconds and zone, until `done`. */
export const startFastImport = (directory: string): RunningGit =>
  startGit(
    directory,
    // One pack for each run; what lies loose is for git to write one by one.
    ...['-c', 'core.fsync=committed', '-c', 'fastimport.unpackLimit=1'],
    // Forced, because a history that is written again does not hold the one before.
    ...['fast-import', '--quiet', '--force', '--done', '--date-format=raw'],
  )
