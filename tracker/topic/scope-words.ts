// The words of a subject's bracket that name a project or a branch, as lists write them that serve several.

/** The words of a bracket that name projects and branches, in lower case. */
export const scopeWords = ({ tags }: Tagged): ReadonlySet<string> =>
  new Set(tags.map(plainWord).filter(word => !isStage(word)))

/** The same as they were written. */
export const writtenScope = ({ tags }: Tagged): string =>
  tags.filter(tag => !isStage(plainWord(tag))).join(' ')

/** The words that only one of them has. A word more is no other one: `[SRU J]` and `[J]`. */
export const differing = (a: ReadonlySet<string>, b: ReadonlySet<string>): [string[], string[]] => [
  [...a].filter(word => !b.has(word)),
  [...b].filter(word => !a.has(word)),
]

/** Do both name one, and not the same? */
export const isForOther = (a: Tagged, b: Tagged): boolean =>
  a.tags.join() !== b.tags.join() && differing(scopeWords(a), scopeWords(b)).every(words => words.length > 0)

interface Tagged {
  readonly tags: readonly string[]
}

/** `v5.10`, `linux-5.10.y` and `5.10` are one. */
const plainWord = (tag: string) =>
  tag
    .toLowerCase()
    .replace(/^(?:linux-|stable-|v)(?=\d+\.\d)/, '')
    .replace(/\.y$/, '')

/**
 * Releases that have a name and no number in brackets: those of Yocto, Debian and Ubuntu, which no word of another list's
 * brackets is. A patch for one of them is a backport wherever it is posted.
 */
export const releaseNames: ReadonlySet<string> = new Set(
  (
    'dunfell gatesgarth hardknott honister kirkstone langdale mickledore nanbield scarthgap styhead walnascar whinlatter ' +
    'wrynose zeus warrior buster bullseye bookworm trixie forky trusty xenial bionic focal impish jammy kinetic lunar ' +
    'mantic noble oracular plucky questing resolute'
  ).split(' '),
)

const isStage = (word: string) =>
  /^(?:wip|draft|final|trivial|urgent|tests?|testing|experimental|early|fix(?:es|ed)?|bug(?:fix)?|docs?|review|request|series|cover|letter|nfc|typo|cleanup|minor|security|again|\W*\d?\W*)$/.test(
    word,
  )
