// A mail is a stranger's choice: every regular expression of the program must cost what the length of the text says
// and no more, whatever the text. All are found in the source and timed against long texts made of their own pieces.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attacks } from './attacks.ts'
import { type Literal, regexLiterals } from './literals.ts'

/** A pattern that is quadratic needs half a million steps for a text of the first length, and 300 million for the second. */
const shortLength = 1_000
const longLength = 24_000
const suspectMs = 0.15
const longMsMax = 150

function milliseconds(pattern: RegExp, text: string): number {
  const before = process.cpuUsage()
  text.replace(pattern, '')
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const least = (pattern: RegExp, text: string) =>
  Math.min(milliseconds(pattern, text), milliseconds(pattern, text))

/** The text that costs too much, null when none does. */
function worst({ source, flags }: Literal): string | null {
  const pattern = new RegExp(source, flags.includes('g') || flags.includes('y') ? flags : `${flags}g`)
  for (const attack of attacks(source)) {
    const text = attack(shortLength)
    if (milliseconds(pattern, text) < suspectMs || least(pattern, text) < suspectMs) continue
    const long = attack(longLength)
    const cost = least(pattern, long)
    if (cost > longMsMax) return `${Math.round(cost)} ms for ${JSON.stringify(long.slice(0, 60))}...`
  }
  return null
}

test('every regular expression is linear or bounded', { timeout: 240_000 }, () => {
  const found = regexLiterals(join(import.meta.dirname, '../..'), [
    'base',
    'ci',
    'commands',
    'ingest',
    'sql',
    'tracker',
    'web',
  ])
  expect(found.length).toBeGreaterThan(150)
  const different = new Map(found.map(literal => [`${literal.source}/${literal.flags}`, literal]))
  const slow = [...different.values()].flatMap(literal => {
    const text = worst(literal)
    return text === null ? [] : [`${literal.file} /${literal.source}/${literal.flags}: ${text}`]
  })
  expect(slow).toEqual([])
})

test.each([
  ['\\s+$', ''],
  ['x*y', ''],
])('the quadratic /%s/ would be found', (source, flags) => {
  expect(worst({ file: '', source, flags })).toMatch(/ ms for /)
})
