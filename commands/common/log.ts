import type { Arguments } from '../../base/command.ts'
import type { Config } from '../../base/config.ts'
import type { Log } from '../../base/log.ts'

/** On a terminal only what needs attention; the journal of a service manager also gets what went well. */
export async function openLog(args: Arguments, { logLevel }: Config): Promise<Log> {
  const { makeLog } = await import('../../base/log.ts')
  const forPerson = process.stderr.isTTY
  if (args.has('verbose')) return makeLog('debug', forPerson)
  return makeLog(forPerson ? 'warn' : logLevel, forPerson)
}
