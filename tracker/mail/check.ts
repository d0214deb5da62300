// A CI bot's answer in DPDK's form, which patchwork's CI bots use too:
//   Test-Label: ci/build
//   Test-Status: SUCCESS
//   https://ci.example.org/run/17
//   _Build passed_
import type { CheckFact } from './facts.ts'

/** One check for each Test-Label among said lines. */
export function checksOf(lines: readonly string[]): CheckFact[] {
  const starts = lines.flatMap((line, at) => (/^Test-Label:\s{0,5}\S/i.test(line) ? [at] : []))
  return starts
    .slice(0, checksMax)
    .flatMap((start, i) => checkIn(lines.slice(start, starts[i + 1] ?? start + blockLinesMax)))
}

const checksMax = 50
const blockLinesMax = 40
const states = {
  success: 'success',
  pass: 'success',
  warning: 'warning',
  fail: 'fail',
  failure: 'fail',
  error: 'fail',
  pending: 'pending',
} as const

function checkIn(block: readonly string[]): CheckFact[] {
  const word = field(block, 'Test-Status')?.toLowerCase() ?? ''
  const context = field(block, 'Test-Label')?.slice(0, 100)
  if (!context || !(word in states)) return []
  const description = block.find(line => /^_.{1,200}_\s*$/.test(line))
  const url = block.join(' ').match(/https?:\/\/[^\s<>"]{4,500}/)?.[0] ?? null
  return [
    {
      context,
      state: states[word as keyof typeof states],
      description: description?.trim().replace(/^_|_$/g, '') ?? '',
      url,
    },
  ]
}

function field(block: readonly string[], name: string): string | undefined {
  const line = block.find(l => l.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim()
}
