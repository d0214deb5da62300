import type { Command } from '../base/command.ts'
import { moderateMail } from './common/moderation.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary: 'Shows a hidden mail again',
  words: 'MESSAGE-ID',
  options: { list: onlyList, reason: { value: 'TEXT', help: 'kept with who did it' } },
  run: args => moderateMail(moderation, args),
}

const moderation = {
  how: 'unhide',
  done: 'Is shown again',
  unchanged: 'Was not hidden',
  absent: 'no list has a mail of that id',
} as const
