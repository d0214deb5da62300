// The logs of all steps one after another, as one log with lines counted through: a page of it at a time.
import { type LogPage, readLogPage } from './build-log.ts'

export interface StepLog {
  readonly step: string
  readonly path: string
}

export interface WholeLog {
  /** The number of its first line, from 1. */
  readonly from: number
  /** Those with lines on this page. */
  readonly parts: readonly LogPart[]
  /** Of all steps. */
  readonly total: number
}

export interface LogPart {
  readonly step: string
  /** The number of the first of these lines in the whole. */
  readonly from: number
  readonly lines: readonly string[]
  /** Of the step. */
  readonly total: number
}

export async function readWholeLog(logs: readonly StepLog[], from: number, count: number): Promise<WholeLog> {
  const parts: LogPart[] = []
  let [before, left] = [0, count]
  for (const { step, path } of logs) {
    const log: LogPage | null = await readLogPage(path, Math.max(1, from - before), left)
    if (log === null) continue
    if (log.lines.length > 0)
      parts.push({ step, from: before + log.from, lines: log.lines, total: log.total })
    left -= log.lines.length
    before += log.total
  }
  return { from, parts, total: before }
}
