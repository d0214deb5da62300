// npm hands on the Ctrl-C that the terminal has already sent to us: the two come within milliseconds.
const echoMs = 1_000

/** Aborted at the first SIGTERM or Ctrl-C, so that a command can finish in order; a later one ends the process. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  let first: number | null = null
  const end = (): void => {
    first ??= performance.now()
    if (performance.now() - first > echoMs) process.exit(130)
    stop.abort()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return stop.signal
}

/** At once when it has come already. */
export function hasCome(stop: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (stop.aborted) resolve()
    stop.addEventListener('abort', () => resolve())
  })
}
