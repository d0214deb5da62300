// What a mail gives as a posting: its author, its diff's patch-id and files, what it is based on, its trailers.
import { headerValue } from '../decode/headers.ts'
import type { Header } from '../decode/mail.ts'
import type { Attached } from './attached.ts'
import { touchedFiles } from './diff.ts'
import { diffHash } from './diff-hash.ts'
import type { MailFacts } from './facts.ts'
import { inBodyFrom } from './in-body.ts'
import type { OpenedMail } from './opened.ts'
import { patchId } from './patch-id.ts'
import { relationsOf } from './relations.ts'
import type { Text } from './text.ts'
import { trailersOf } from './trailers.ts'

type Posted = Pick<
  MailFacts,
  'author' | 'patchId' | 'diffHash' | 'files' | 'changeId' | 'baseCommit' | 'relations' | 'trailers'
>

export function postedIn({
  mail,
  text,
  lines,
  attached,
  diff,
  from,
  posting,
  isPosting,
}: OpenedMail): Posted {
  const postedLines = isPosting ? [...lines, ...attached.flatMap(ownOf)] : lines
  const relations = isPosting ? relationsOf(postedLines) : []
  const hash = posting === 'patch' ? diffHash(diff) : null
  const message = posting === 'patch' ? commitMessage(text, attached) : lines
  return {
    author: (isPosting ? authorOf(message, attached) : null) ?? from,
    patchId: patchId(diff),
    ...(hash === null ? {} : { diffHash: hash }),
    files: touchedFiles(diff),
    changeId: changeIdOf(mail.headers, postedLines),
    baseCommit: firstMatch(postedLines, /^base-commit:\s{1,5}([0-9a-f]{7,64})\s*$/),
    ...(relations.length === 0 ? {} : { relations }),
    trailers: trailersOf(message, isPosting ? null : from),
  }
}

const ownOf = ({ text }: Pick<Attached, 'text'>) => text.own.map(({ line }) => line)

/** The first file's own header, else what stands above the message. */
const authorOf = (message: readonly string[], attached: readonly Attached[]) =>
  inBodyFrom(message) ?? attached[0]?.from ?? null

/** The own lines above the three dashes (or above the diff); of attached patches their own messages, when they have some. */
function commitMessage(text: Text, attached: readonly Attached[]): string[] {
  const files = text.diff === '' ? attached.flatMap(one => messageIn(one.text)) : []
  return files.some(line => line.trim() !== '') ? files : messageIn(text)
}

function messageIn({ own, kinds }: Text): string[] {
  const dashes = own.find(({ line }) => line === '---')?.at ?? Number.POSITIVE_INFINITY
  const diff = kinds.indexOf('diff')
  const end = Math.min(dashes, diff < 0 ? Number.POSITIVE_INFINITY : diff)
  return own.filter(({ at }) => at < end).map(({ line }) => line)
}

/** b4's `change-id:` line or header, or Gerrit's `Change-Id:` trailer. */
function changeIdOf(headers: readonly Header[], lines: readonly string[]): string | null {
  const id =
    headerValue(headers, 'x-change-id')?.trim() ?? firstMatch(lines, /^change-id:\s{1,5}(\S{8,200})\s*$/i)
  return id ? id.slice(0, 200) : null
}

const firstMatch = (lines: readonly string[], pattern: RegExp) => {
  for (const line of lines) {
    const match = line.slice(0, 300).match(pattern)
    if (match?.[1]) return match[1]
  }
  return null
}
