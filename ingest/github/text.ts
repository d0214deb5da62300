// Text that was written on GitHub -> the text of a mail: Markdown as it stands. `#12` there is another number than `#12` here, so it is
// written with its repository, and what it leads to stands below.
import { createHash } from 'node:crypto'
import type { MessageId } from '../../base/ids.ts'

export interface Written {
  readonly body: string
  /** A line each, below the text. */
  readonly remarks: readonly string[]
}

export function mailTextOf({ body, remarks }: Written, repository: string, root: (n: number) => MessageId) {
  const numbers = new Set<number>()
  const lines = plainLines(body)
  let fence: string | null = null
  const text = lines.map(line => {
    const [mark] = /^ {0,3}(?:`{3,}|~{3,})/.exec(line)?.map(found => found.trim().slice(0, 3)) ?? []
    if (mark !== undefined && (fence === null || fence === mark)) fence = fence === null ? mark : null
    return fence !== null || mark !== undefined ? line : withRepository(line, repository, numbers)
  })
  const named = [...numbers]
    .slice(0, namedMax)
    .map(number => `${repository}#${number} is Message-ID: <${root(number)}>`)
  return `${text.join('\n').trimEnd() || '(no text)'}\n\n${[...remarks, ...named].join('\n')}\n`
}

const namedMax = 50

/** Not in `code`, in an address, or of another repository. */
function withRepository(line: string, repository: string, numbers: Set<number>): string {
  return line
    .split(/(`[^`]*`|https?:\/\/\S+)/)
    .map((piece, at) =>
      at % 2 === 1
        ? piece
        : piece.replace(/(?<![\w/#&.-])(?:#|GH-)(\d{1,9})\b/g, (_, digits: string) => {
            numbers.add(Number(digits))
            return `${repository}#${digits}`
          }),
    )
    .join('')
}

const plainLines = (body: string): string[] =>
  body
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Zl}\p{Zp}]/gu, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '\ufffd')
    .split('\n')

/** What tells a text from its edited one. */
export const hashOfText = (body: string): string =>
  createHash('sha256').update(body).digest('hex').slice(0, 20)

/** Of a commit, whose diff stays as it is. */
export function rewritten(body: Buffer, repository: string): Buffer {
  const text = body.toString('latin1')
  const end = text.search(/^---$/m)
  const message = end < 0 ? text : text.slice(0, end)
  const plain = message.split('\n').map(line => withRepository(line, repository, new Set()))
  return Buffer.from(plain.join('\n') + text.slice(message.length), 'latin1')
}
