// The body of a multipart cut at its boundary lines (RFC 2046, 5.1.1).

export interface Parts {
  /** Headers and body of each part; what stands before the first boundary line and behind a closing one is no part. */
  readonly parts: readonly Buffer[]
  /** False when the closing boundary line is missing. */
  readonly closed: boolean
}

/** At most `partsMax` + 1 parts are cut, so that the caller can see that there were more. Linear. */
export function splitParts(body: Buffer, boundary: string, partsMax: number): Parts {
  const mark = Buffer.from(`--${boundary}`)
  const parts: Buffer[] = []
  let open = -1
  let closed = false
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    const line = at === 0 || body[at - 1] === LF ? boundaryLine(body, at + mark.length) : null
    if (line === null) continue
    // Two boundary lines with nothing between them, not even a line end, hold no part.
    if (open >= 0 && at > open) parts.push(body.subarray(open, partEnd(body, open, at)))
    if (parts.length > partsMax) return { parts, closed: true }
    // Parts behind the closing line belong to nobody by the RFC; they come from multiparts that share a boundary.
    open = line.closes ? -1 : line.next
    closed = line.closes
  }
  if (open >= 0) parts.push(body.subarray(open))
  return { parts, closed }
}

const LF = 10
const CR = 13
const DASH = 45

/** What follows the boundary on its line: nothing or `--`, then white space. Else another boundary begins like ours. */
function boundaryLine(body: Buffer, from: number): { closes: boolean; next: number } | null {
  const closes = body[from] === DASH && body[from + 1] === DASH
  let i = closes ? from + 2 : from
  while (body[i] === 32 || body[i] === 9) i++
  if (body[i] === CR && body[i + 1] === LF) i++
  return i >= body.length || body[i] === LF ? { closes, next: Math.min(i + 1, body.length) } : null
}

/** The line end before a boundary line belongs to the boundary. */
function partEnd(body: Buffer, start: number, boundaryAt: number): number {
  const end = boundaryAt > start ? boundaryAt - 1 : boundaryAt
  return end > start && body[end - 1] === CR ? end - 1 : end
}
