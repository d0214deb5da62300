// What an import shows while it runs: on a terminal one line that rewrites itself, elsewhere (a log, a pipe) a plain
// line every few seconds. Time left comes from bytes: nobody knows the number of mails of a file beforehand.
import { basename } from 'node:path'

/** How far an import has come, over all of its files. */
interface Standing {
  readonly path: string
  readonly mails: number
  readonly bytesDone: number
  readonly bytesTotal: number
}

export interface ImportReport {
  /** Mails read, and of them: new in the log, there before, not kept because of their size or without a list. */
  readonly read: number
  readonly fresh: number
  readonly known: number
  readonly skipped: number
  /** Mails that the archive had deleted. */
  readonly hidden: number
  readonly seconds: number
  /** Not all was read. */
  readonly interrupted: boolean
  /** A sentence for each source that could not be read, wholly or partly, and for mails that were skipped. */
  readonly problems: readonly string[]
}

export interface Progress {
  /** Called after each batch; prints when it is time. */
  show(standing: Standing): void
  /** A sentence that stays, such as a problem. */
  say(text: string): void
  /** Prints the summary. */
  finish(report: ImportReport): void
}

interface ProgressOptions {
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  /** Milliseconds; a clock that never goes back. */
  readonly now?: () => number
}

/** Prints to `output`, as a rule the standard error: standard output belongs to results. */
export function makeProgress({ output, now = () => performance.now() }: ProgressOptions): Progress {
  const began = now()
  const pause = output.isTTY ? 100 : 5_000
  let shown = began
  let moving = false

  const clear = () => {
    if (moving) output.write('\r\u001b[K')
    moving = false
  }
  return {
    show(standing) {
      if (now() - shown < pause) return
      shown = now()
      const line = progressLine(standing, (shown - began) / 1000)
      if (!output.isTTY) {
        output.write(`${line}\n`)
        return
      }
      clear()
      output.write(line.slice(0, (output.columns ?? 80) - 1))
      moving = true
    },
    say(text) {
      clear()
      output.write(`${text}\n`)
    },
    finish(report) {
      clear()
      output.write(`${summary(report)}\n`)
    },
  }
}

function progressLine({ path, mails, bytesDone, bytesTotal }: Standing, seconds: number): string {
  const share = bytesTotal > 0 ? Math.min(1, bytesDone / bytesTotal) : 1
  const left = share > 0 ? (seconds / share) * (1 - share) : 0
  const rate = Math.round(mails / Math.max(seconds, 0.001))
  return `${basename(path)}: ${Math.floor(share * 100)} %, ${mails} mails, ${rate} a second, ${duration(left)} left`
}

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function summary({ read, fresh, known, skipped, hidden, seconds, interrupted }: ImportReport): string {
  const deleted = hidden === 0 ? '' : `, ${hidden} hidden because the archive deleted them`
  const counts = `${read} mails read: ${fresh} new, ${known} already there, ${skipped} skipped${deleted}; ${seconds.toFixed(1)} s`
  return interrupted ? `${counts}\nInterrupted; run the same command to go on` : counts
}
