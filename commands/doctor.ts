import type { Command } from '../base/command.ts'
import { readConfig } from './common/config.ts'
import { openLog } from './common/log.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary: 'Checks the configuration, the programs and the database, and says what to do',
  words: '',
  options: {},
  async run(args) {
    const { examine } = await import('./doctor/examine.ts')
    const { examineAuth } = await import('./doctor/auth.ts')
    const { table } = await import('../base/help.ts')
    const config = await readConfig(args)
    const log = await openLog(args, config)
    const findings = [...(await examine(config, log)), ...(await examineAuth(config.auth))]
    const rows = findings.map(({ well, what, found, mend }) => [
      `${well ? 'ok   ' : 'WRONG'} ${what}`,
      mend === undefined ? found : `${found}; to mend: ${mend}`,
    ])
    say(table(rows))
    return findings.every(({ well }) => well) ? 0 : 1
  },
}
