import type { Command } from '../base/command.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary: 'Writes a commented threadwork.toml and makes the data directory',
  words: '',
  options: {},
  async run(args) {
    const file = args.text('config') ?? (process.env.THREADWORK_CONFIG || 'threadwork.toml')
    const data = args.text('data') ?? (process.env.THREADWORK_DATA || undefined)
    const { init } = await import('../base/init.ts')
    const made = init({ file, data })
    return say(`Wrote ${file} and made ${made}; next: edit ${file}, then "threadwork serve"\n`)
  },
}
