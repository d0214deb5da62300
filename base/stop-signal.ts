// npm hands on the Ctrl-C that the terminal has already sent to us: the two come within milliseconds.
const echoMs = 1_000

/** Resolves at the first SIGTERM or Ctrl-C, so that a command can finish in order; a later one ends the process. */
export function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    let first: number | null = null
    const stop = (): void => {
      first ??= performance.now()
      if (performance.now() - first > echoMs) process.exit(130)
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}
