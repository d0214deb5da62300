// A patch mail in its parts, as `git am` takes it apart: the commit message, the notes below `---` that git drops, the
// diff, and what stands below it.
import type { DecodedMail } from '../decode/mail.ts'
import { type Attached, readAttached } from './attached.ts'
import { type DiffFile, type DiffText, readDiff } from './diff-lines.ts'
import { type Dressing, dressStart, noDressing } from './dressing.ts'
import { formatPatchesIn } from './format-patches.ts'
import { withoutInBody } from './in-body.ts'

export interface PatchText {
  /** Without the header lines above it. */
  readonly message: readonly string[]
  /** Below the three dashes, most often the diffstat and what changed since the last version. */
  readonly notes: readonly string[]
  readonly files: readonly DiffFile[]
  readonly after: readonly string[]
}

export const readPatch = (text: string): PatchText => patchIn(readDiff(text))

/** Of a text whose diff was read already. */
export function patchIn({ before, files, after }: DiffText): PatchText {
  const cut = before.indexOf('---')
  if (cut === -1) return { message: withoutInBody(before), notes: [], files, after }
  return { message: withoutInBody(before.slice(0, cut)), notes: before.slice(cut + 1), files, after }
}

/**
 * The body without the list's footer, with attached patches below it as if they stood there: first what they say, each
 * under its title, then their notes, then their diffs.
 */
export function patchTextOf(mail: DecodedMail, dressing: Dressing = noDressing): string {
  const lines = mail.body.split('\n')
  const { before: body, patches: inline } = formatPatchesIn(
    lines.slice(0, dressStart(lines, dressing)).join('\n'),
  )
  const attached = [
    ...inline.flatMap(text => readAttached({ text, filename: null })),
    ...mail.attachedPatches.flatMap(readAttached),
  ]
  if (attached.length === 0) return body
  if (attached.every(({ subject }) => subject === null))
    return [body, ...attached.map(one => one.body)].join('\n')
  const patches = attached.map(one => ({ ...readPatch(one.body), titled: titleOf(one), diff: one.text.diff }))
  return [
    body,
    ...patches.flatMap(({ titled, message }) => [...titled, ...message]),
    '---',
    ...patches.flatMap(({ notes }) => notes),
    ...patches.map(({ diff }) => diff),
  ].join('\n')
}

const titleOf = ({ subject, from }: Attached): string[] =>
  subject === null
    ? []
    : ['', subject.text, ...(from === null ? [] : [`From: ${from.name} <${from.address}>`]), '']
