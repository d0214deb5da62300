// The lines of a signed note: what an instance says of its mails (tracker/export/sign-notes.ts). They are signed, and still read as what
// they are, another program's: a line that this one does not know is left out.
import { z } from 'zod'
import { type MessageId, messageId } from '../base/ids.ts'
import { headerValue, readHeaders } from '../tracker/decode/headers.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const numberLine = z.object({
  number: z
    .int()
    .positive()
    .max(2 ** 31 - 1),
  mail: z.string().max(2_000).transform(messageId),
  at: z.iso.datetime({ offset: true }),
})
const verdictLine = z.object({
  bytes: hash,
  grade: z.enum(['A', 'B', 'C', 'I']),
  how: z.looseObject({ code: z.string().max(100) }),
  identity: z.string().max(1_000).nullable(),
  data: z.looseObject({}),
  at: z.iso.datetime({ offset: true }),
})
const purgeLine = z.object({ purged: hash, mail: z.string().max(2_000).transform(messageId) })

export interface Said {
  readonly numbers: readonly z.infer<typeof numberLine>[]
  readonly verdicts: readonly z.infer<typeof verdictLine>[]
  readonly purges: readonly { readonly bytes: string; readonly mail: MessageId }[]
}

/** Null for a mail that is a note itself. */
export function saidIn(mail: Buffer): Said | null {
  const { headers, bodyAt } = readHeaders(mail)
  if (!headerValue(headers, 'content-type')?.includes('application/x-ndjson')) return null
  const lines = mail.subarray(bodyAt).toString().split('\n').flatMap(parsed)
  const all = <Line>(shape: z.ZodType<Line>): Line[] =>
    lines.flatMap(line => {
      const read = shape.safeParse(line)
      return read.success ? [read.data] : []
    })
  const purges = all(purgeLine).map(line => ({ bytes: line.purged, mail: line.mail }))
  return { numbers: all(numberLine), verdicts: all(verdictLine), purges }
}

function parsed(line: string): unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line)]
  } catch {
    return []
  }
}
