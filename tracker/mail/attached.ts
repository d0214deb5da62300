// A patch that hangs on a mail as a file: what git format-patch or Mercurial wrote above it says who made the change and
// which version it is, as the header of a mail does.
import { parseAddresses } from '../decode/addresses.ts'
import { headerValue, readHeaders } from '../decode/headers.ts'
import type { TextPart } from '../decode/mail.ts'
import { decodeWords } from '../decode/words.ts'
import type { Person, SubjectFact } from './facts.ts'
import { formatPatchesIn } from './format-patches.ts'
import { hgHead } from './in-body.ts'
import { parseSubject } from './subject.ts'
import { readText, type Text } from './text.ts'

export interface Attached {
  /** Message, notes and diff, without the header above them. */
  readonly body: string
  readonly text: Text
  /** Null for a bare diff. */
  readonly from: Person | null
  /** Its title as a subject; null for a bare diff. */
  readonly subject: SubjectFact | null
  /** Of its subject, else of its file name: `v3-0001-x.patch`. */
  readonly version: number | null
}

/** A file may hold a whole series; each of its patches is one. */
export function readAttached(part: Pick<TextPart, 'text' | 'filename'>): Attached[] {
  const { patches } = formatPatchesIn(part.text)
  return patches.length < 2 ? [readOne(part)] : patches.map(text => readOne({ ...part, text }))
}

function readOne({ text, filename }: Pick<TextPart, 'text' | 'filename'>): Attached {
  const { body, from, subject } = mailHead(text) ?? mercurialHead(text) ?? { ...noHead, body: text }
  const named = /^v(\d{1,3})-\d{4}-/i.exec(filename ?? '')?.[1]
  const version = subject?.version ?? (named === undefined ? null : Number(named))
  return { body, text: readText(body), from, subject, version }
}

type Head = Pick<Attached, 'body' | 'from' | 'subject'>

const noHead = { from: null, subject: null }

function mailHead(text: string): Head | null {
  if (!/^\s{0,20}(?:>?From |From:|Subject:|Date:|[A-Z][A-Za-z-]{1,40}: )/.test(text)) return null
  const bytes = Buffer.from(text.trimStart())
  const { headers, bodyAt } = readHeaders(bytes)
  const title = headerValue(headers, 'subject')
  const from = headerValue(headers, 'from')
  if (title === null || from === null) return null
  return {
    body: bytes.toString('utf8', bodyAt),
    from: parseAddresses(from).find(person => person.address !== '') ?? null,
    subject: parseSubject(decodeWords(title)),
  }
}

/** The line below Mercurial's own is the title. */
function mercurialHead(text: string): Head | null {
  const lines = text.split('\n')
  const head = hgHead(lines)
  if (!head) return null
  return {
    body: lines.slice(head.end + 1).join('\n'),
    from: head.user,
    subject: parseSubject(`[PATCH] ${lines[head.end] ?? ''}`),
  }
}
