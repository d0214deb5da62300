// Results of single tests within a log, where a script writes them as TAP does (testanything.org, versions 12 to 14) or the
// kernel's KTAP: counted, and the failing ones by name. It is read as the log is written, so that what a long log leaves
// out counts, too.
import type { Tests } from './result.ts'

export interface TapReader {
  /** Text of the log, cut anywhere. */
  write(text: string): void
  /** Null for a log that is none. */
  tests(): Tests | null
}

export function tapReader(): TapReader {
  const tests = { passed: 0, failed: 0, skipped: 0, failing: [] as string[] }
  /** How deep results lie that belong to a result still to come. */
  let depths: number[] = []
  let announced = false
  let pending = ''
  const line = (written: string) => {
    const text = written.replace(kernelTime, '')
    if (/^\s{0,80}(?:K?TAP version \d|1\.\.\d)/.test(text)) announced = true
    const result = resultIn(text)
    if (result === null) return
    const isParent = depths.some(depth => depth > result.depth)
    depths = [...depths.filter(depth => depth <= result.depth), result.depth].slice(-depthsMax)
    depths = [...new Set(depths)]
    if (isParent) return
    tests[result.how]++
    if (result.how === 'failed' && tests.failing.length < failingMax) tests.failing.push(result.name)
  }
  return {
    write(text) {
      const lines = (pending + text).split('\n')
      pending = (lines.pop() ?? '').slice(0, lineCharactersMax)
      for (const each of lines) line(each.slice(0, lineCharactersMax))
    },
    tests() {
      line(pending)
      pending = ''
      const any = tests.passed + tests.failed + tests.skipped > 0
      return announced && any ? { ...tests, failing: [...tests.failing] } : null
    },
  }
}

const lineCharactersMax = 1_000
const failingMax = 20
const nameCharactersMax = 200
const depthsMax = 20

interface Found {
  readonly depth: number
  readonly how: 'passed' | 'failed' | 'skipped'
  readonly name: string
}

/** A kernel's log puts it before each line. */
const kernelTime = /^\[\s{0,12}\d{1,10}\.\d{1,10}\] ?/

/** A failure that is marked as known ("TODO") is none. */
function resultIn(text: string): Found | null {
  const match = /^(\s{0,80})(not )?ok\b(.*)$/.exec(text)
  if (!match) return null
  const [, indent = '', not, rest = ''] = match
  const directive = /#\s{0,5}(skip|todo)/i.exec(rest)
  const name = rest
    .slice(0, directive?.index ?? rest.length)
    .replace(/^\s{0,5}\d{0,10}\s{0,5}-?\s{0,5}/, '')
    .trim()
  return {
    depth: indent.length,
    how: directive ? 'skipped' : not ? 'failed' : 'passed',
    name:
      name.slice(0, nameCharactersMax) || rest.trim().slice(0, nameCharactersMax) || 'a test without a name',
  }
}
