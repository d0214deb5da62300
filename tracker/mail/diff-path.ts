// Which file the head of a diff speaks of. git writes names with prefixes that a setting changes (a/ b/, i/ w/, none at
// all) and quotes unusual bytes; quilt, Subversion, CVS and plain diff write directories, times and revisions around them.

export interface DiffPath {
  /** The path after the change, the old one of a deleted file; empty when the head names none. */
  readonly path: string
  /** The path before, when it differs. */
  readonly from: string | null
}

/** `head`: the lines of one file above its first hunk. */
export function diffPath(head: readonly string[]): DiffPath {
  const field = (word: string) => head.find(line => line.startsWith(word))?.slice(word.length)
  // git gives the names of a rename without a prefix.
  const from = field('rename from ') ?? field('copy from ')
  const to = field('rename to ') ?? field('copy to ')
  if (from !== undefined && to !== undefined) return { path: written(to) ?? '', from: written(from) }
  const both = gitNames(field('diff --git ') ?? '')
  const [before, after] = [field('--- '), field('+++ ')]
  if (before !== undefined && after !== undefined) return pathOf(written(before), written(after), both)
  if (both) return pathOf(both[0], both[1], both)
  const alone = field('diff --cc ') ?? field('diff --combined ') ?? field('Index: ') ?? after ?? before ?? ''
  return { path: withoutUsualPrefix(written(alone) ?? ''), from: null }
}

type Names = readonly [string, string]

function pathOf(before: string | null, after: string | null, git: Names | null): DiffPath {
  if (before !== null && after !== null) {
    const [old, path] = withoutPrefixes(before, after)
    return { path, from: old === path || isBackup(old, path) ? null : old }
  }
  const name = after ?? before ?? ''
  // Of a file that is new or gone only git's own line has both names, and so shows what is a prefix.
  return { path: git ? withoutPrefixes(...git)[1] : withoutUsualPrefix(name), from: null }
}

/** Both names without what only tells the sides apart: `a/x` and `b/x`, `pump.orig/x` and `pump/x`; equal ones have none. */
function withoutPrefixes(before: string, after: string): Names {
  if (before === after) return [before, after]
  if (usualPrefix.test(before) && usualPrefix.test(after))
    return [withoutUsualPrefix(before), withoutUsualPrefix(after)]
  const [old, now] = [before.split('/'), after.split('/')]
  let same = 0
  while (same < Math.min(old.length, now.length) - 1 && old.at(-1 - same) === now.at(-1 - same)) same++
  if (same === 0) return [before, after]
  const path = now.slice(-same).join('/')
  return [path, path]
}

/** git's a/ and b/, and those of diff.mnemonicPrefix: commit, index, object, work tree. */
const usualPrefix = /^[abciow]\/(?=.)/
const withoutUsualPrefix = (name: string) => name.replace(usualPrefix, '')

const isBackup = (old: string, path: string) =>
  old.startsWith(path) && /^(?:~|\.(?:orig|org|old|bak))$/.test(old.slice(path.length))

/** The two names of `diff --git`, which may hold spaces. */
function gitNames(rest: string): Names | null {
  if (rest === '') return null
  if (rest.startsWith('"')) {
    const end = quoteEnd(rest)
    return end === -1 ? null : [unquoted(rest.slice(0, end + 1)), unquoted(rest.slice(end + 2))]
  }
  if (rest.endsWith('"')) {
    const quote = rest.indexOf(' "')
    return quote === -1 ? null : [rest.slice(0, quote), unquoted(rest.slice(quote + 1))]
  }
  const half = (rest.length - 1) / 2
  const places = [half, rest.lastIndexOf(' b/'), rest.indexOf(' ')]
  for (const at of places) {
    const [before, after] = [rest.slice(0, at), rest.slice(at + 1)]
    if (rest[at] !== ' ' || after === '') continue
    const [old, now] = withoutPrefixes(before, after)
    if (old === now || at !== half) return [before, after]
  }
  return null
}

/** A name as it stands behind `---` or `+++`; null for /dev/null. */
function written(text: string): string | null {
  const name = text.startsWith('"') ? unquoted(text.slice(0, quoteEnd(text) + 1)) : text.split('\t', 1)[0]
  const bare = (name ?? '').replace(stamp, '').trimEnd()
  return bare === '/dev/null' ? null : bare
}

/** A time or a revision behind a name whose tab became a space on the way. */
const stamp =
  / {1,4}(?:\d{4}-\d\d-\d\d \d\d:\d\d.{0,30}|[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d.{0,30}|\((?:revision|rev|working copy|nonexistent)\b.{0,40})$/

/** The place of the quote that closes the first one, -1 when none does. */
function quoteEnd(text: string): number {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return -1
}

/** git quotes names with unusual bytes as C strings: "a/\303\251.txt" (git-config core.quotePath). */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text
  const bytes: number[] = []
  for (const [whole, escaped] of text.slice(1, -1).matchAll(/\\([0-7]{1,3}|.)|[^\\]+/gsu)) {
    if (escaped === undefined) bytes.push(...Buffer.from(whole))
    else if (/^[0-7]/.test(escaped)) bytes.push(Number.parseInt(escaped, 8) & 0xff)
    else bytes.push(...Buffer.from(escapes[escaped] ?? escaped))
  }
  return Buffer.from(bytes).toString('utf8')
}

const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
