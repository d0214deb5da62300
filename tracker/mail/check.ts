// A CI bot's answer in DPDK's form, which patchwork's CI bots use too:
//   Test-Label: ci/build
//   Test-Status: SUCCESS
//   https://ci.example.org/run/17
//   _Build passed_
// The form is here once, in both directions: what we write of our own builds comes back over the list and is read as any
// other program's.
import { limits } from '../../base/limits.ts'
import type { CheckFact } from './facts.ts'
import { firstUrl } from './links.ts'
import { type Reported, resultOf, stateOf } from './result.ts'
import { type RobotName, traitsOf } from './robots.ts'

/**
 * One check for each Test-Label among own lines; a program's answer without one is a check where its result is plain. Of
 * one that lists findings the words speak of these.
 */
export function checksOf(
  lines: readonly string[],
  robot: RobotName | null,
  mail: Reported = unnamed,
): CheckFact[] {
  const labelled = labelledChecks(lines)
  if (labelled.length > 0 || robot === null) return labelled
  const { check, behind, named } = traitsOf(robot)
  if (check) return [robotCheck(robot, check, lines)]
  const result = behind === 'program' ? resultOf(lines, mail) : null
  return result ? [{ ...result, ...(named ? { context: robot } : {}) }] : []
}

const unnamed: Reported = { sender: { name: '', address: '' }, subject: '' }

function robotCheck(robot: RobotName, told: 'fail' | 'warning', lines: readonly string[]): CheckFact {
  const start = lines.find(line => /^\S.{10,}/.test(line) && !/^(?:hi|hello|dear)\b/i.test(line)) ?? ''
  const good = lines.some(line =>
    /\bimprovement\b|BUILD SUCCESS|did not trigger any issue|no (?:build )?(?:errors|regressions)/i.test(
      line,
    ),
  )
  const description = start.trim().slice(0, 200)
  return { context: robot, state: good ? 'success' : told, description, url: firstUrl(lines) }
}

function labelledChecks(lines: readonly string[]): CheckFact[] {
  const starts = lines.flatMap((line, at) => (/^Test-Label:\s{0,5}\S/i.test(line) ? [at] : []))
  return starts
    .slice(0, limits.checksMax)
    .flatMap((start, i) => checkIn(lines.slice(start, starts[i + 1] ?? start + limits.checkLinesMax)))
}

function checkIn(block: readonly string[]): CheckFact[] {
  const state = stateOf(field(block, 'Test-Status') ?? '')
  const context = field(block, 'Test-Label')?.slice(0, contextCharactersMax)
  if (!context || !state) return []
  const description = block.find(line => /^_.{1,200}_\s*$/.test(line))
  return [
    {
      context,
      state,
      description: description?.trim().replace(/^_|_$/g, '') ?? '',
      url: firstUrl(block.filter(line => line !== description)),
    },
  ]
}

/**
 * The block of a check, without a line end behind it. It reads as what `asWritten` makes of the check: DPDK's parser wants a label
 * without spaces, all four lines, and the whole within ten lines of the mail.
 */
export const checkBlock = (check: CheckFact): string => blockOf(asWritten(check))

/** The same for a note: no line of it is folded, and who describes nothing is not given words. */
export const noteBlock = (check: CheckFact): string => blockOf(asNoted(check))

const blockOf = ({ context, state, description, url }: CheckFact): string =>
  [
    `Test-Label: ${context}`,
    `Test-Status: ${statusWords[state]}`,
    ...(url === null ? [] : [url]),
    ...(description === '' ? [] : ['', `_${description}_`]),
  ].join('\n')

/** The check as its block can say it: any text in, one that is read again as it is out. */
export function asWritten(check: CheckFact): CheckFact {
  const written = cut(check, descriptionCharactersMax)
  return { ...written, description: written.description || statusWords[check.state].toLowerCase() }
}

/** The same for a note. */
export const asNoted = (check: CheckFact): CheckFact => cut(check, descriptionReadCharactersMax)

function cut({ context, state, description, url }: CheckFact, descriptionMax: number): CheckFact {
  const label = context.toWellFormed().replace(/[^\p{L}\p{N}._/+@-]+/gu, '-')
  const words = description
    .toWellFormed()
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .slice(0, descriptionMax)
    .toWellFormed()
    .replace(/^[\s_]+|[\s_]+$/gu, '')
  return {
    context: label.slice(0, contextCharactersMax).toWellFormed().replace('\ufffd', '') || 'ci',
    state,
    description: words,
    url: url !== null && firstUrl([url]) === url ? url : null,
  }
}

export const contextCharactersMax = 100
/** With its underscores it fits into a line that a mail need not fold (RFC 5322 2.1.1 advises 78). */
const descriptionCharactersMax = 74
/** Of a description that stands in a mail. */
const descriptionReadCharactersMax = 200

const statusWords: Readonly<Record<CheckFact['state'], string>> = {
  success: 'SUCCESS',
  warning: 'WARNING',
  fail: 'FAILURE',
  pending: 'PENDING',
}

function field(block: readonly string[], name: string): string | undefined {
  const line = block.find(l => l.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim()
}
