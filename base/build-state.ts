/** How a build stands: the first three are open, the others are ends. */
export const buildStates = [
  'waiting',
  'queued',
  'running',
  'success',
  'warning',
  'failure',
  'timeout',
  'error',
  'cancelled',
  'refused',
  'conflict',
  'superseded',
] as const
export type BuildState = (typeof buildStates)[number]
