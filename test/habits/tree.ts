// An invented source tree that grows while the list is written: patches are made against the files as they stand, and
// what is applied changes them.
import type { Speech } from './speech.ts'
import { adjectives, folders, nouns, parts, places, verbs } from './words.ts'

export interface Tree {
  readonly project: string
  readonly files: Map<string, readonly string[]>
}

/** A stretch of lines that an edit replaces; `at` counts from 0 in the old file. */
interface Hunk {
  readonly at: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** What a patch does to one file. */
export interface Edit {
  readonly path: string
  readonly before: readonly string[]
  readonly hunks: readonly Hunk[]
}

export function growTree(speech: Speech, project: string): Tree {
  const files = new Map<string, readonly string[]>()
  const roots = speech.some(folders, 6)
  while (files.size < 90) {
    const [root, part] = [speech.pick(roots), speech.any(parts)]
    const path = speech.tell(
      [
        '{project}-{root}/{part}.c',
        '{root}/{project}/{part}.c',
        '{root}/{part}_{noun}.c',
        '{root}/{part}/{noun}.c',
        'doc/{part}-{noun}.txt',
        'tests/{part}{n}.sh',
        'include/{project}/{part}.h',
        'scripts/{part}_{noun}.py',
      ],
      {
        project,
        root,
        part,
        noun: speech.any(nouns),
        n: String(speech.between(1, 40)).padStart(2, '0'),
      },
    )
    if (!files.has(path)) files.set(path, linesOf(speech, path, part))
  }
  return { project, files }
}

function linesOf(speech: Speech, path: string, part: string): string[] {
  return Array.from({ length: speech.between(60, 160) }, () => lineOf(speech, path, part))
}

/** A line of a file of this kind. */
export function lineOf(speech: Speech, path: string, part: string): string {
  const values = {
    part,
    noun: speech.any(nouns),
    other: speech.any(nouns),
    verb: speech.any(verbs),
    adjective: speech.any(adjectives),
    place: speech.any(places),
    n: String(speech.between(1, 900)),
  }
  if (path.endsWith('.txt')) return speech.tell(proseLines, values)
  if (path.endsWith('.sh')) return speech.tell(shellLines, values)
  if (path.endsWith('.py')) return speech.tell(pythonLines, values)
  return speech.tell(cLines, values)
}

const cLines = [
  '\t{part}_{verb}_{noun}(ctx, {n});',
  '\tif (!{noun}->{other})',
  '\t\treturn -E{INVAL|NOMEM|BUSY|AGAIN|IO|NODEV|PERM|RANGE};',
  '\tret = {verb}_{adjective}_{noun}({part}, &{other});',
  'static int {part}_{verb}_{noun}(struct {part} *p, int {other})',
  '#define {part}_{noun}_{other} 0x{n}',
  '\t/* the {noun} is {adjective} until {place} */',
  '\t{noun}->{other}_{adjective} = {n};',
  '\tfor (i = 0; i != {n}; i++)',
  '\t\t{noun}_{verb}(&p->{other}[i]);',
  '\tpr_debug("{part}: {adjective} {noun} at {place}\\n");',
  '\tgoto out_{verb}_{noun};',
  'out_{verb}_{other}:',
  '\tu32 {adjective}_{noun} = {other}_{verb}(p);',
]
const proseLines = [
  'We {verb} the {adjective} {noun} on {place}.',
  'Use --{verb}-{noun} to {verb} each {other}.',
  '{n}. A {noun} without {other} counts as {adjective}.',
  'After {place} the {part} keeps its {noun}.',
]
const shellLines = [
  '{verb}_{noun} --{adjective} "$1" || exit {n}',
  'echo "{part}: {noun} {n}"',
  'test -f {part}.{noun} && {verb} {other}',
  '{noun}=$(({other} + {n}))',
]
const pythonLines = [
  '    self.{noun} = {verb}_{other}({n})',
  '    if not {noun}.{adjective}:',
  "        raise {noun}Error('{adjective} {other}')",
  'def {verb}_{noun}({other}, {adjective}={n}):',
]

/** The part that a path speaks of: its last folder or its name. */
export function partOf(path: string): string {
  const name = path.split('/').at(-1) ?? path
  return (
    name
      .replace(/\.\w+$/, '')
      .replace(/\d+$/, '')
      .split(/[-_]/)[0] ?? name
  )
}

export function editOf(speech: Speech, tree: Tree, path: string, size: number): Edit {
  const before = tree.files.get(path) ?? []
  const part = partOf(path)
  const hunks: Hunk[] = []
  const count = Math.min(3, size)
  for (let i = 0; i < count; i++) {
    const space = Math.floor((before.length - 12) / count)
    const at = 4 + i * space + speech.below(Math.max(1, space - 10))
    const removed = before.slice(at, at + speech.below(4))
    const added = Array.from({ length: speech.between(removed.length === 0 ? 2 : 1, 2 + size * 2) }, () =>
      lineOf(speech, path, part),
    )
    hunks.push({ at, removed, added })
  }
  return { path, before, hunks }
}

/** The same edit as a reviewed author sends it again: most of its lines stay. */
export function revisedEdit(speech: Speech, edit: Edit): Edit {
  const touched = speech.below(edit.hunks.length)
  const hunks = edit.hunks.map((hunk, index) => {
    if (index !== touched) return hunk
    const line = lineOf(speech, edit.path, partOf(edit.path))
    const at = speech.below(hunk.added.length + 1)
    const added =
      hunk.added.length > 2 && speech.odds(50)
        ? hunk.added.toSpliced(at % hunk.added.length, 1, line)
        : hunk.added.toSpliced(at, 0, line)
    return { ...hunk, added }
  })
  return { ...edit, hunks }
}

/** The file behind the edit. */
function after({ before, hunks }: Edit): string[] {
  return hunks
    .toReversed()
    .reduce<string[]>(
      (lines, { at, removed, added }) => lines.toSpliced(at, removed.length, ...added),
      [...before],
    )
}

/** Where the file has moved on meanwhile, somebody else resolved the conflict; the tree stays as it is. */
export function applyEdit(tree: Tree, edit: Edit): void {
  if (tree.files.get(edit.path) === edit.before) tree.files.set(edit.path, after(edit))
}

export const addedIn = ({ hunks }: Edit) => hunks.reduce((sum, { added }) => sum + added.length, 0)
export const removedIn = ({ hunks }: Edit) => hunks.reduce((sum, { removed }) => sum + removed.length, 0)

export type DiffStyle = 'git' | 'no-prefix' | 'mnemonic' | 'hg'

/** As the tool of its author writes it, with three lines around each hunk. */
export function diffOf(edit: Edit, style: DiffStyle, hash: (length: number) => string): string {
  const { path } = edit
  const [old, now] = { git: ['a/', 'b/'], 'no-prefix': ['', ''], mnemonic: ['i/', 'w/'], hg: ['a/', 'b/'] }[
    style
  ]
  const head =
    style === 'hg'
      ? `diff -r ${hash(12)} -r ${hash(12)} ${path}\n--- a/${path}\tThu Jan 01 00:00:00 1970 +0000\n+++ b/${path}\tThu Jan 01 00:00:00 1970 +0000`
      : `diff --git ${old}${path} ${now}${path}\nindex ${hash(12)}..${hash(12)} 100644\n--- ${old}${path}\n+++ ${now}${path}`
  let shift = 0
  const body = edit.hunks.map(hunk => {
    const text = hunkText(edit.before, hunk, shift)
    shift += hunk.added.length - hunk.removed.length
    return text
  })
  return [head, ...body].join('\n')
}

function hunkText(before: readonly string[], { at, removed, added }: Hunk, shift: number): string {
  const lead = before.slice(Math.max(0, at - 3), at)
  const trail = before.slice(at + removed.length, at + removed.length + 3)
  const around = lead.length + trail.length
  const start = at - lead.length + 1
  const context = before.slice(0, at - lead.length).findLast(line => /^[a-z]/i.test(line)) ?? ''
  return [
    `@@ -${start},${around + removed.length} +${start + shift},${around + added.length} @@ ${context}`.trimEnd(),
    ...lead.map(line => ` ${line}`),
    ...removed.map(line => `-${line}`),
    ...added.map(line => `+${line}`),
    ...trail.map(line => ` ${line}`),
  ].join('\n')
}

/** The stat that format-patch puts below the dashes. */
export function statOf(edits: readonly Edit[]): string {
  const width = Math.max(...edits.map(({ path }) => path.length))
  const lines = edits.map(edit => {
    const [plus, minus] = [addedIn(edit), removedIn(edit)]
    return ` ${edit.path.padEnd(width)} | ${plus + minus} ${'+'.repeat(Math.min(plus, 30))}${'-'.repeat(Math.min(minus, 20))}`
  })
  const [plus, minus] = [
    edits.reduce((sum, edit) => sum + addedIn(edit), 0),
    edits.reduce((sum, edit) => sum + removedIn(edit), 0),
  ]
  const files = `${edits.length} file${edits.length === 1 ? '' : 's'} changed`
  const pluses = plus === 0 ? '' : `, ${plus} insertion${plus === 1 ? '' : 's'}(+)`
  const minuses = minus === 0 ? '' : `, ${minus} deletion${minus === 1 ? '' : 's'}(-)`
  return [...lines, ` ${files}${pluses}${minuses}`].join('\n')
}
