import pino, { type Logger, type LoggerOptions } from 'pino'
import type { LogLevel } from './settings.ts'

/** What the other floors know of a log. */
export type Log = Logger

/**
 * The log goes to standard error, because standard output belongs to what a command answers: JSON lines for the
 * programs that collect logs, plain sentences for a person at a terminal.
 */
export function makeLog(level: LogLevel, forPerson: boolean): Logger {
  return forPerson
    ? pino({ level, base: null, serializers: { error: messageOf } }, sentences)
    : pino({ level, ...forPrograms }, pino.destination({ dest: 2, sync: true }))
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : error)

/** Not all that hangs on an error: PostgreSQL's `detail` quotes the row, and a row holds mail. */
function shown(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack } = error
  return { name, message, ...('code' in error ? { code: error.code } : {}), stack }
}

const forPrograms: LoggerOptions = {
  serializers: { error: shown },
  formatters: { level: level => ({ level }) },
  timestamp: pino.stdTimeFunctions.isoTime,
}

const sentences = {
  write(line: string): void {
    const { level, time, msg, ...fields } = JSON.parse(line)
    const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    process.stderr.write(`threadwork: ${msg}${rest.join('')}\n`)
  },
}
