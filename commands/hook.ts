import type { Command } from '../base/command.ts'
import { readConfig } from './common/config.ts'
import { openLog } from './common/log.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary: 'Has pushes to a bare repository built (install), or prints the hook that does it (show)',
  words: 'install REPOSITORY | show',
  options: {},
  async run(args) {
    const [what, repository, ...more] = args.words
    const allowed =
      what === 'install' ? repository !== undefined : what === 'show' && repository === undefined
    if (!allowed || more.length > 0)
      throw new Error(
        `Cannot do ${JSON.stringify(args.words.join(' '))} with a hook; allowed: install REPOSITORY, or show`,
      )
    const { hookScript, installHook } = await import('../ci/hook.ts')
    const { makeSpool, spoolOf } = await import('../ci/spool.ts')
    const { dataDirectory } = await import('../sql/server.ts')
    const config = await readConfig(args)
    const spool = spoolOf(config.ci, dataDirectory(config, await openLog(args, config)))
    if (repository === undefined) return say(hookScript(spool))
    makeSpool(spool)
    const { file, chained } = await installHook(repository, spool)
    const kept = chained === null ? '' : `; the hook that was there is ${chained} now, and called after it`
    return say(`Installed ${file}, which leaves pushes in ${spool}${kept}\n`)
  },
}
