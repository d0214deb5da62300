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
