import type { Arguments } from '../../base/command.ts'
import type { Config } from '../../base/config.ts'

/** The configuration under what the command line and the environment say. */
export async function readConfig(args: Arguments): Promise<Config> {
  const { loadConfig } = await import('../../base/config.ts')
  const [config, data, database] = ['config', 'data', 'database'].map(args.text)
  return loadConfig({ config, data, database, env: process.env })
}
