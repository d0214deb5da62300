// `pw-bot: cr`, netdev's way to set the state of a whole series in patchwork (NIPA's mailbot.py). The bot reads one
// value and nothing else; the words are in state-words.ts.
import { valueMiss } from './misses.ts'
import { type OwnLine, otherWords, type Reading } from './reading.ts'
import { patchValue } from './state-words.ts'

export function pwBotLine(lines: readonly OwnLine[], index: number): Reading | null {
  const line = lines[index]?.line ?? ''
  const match = line
    .slice(0, 200)
    .match(/^pw-bot[ \t]{0,2}:[ \t]{0,10}(?:(\d{1,4})\/\d{1,4}[ \t]{1,5})?(\S.{0,150})$/i)
  if (!match) return null
  const value = (match[2] ?? '').trim()
  const state = patchValue(value.split(/\s--\s/)[0] ?? '')
  if (!state) {
    const miss = valueMiss('Patch-Status', value, line.trim()) ?? { line: line.trim(), nearest: null }
    return { tags: [], misses: [miss], lines: 1 }
  }
  const reach = match[1] ? { number: Number(match[1]) } : { whole: true as const }
  return {
    tags: [{ ...state, ...reach, ...otherWords('pw-bot', line) }],
    lines: 1,
  }
}
