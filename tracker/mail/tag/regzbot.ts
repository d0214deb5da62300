// `#regzbot introduced: v6.1..v6.2`, the language of the Linux kernel's regression tracker (kernelci/regzbot,
// docs/reference.md). A section is a paragraph; it holds several commands, and long ones are wrapped. In a thread that
// regzbot sees it is regzbot's business.
import type { BugStatus } from '../../../base/state-words.ts'
import type { TagFact, TagLine, TagValue } from '../facts.ts'
import { lineBelow, type OwnLine, oneLine, otherWords, type Reading, recordedTag } from './reading.ts'
import { refOf } from './ref.ts'

export function regzbotLine(
  lines: readonly OwnLine[],
  index: number,
  isRobots: () => boolean,
): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const start = line.slice(0, 1000).match(/^#regzbot[ \t:]{1,4}(\S.*)$/i)
  if (!start) return null
  let text = start[1] ?? ''
  let taken = 1
  for (let below = lineBelow(lines, index); below !== null && taken < wrappedLinesMax; ) {
    if (/^[#]|^-- ?$/.test(below)) break
    text += `${isCommand(below) ? '\n' : ' '}${below.trim()}`
    below = lineBelow(lines, index + taken++)
  }
  const commands = text.split('\n').flatMap(splitCommands)
  const mirrors = isRobots()
  return { tags: commands.flatMap(command => tagOf(command, line, mirrors)), lines: taken }
}

const wrappedLinesMax = 8

/** `; ` divides commands, but people write it in their reasons, too: a verb must follow. */
function splitCommands(text: string): string[] {
  const commands: string[] = []
  for (const piece of text.split(/;\s/)) {
    if (commands.length === 0 || isCommand(piece)) commands.push(piece)
    else commands.push(`${commands.pop()}; ${piece}`)
  }
  return commands
}

/** In a line that continues a section the colon tells a verb from prose. */
const isCommand = (text: string) =>
  regzbotVerbs.has(
    text
      .slice(0, 40)
      .match(/^\s*\^?([a-z-]{3,20}):/i)?.[1]
      ?.toLowerCase() ?? '',
  )

function tagOf(command: string, line: string, mirrors: boolean): TagFact[] {
  const [, verb = '', rest = ''] = command.trim().match(/^\^?([a-z-]{3,20})\b:?\s*(.*)$/is) ?? []
  const word = verb.toLowerCase()
  const alias = `#regzbot ${word}`
  if (mirrors) return [recordedTag(alias, rest, line, 'regzbot')]
  const meaning = regzbotVerbs.get(word)
  if (!meaning) return []
  const meant = meaning(oneLine(rest))
  return [meant ? { ...meant, ...otherWords(alias, line) } : recordedTag(alias, rest, line)]
}

type Meaning = (TagValue & Pick<TagLine, 'reason'>) | null

const status = (status: BugStatus, reason = ''): Meaning => ({
  tag: 'Bug-Status',
  status,
  ...(reason ? { reason } : {}),
})
const titled = (title: string): Meaning => (title ? { tag: 'Title', title } : null)
const duplicate = (value: string): Meaning => {
  const of = refOf(value)
  return of && { tag: 'Bug-Status', status: 'duplicate', of }
}
const fixed = (value: string): Meaning => {
  if (value === '') return null
  const rest = /^[0-9a-f]{8,40}$/i.test(value) ? `in ${value.toLowerCase()}` : `in "${value}"`
  return { tag: 'Bug-Status', status: 'fixed', rest }
}
const resolved = (reason: string) => status('fixed', reason)
const nothing = () => null

/** What a verb means here; null is "recorded, no effect". People guess at the spelling, so there are many. */
export const regzbotVerbs: ReadonlyMap<string, (value: string) => Meaning> = new Map([
  ['introduced', range => status('new', range ? `introduced ${range}` : '')],
  ['title', titled],
  ['subject', titled],
  ['summary', titled],
  ['dup', duplicate],
  ['dupof', duplicate],
  ['dup-of', duplicate],
  ['duplicate', duplicate],
  ['duplicate-of', duplicate],
  ['fix', fixed],
  ['fixedby', fixed],
  ['fixed-by', fixed],
  ['resolve', resolved],
  ['resolved', resolved],
  ['invalid', reason => status('invalid', reason)],
  ['inconclusive', reason => status('worksforme', reason)],
  ['use', nothing],
  ['report', nothing],
  ['link', nothing],
  ['unlink', nothing],
  ['monitor', nothing],
  ['related', nothing],
  ['unmonitor', nothing],
  ['backmonitor', nothing],
  ['backburner', nothing],
  ['unbackburn', nothing],
  ['poke', nothing],
  ['note', nothing],
  ['ignore-activity', nothing],
  ['from', nothing],
])
