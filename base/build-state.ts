/** How a build stands: the first three are open, the others are ends. */
export type BuildState =
  | 'waiting'
  | 'queued'
  | 'running'
  | 'success'
  | 'warning'
  | 'failure'
  | 'timeout'
  | 'error'
  | 'cancelled'
  | 'refused'
  | 'conflict'
  | 'superseded'

/** Ends that say something of the code: the newest of them is how a branch stands. */
export const codeEnds: readonly BuildState[] = ['success', 'warning', 'failure', 'timeout']
