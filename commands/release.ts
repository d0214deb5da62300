import type { Command } from '../base/command.ts'
import { moderateMail } from './common/moderation.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary: 'Lets a mail pass that a moderated list holds, and its sender from then on',
  words: 'MESSAGE-ID',
  options: { list: onlyList },
  run: args => moderateMail(moderation, args),
}

const moderation = {
  how: 'release',
  done: 'Is released',
  unchanged: 'Was not held',
  absent: 'no list holds a mail of that id',
} as const
