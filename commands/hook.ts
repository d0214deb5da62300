import type { Command } from '../base/command.ts'
import type { Installed } from '../ci/hook.ts'
import { readConfig } from './common/config.ts'
import { openLog } from './common/log.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary: 'Has pushes to a bare repository built (install), or prints the hook that does it (show)',
  words: 'install REPOSITORY | show',
  options: {
    series: { value: null, help: 'pushes to refs/for/BRANCH become series on the list, too (docs/ci.md)' },
  },
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
    const installed = await installHook(repository, spool)
    say(`Installed ${installed.file}, which leaves pushes in ${spool}${keptWords(installed)}\n`)
    if (!args.has('series')) return 0
    const { installSeriesHooks } = await import('../ci/series-hook.ts')
    const before = await installSeriesHooks(repository, spool)
    return say(`Installed ${before.file} and proc-receive beside it for refs/for/${keptWords(before)}\n`)
  },
}

function keptWords({ chained, isCalled }: Installed): string {
  if (chained === null) return ''
  const kept = `; the hook that was there is ${chained} now, and`
  if (isCalled) return `${kept} called after it`
  return `${kept} not executable, so git did not call it and nobody does; to have it called: chmod +x ${chained}`
}
