// The log of a step, a page of lines at a time: it may have millions of them, and may still grow.
import { createReadStream, existsSync } from 'node:fs'
import { limits } from '../../base/limits.ts'

export interface LogPage {
  /** The number of its first line, from 1. */
  readonly from: number
  readonly lines: readonly string[]
  /** Of the whole log. */
  readonly total: number
}

/** Null where there is no log. Lines are cut where no reader follows them; the raw log has them whole. */
export async function readLogPage(path: string, from: number, count: number): Promise<LogPage | null> {
  if (!existsSync(path)) return null
  const lines: string[] = []
  let total = 0
  let line = ''
  let open = false
  const wanted = () => total >= from - 1 && lines.length < count
  const end = () => {
    if (wanted()) lines.push(line)
    total++
    line = ''
    open = false
  }
  for await (const chunk of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    let at = 0
    for (let next = chunk.indexOf('\n'); next >= 0; next = chunk.indexOf('\n', at)) {
      if (wanted()) line += chunk.slice(at, Math.min(next, at + limits.logLineCharactersMax))
      end()
      at = next + 1
    }
    if (at < chunk.length) open = true
    if (wanted() && line.length < limits.logLineCharactersMax)
      line += chunk.slice(at, at + limits.logLineCharactersMax)
  }
  if (open) end()
  return { from, lines: lines.map(cut), total }
}

const cut = (line: string): string =>
  line.length > limits.logLineCharactersMax ? `${line.slice(0, limits.logLineCharactersMax)}…` : line
