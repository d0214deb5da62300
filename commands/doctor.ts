import type { Command } from '../base/command.ts'
import type { Config } from '../base/config.ts'
import { readConfig } from './common/config.ts'
import { openLog } from './common/log.ts'
import { say } from './common/say.ts'
import type { Finding } from './doctor/finding.ts'

export const command: Command = {
  summary: 'Checks the configuration, the programs and the database, and says what to do',
  words: '',
  options: { limits: { value: null, help: 'shows every limit that is in force, too' } },
  async run(args) {
    const { examine } = await import('./doctor/examine.ts')
    const { examineAuth } = await import('./doctor/auth.ts')
    const { table } = await import('../base/help.ts')
    const config = await readConfig(args)
    const log = await openLog(args, config)
    const findings = [...(await examine(config, log)), ...(await examineAuth(config.auth))]
    const wrong = findings.filter(({ well }) => !well)
    const well = findings.filter(finding => finding.well)
    const limits = args.has('limits') ? table(await limitsOf(config)) : ''
    say(`${counted(findings.length, wrong.length)}\n${limits}${table([...well, ...wrong].map(toRow))}`)
    return wrong.length === 0 ? 0 : 1
  },
}

const counted = (all: number, wrong: number) =>
  wrong === 0
    ? `All ${all} findings are ok`
    : `${wrong} of ${all} findings ${wrong === 1 ? 'is' : 'are'} WRONG, at the end`

const toRow = ({ well, what, found, mend }: Finding) => [
  `${well ? 'ok   ' : 'WRONG'} ${what}`,
  mend === undefined ? found : `${found}; to mend: ${mend}`,
]

async function limitsOf(config: Config): Promise<string[][]> {
  const { limits } = await import('../base/limits.ts')
  const inForce = { ...limits, ...config.limits }
  return Object.entries(inForce).map(([name, value]) => [`limit ${name}`, value.toLocaleString('en')])
}
