import type { Command } from '../base/command.ts'
import { moderateMail } from './common/moderation.ts'
import { onlyList, shownReason } from './common/options.ts'

export const command: Command = {
  summary: 'Removes the bytes of a mail for good; it is not taken again when it comes again',
  words: 'MESSAGE-ID',
  options: { list: onlyList, reason: shownReason },
  run: args => moderateMail(moderation, args),
}

const moderation = {
  how: 'purge',
  done: 'Is purged',
  unchanged: 'Was purged already',
  absent: 'no list has a mail of that id',
} as const
