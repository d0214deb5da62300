import type { Command } from '../base/command.ts'
import { moderateMail } from './common/moderation.ts'
import { onlyList, shownReason } from './common/options.ts'

export const command: Command = {
  summary: 'Takes a mail out of sight; it stays in the log',
  words: 'MESSAGE-ID',
  options: { list: onlyList, reason: shownReason },
  run: args => moderateMail(moderation, args),
}

const moderation = {
  how: 'hide',
  done: 'Is hidden',
  unchanged: 'Was hidden already',
  absent: 'no list has a mail of that id',
} as const
