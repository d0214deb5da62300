// What is told of a build in a mail: first a block for each step, which programs read (tracker/mail/check.ts), then the same
// for people. Pure. What a build wrote is a stranger's text: bounded, and behind "> ", where nobody takes it for a line of ours.
import type { BuildState } from '../../base/build-state.ts'
import { secondsText } from '../../base/seconds-text.ts'
import type { Result, Step } from '../../ci/result.ts'
import { asWritten, checkBlock } from '../mail/check.ts'
import type { CheckFact } from '../mail/facts.ts'

export interface ToldBuild {
  readonly number: string
  readonly state: BuildState
  readonly why: string | null
  readonly result: Result | null
  /** Of its page; null when nobody knows where the pages are. */
  readonly page: string | null
  /** What was built, as a sentence without its full stop. */
  readonly what: string
  /** Which branch has the same failure, and in which build. */
  readonly elsewhere: { readonly branch: string; readonly number: string } | null
  /** Of the step that failed first, oldest first. */
  readonly tail: readonly string[]
  /** Lines of a shell. */
  readonly repeat: readonly string[]
}

/** What an end is in the words of a check; null where it says nothing. A fault of ours is none of the code's: it warns. */
export function checkState(state: BuildState): CheckFact['state'] | null {
  if (state === 'success' || state === 'warning') return state
  if (state === 'error') return 'warning'
  return state === 'failure' || state === 'timeout' || state === 'conflict' ? 'fail' : null
}

/** One check for each step; of a build that came to none, one in its name. */
function checksOfBuild(build: ToldBuild): CheckFact[] {
  const { state, why, result, page: url } = build
  const all = result?.steps ?? []
  const steps = all.map(step => ({ name: step.name, state: step.outcome, description: stepWords(step) }))
  const whole = {
    name: state === 'conflict' ? 'apply' : 'build',
    state,
    description: why ?? result?.why ?? '',
  }
  return (steps.length > 0 ? steps : [whole]).flatMap(one => {
    const said = checkState(one.state)
    return said === null
      ? []
      : [asWritten({ context: one.name, state: said, description: one.description, url })]
  })
}

/** The first step that ended as the whole build did, where that is no success. */
export const failedStep = (result: Result | null): Step | undefined =>
  result?.steps.find(({ outcome }) => outcome !== 'success' && outcome === result.outcome)

/** "passed in 12 s, 412 tests", "It ended with exit code 2 after 41 s, 3 of 412 tests failed". */
function stepWords({ outcome, why, seconds, tests }: Step): string {
  const counted = tests === undefined ? '' : `, ${testWords(tests)}`
  if (outcome === 'success') return `passed in ${secondsText(seconds)}${counted}`
  if (outcome === 'error') return `could not be run: ${why ?? 'a fault of the machine'}`
  if (outcome === 'warning') return `passed with a warning in ${secondsText(seconds)}${counted}`
  return `${why ?? outcome} after ${secondsText(seconds)}${counted}`
}

export const testWords = ({ passed, failed }: NonNullable<Step['tests']>): string =>
  failed > 0 ? `${failed} of ${passed + failed} tests failed` : `${passed} tests`

export const resultText = (build: ToldBuild): string =>
  `${[...checksOfBuild(build).map(checkBlock), ...paragraphs(build)].join('\n\n')}\n`

function paragraphs(build: ToldBuild): string[] {
  const { what, elsewhere, tail, repeat, page, number } = build
  const step = failedStep(build.result)
  const failing = step?.tests?.failing ?? []
  return [
    wrapped(`${what}. ${endWords(build, step)}`),
    ...(elsewhere && step
      ? [wrapped(`${step.name} fails on ${elsewhere.branch} too: build ${elsewhere.number}.`)]
      : []),
    ...(failing.length > 0 ? [`Tests that failed:\n${quoted(failing)}`] : []),
    ...(tail.length > 0 && step ? [`The last lines of ${step.name}:\n${quoted(tail)}`] : []),
    ...(repeat.length > 0 ? [`To repeat it:\n${repeat.map(line => `  ${line}`).join('\n')}`] : []),
    page === null ? `This is build ${number}.` : `All steps and their logs: ${page}`,
  ]
}

function endWords({ state, why, result }: ToldBuild, step: Step | undefined): string {
  const reason = step?.why ?? result?.why ?? why
  const because = (word: string) => (reason === null ? word : together(`${word}: ${plainLine(reason)}`))
  if (state === 'success') return 'All of it passed.'
  if (state === 'conflict') return `It applies to no ${because('branch')}.`
  if (state === 'error')
    return `It could not be built, which is no fault of the ${because('code')}. Nobody tries it again by itself.`
  const name = step ? `Step ${step.name}` : 'The build'
  return state === 'warning'
    ? `${name} passed with a ${because('warning')}.`
    : `${name} ${because('failed')}.`
}

const quoted = (lines: readonly string[]) => lines.map(line => `> ${plainLine(line)}`.trimEnd()).join('\n')

const lineCharactersMax = 200

/** Control characters were made harmless where they were written (ci/log.ts); here nothing is left that ends a line. */
const plainLine = (text: string): string =>
  text
    .replace(/[^\P{C}\t]|[\p{Zl}\p{Zp}]/gu, ' ')
    .slice(0, lineCharactersMax)
    .toWellFormed()

/** Text of others, with a word of ours in front: it is broken nowhere, or a line could begin with what reads as one of ours. */
export const together = (text: string): string => text.replaceAll(' ', glue)

/** Of Unicode's private area. */
const glue = '\uf8ff'

/** At 76 columns, where words allow it. */
function wrapped(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > 76) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n').replaceAll(glue, ' ')
}
