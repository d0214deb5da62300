// A CI bot's answer in DPDK's form, which patchwork's CI bots use too:
//   Test-Label: ci/build
//   Test-Status: SUCCESS
//   https://ci.example.org/run/17
//   _Build passed_
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
  const context = field(block, 'Test-Label')?.slice(0, 100)
  if (!context || !state) return []
  const description = block.find(line => /^_.{1,200}_\s*$/.test(line))
  return [
    {
      context,
      state,
      description: description?.trim().replace(/^_|_$/g, '') ?? '',
      url: firstUrl(block),
    },
  ]
}

function field(block: readonly string[], name: string): string | undefined {
  const line = block.find(l => l.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim()
}
