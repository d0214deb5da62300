// Which commits a patchset may be made on, the likeliest first: what its author says, then what its diffs give away, then
// what the policy says of its list. Pure; who looks into git asks for each what it needs.

type FoundBy = 'base-commit' | 'depends-on' | 'blobs' | 'prefix' | 'default'

export interface Base {
  readonly foundBy: FoundBy
  readonly commit: string
  /** Null for a commit that no branch was asked for. */
  readonly branch: string | null
}

/** What is known, in the order in which it counts; each may be nothing. */
export interface Hints {
  /** The `base-commit:` that something leads to; null when there is none, or nothing does. */
  readonly baseCommit: string | null
  /** What the patchsets that it needs became, the nearest first. */
  readonly dependencies: readonly string[]
  /** The newest commits with the blobs that its diffs name, by branch. */
  readonly blobs: readonly { readonly branch: string; readonly commit: string }[]
  /** The branch of a word in the brackets of its subject. */
  readonly prefix: Head | null
  readonly default: Head | null
}

interface Head {
  readonly branch: string
  readonly head: string
}

/** Each commit once. */
export function basesOf({ baseCommit, dependencies, blobs, prefix, default: usual }: Hints): Base[] {
  const all: Base[] = [
    ...(baseCommit === null ? [] : [{ foundBy: 'base-commit' as const, commit: baseCommit, branch: null }]),
    ...dependencies.map(commit => ({ foundBy: 'depends-on' as const, commit, branch: null })),
    ...blobs.map(({ branch, commit }) => ({ foundBy: 'blobs' as const, commit, branch })),
    ...(prefix ? [{ foundBy: 'prefix' as const, commit: prefix.head, branch: prefix.branch }] : []),
    ...(usual ? [{ foundBy: 'default' as const, commit: usual.head, branch: usual.branch }] : []),
  ]
  return all.filter((one, index) => all.findIndex(({ commit }) => commit === one.commit) === index)
}

/** The blobs before the change that the diffs name, by file: of a file that several patches change the first one's. */
export function blobsBefore(texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  const seen = new Set<string>()
  for (const text of texts)
    for (const { path, now, blob } of changesIn(text)) {
      if (!seen.has(path) && blob !== null) found.set(path, blob)
      seen.add(path).add(now)
    }
  return new Map([...found].slice(0, blobsMax))
}

/** More would only make the question to git longer. */
const blobsMax = 200

interface Named {
  readonly path: string
  /** The name after the change. */
  readonly now: string
  /** Null for a new file. */
  readonly blob: string | null
}

/** Git quotes a path with odd characters; those are not asked for. */
function changesIn(text: string): Named[] {
  return text.split(/^diff --git /m).flatMap((file, index): Named[] => {
    if (index === 0) return []
    const head = file.slice(0, 4_000)
    const [, one = '', other = ''] = /^a\/(.+?) b\/(.+)$/m.exec(head.split('\n')[0] ?? '') ?? []
    const [, from, to] = /^rename from (.+)\nrename to (.+)$/m.exec(head) ?? []
    const blob = /^index ([0-9a-f]{7,64})\.\.[0-9a-f]{7,64}/m.exec(head)?.[1] ?? null
    const path = from ?? one
    if (path === '') return []
    return [{ path, now: to ?? other, blob: blob === null || /^0+$/.test(blob) ? null : blob }]
  })
}

/** The branch by the words in the brackets of a subject, in lower case. */
export function prefixBranch(
  tags: readonly string[],
  prefixes: Readonly<Record<string, string>>,
): string | null {
  for (const tag of tags) {
    const branch = Object.hasOwn(prefixes, tag.toLowerCase()) ? prefixes[tag.toLowerCase()] : undefined
    if (branch !== undefined) return branch
  }
  return null
}
