import type { Command } from '../base/command.ts'
import { withDatabase } from './common/database.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary: 'Ends builds that wait or run, by their numbers',
  words: 'BUILD...',
  options: {},
  async run(args) {
    const numbers = args.words
    const wrong = numbers.length === 0 ? '' : numbers.find(number => !/^\d{1,18}$/.test(number))
    if (wrong !== undefined)
      throw new Error(`Cannot cancel ${JSON.stringify(wrong)}; allowed: the numbers of builds`)
    return withDatabase(args, async ({ db }) => {
      const { cancelBuild } = await import('../sql/builds.ts')
      for (const number of numbers)
        if (!(await cancelBuild(db, number, 'The operator asked for it')))
          throw new Error(`Cannot cancel ${number}; allowed: a build that waits or runs`)
      return say(`Cancelled: ${numbers.join(', ')}\n`)
    })
  },
}
