import pino, { type Logger } from 'pino'

/** What the other floors know of a log. */
export type Log = Logger

/**
 * The log goes to standard error, because standard output belongs to what a command answers: JSON lines for the
 * programs that collect logs, plain sentences for a person at a terminal.
 */
export function makeLog(level: 'debug' | 'info' | 'warn', forPerson: boolean): Logger {
  return forPerson
    ? pino({ level, base: null }, sentences)
    : pino({ level }, pino.destination({ dest: 2, sync: true }))
}

const sentences = {
  write(line: string): void {
    const { level, time, msg, ...fields } = JSON.parse(line)
    const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    process.stderr.write(`threadwork: ${msg}${rest.join('')}\n`)
  },
}
