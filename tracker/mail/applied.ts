// "Applied, thanks." A person who says so in an own line of an answer states a fact about the patch; a question
// ("has this been applied?"), a wish and a plan do not.
import type { AppliedFact } from './facts.ts'
import { isTaken, saysTaken, takenWords } from './taken.ts'

/** Looks among own lines of an answer; null when nothing of the kind is said. */
export function appliedOf(
  subject: string,
  lines: readonly string[],
  tags: readonly string[] = [],
): AppliedFact | null {
  if (
    !lines.some(line => mayTell.test(line.slice(0, 300)) || (line.length < takenMax && mayBeTaken.test(line)))
  )
    return null
  const statements = statementsOf(withBranches(lines, tags)).map(withoutExceptions)
  const notice = statements.find(one => isNotice(one) || commitLine.test(one.text))
  const found = notice ?? statements.find(({ text }) => isPassing(text))
  if (!found) return null
  // Below a signature's dashes stand the fingerprints of keys.
  const signature = lines.findIndex((below, index) => index > found.at && /^-- ?$/.test(below))
  const end = signature < 0 ? found.at + 200 : Math.min(signature, found.at + 200)
  const behind = lines.slice(found.at, end)
  const commit = commitIn(behind)
  const line = found.written.replaceAll(shaped, '').slice(0, 200)
  const except = [...found.except, ...droppedBehind(statements, found)].slice(0, exceptionsMax)
  const numbers = numbersIn(found.text.slice(0, 200), behind).filter(one => !except.includes(one))
  const part =
    numbers.length > 0 ||
    except.length > 0 ||
    /^re: \(subset\)/i.test(subject) ||
    /\b(?:first|last|some|all but|except)\b/i.test(line)
  const branch = (found.text.match(putTo) ?? found.text.match(toBranch))?.[1]
    ?.replace(shaped, '')
    .replace(/ branch$/, '')
    .replace(/[.,]{1,3}$/, '')
  return {
    commit,
    line,
    ...(branch ? { branch } : {}),
    ...(toOwn.test(found.text) ? { own: true as const } : {}),
    ...(notice ? {} : { passing: true as const }),
    ...(part ? { part: true as const } : {}),
    ...(!part && speaksOfAll.test(line) ? { all: true as const } : {}),
    ...(numbers.length > 0 ? { numbers } : except.length > 0 ? { except } : {}),
  }
}

/** Most mails hold none of the words, and are not read further. */
const mayTell =
  /\b(?:applied|pushed|merged|queued|committed|picked|pulled|upstreamed|added|put|placed|taken|took|landed|staged|integrated|included|cherry-picked|backported|installed|checked in|stored|moved|now in|already in|applying|queue?ing|merging|pushing|committing|picking|taking|accepted|is in|are in|it's in|Commit-ID)\b/i

/** A word of the subject's bracket names a branch as well: "[PATCH net] x", "added to net". It gets the shape of one. */
function withBranches(lines: readonly string[], tags: readonly string[]): readonly string[] {
  const words = tags.filter(tag => /^[\w.+-]{2,40}$/.test(tag))
  if (words.length === 0) return lines
  const pattern = new RegExp(
    `\\b(to|into|onto|in|on) (?:the )?(${words.map(escaped).join('|')})(?=$|[\\s.,;!)])`,
    'gi',
  )
  return lines.map(line => line.slice(0, 300).replace(pattern, `$1 $2${shaped}`))
}

const shaped = '-branchword'

const escaped = (word: string) => word.replace(/[.+]/g, '\\$&')

/** A sentence of these is short, and is looked for in short lines only. */
const mayBeTaken = new RegExp(takenWords, 'i')
const takenMax = 80

interface Statement {
  /** On one line, without white space around it. */
  readonly text: string
  /** The line it begins on. */
  readonly at: number
  /** The sentences before it on its line. */
  readonly lead: string
}

/** A sentence without what it leaves out, and what that is. */
interface Told extends Statement {
  readonly written: string
  readonly except: readonly number[]
}

/**
 * The sentences of own lines. A line goes on with the one above it where that one was wrapped: "Jens / already applied
 * it" says what Jens did. One that begins with the verb itself ("and pushed, thanks.") is a statement all the same.
 */
function statementsOf(lines: readonly string[]): Statement[] {
  const statements: { text: string; at: number; lead: string }[] = []
  let open: { text: string; at: number; lead: string } | null = null
  lines.forEach((raw, at) => {
    const line = raw.trim().slice(0, 300)
    if (line === '') {
      open = null
      return
    }
    const above = lines[at - 1] ?? ''
    line.split(/(?<=[.!?;])\s+(?=\S)/).forEach((piece, index, pieces) => {
      const last: { text: string; at: number; lead: string } | null = open
      const wrapped = last && index === 0 && goesOn(last.text, above.length, piece)
      if (wrapped && last.text.length < statementCharactersMax) last.text += ` ${piece}`
      else open = { text: piece, at, lead: pieces.slice(0, index).join(' ') }
      if (!wrapped && open) statements.push(open)
      else if (wrapped && startsWithVerb.test(piece) && !namesSomebody.test(above.trim()))
        statements.push({ text: piece, at, lead: '' })
    })
  })
  return statements
}

const statementCharactersMax = 600

/**
 * "Applied all but 3", "the series except patch 2/5", "1-3, not 4": what is left says that the others are in, as if nothing
 * was left out. Behind the numbers the clause must end, so that "but 3 tests fail" leaves out nothing.
 */
function withoutExceptions(statement: Statement): Told {
  const except: number[] = []
  const text = mayTell.test(statement.text)
    ? statement.text.replace(exception, (_, named: string) => {
        except.push(...numbersNamed(named))
        return ''
      })
    : statement.text
  return { ...statement, text, written: statement.text, except }
}

/** "Applied, thanks. I dropped patch 3.": said in one of the next sentences. */
function droppedBehind(statements: readonly Told[], found: Told): number[] {
  const at = statements.indexOf(found)
  return statements
    .slice(at + 1, at + 4)
    .flatMap(({ text }) => numbersNamed(text.slice(0, 200).match(dropped)?.[1] ?? ''))
}

const exceptionsMax = 20

function numbersNamed(text: string): number[] {
  const words = text.match(/first|second|third|fourth|fifth|last/gi)
  if (!words) return ranges(text)
  return words.map(word => (/last/i.test(word) ? -1 : 1 + ordinalWords.indexOf(word.toLowerCase())))
}

/** A wrapped line: the one above ends within a sentence, and is long or goes on in small letters. */
const goesOn = (above: string, width: number, line: string): boolean =>
  !/[.!?:;]["')]?$/.test(above) &&
  !isGreeting.test(above) &&
  (/^[\p{Ll}(]/u.test(line) || (width > 55 && !/^[-*•[]/.test(line)))

const startsWithVerb = /^(?:and )?(?:applied|pushed|merged|queued|committed|picked up|pulled)\b/i
/** Whoever is named last did it. */
const namesSomebody = /(?:^|\s)\p{Lu}\p{Ll}+$/u

const isGreeting = /^(?:(?:hi|hello|hey|dear|hallo|thanks|thank you|thx)\b.{0,30}|@?\p{L}{2,20}),$/iu

const commitLine = /^Commit-ID:\s{1,5}[0-9a-f]{10,40}/

/** The patches it names: "1-2", "2/4 and 3/4", or the list that b4 and patchwork's robot write, `[1/2] title` with its commit. */
function numbersIn(line: string, behind: readonly string[]): number[] {
  const named = [patchNumbers, verbNumbers, numbersVerb].map(one => line.match(one)?.[1]).find(Boolean)
  if (named) return ranges(named)
  // "patches [1, 8]" may be these two or all between them: these two in any case.
  const bracketed = line.match(/\bapplied (?:patches )?\[(\d{1,3})(?:, ?(\d{1,3}))?\]/i)
  if (bracketed) return bracketed.slice(1).filter(Boolean).map(Number)
  const first = line
    .match(/\bfirst (\d{1,2}|two|three|four|five)(?= (?:patches|commits|to|into|for|in|on)\b|[.,;!]|$)/i)?.[1]
    ?.toLowerCase()
  if (first) return ranges(`1-${countWords.get(first) ?? first}`)
  const ordinals = line.match(ordinalPatches)?.[0].match(/first|second|third|fourth|fifth/gi)
  if (ordinals) return ordinals.map(word => 1 + ordinalWords.indexOf(word.toLowerCase()))
  const listed = behind.flatMap((text, index) => {
    const number = text.match(/^\s{0,4}(?:-\s)?\[(?:[^\]/]{0,60}[ ,])?(\d{1,4})\/\d{1,4}\]\s/)?.[1]
    const found = number && !/no (?:matching )?commit/i.test(`${text} ${behind[index + 1] ?? ''}`)
    return found ? [Number(number)] : []
  })
  return [...new Set(listed)]
}

const number = '\\[?#?\\d{1,3}(?:\\/\\d{1,3})?\\]?'
const moreNumbers = `(?:\\s{0,2}(?:,|and|&|\\+|-|–|to|through|\\.\\.){1,2}\\s{0,2}(?:and )?${number}){0,20}`
const numberList = `${number}${moreNumbers}`
const patchNumbers = new RegExp(`\\bpatch(?:es)?\\s{1,3}(${numberList})(?![\\w/])`, 'i')
const clauseEnd =
  '(?=$|[,.;:!)]|\\s(?:to|into|in|on|are|is|were|was|have|has|applied|merged|pushed|queued|with|for|as|thanks|because|which|since|now|yet|though)\\b)'
const ordinalNamed =
  '(?:first|second|third|fourth|fifth|last)(?:(?:,| and|, and) (?:the )?(?:first|second|third|fourth|fifth|last)){0,4}(?: patch(?:es)?| one)?'
const leavesOut =
  '(?:not|except(?:ing)?(?: for)?|excluding|apart from|aside from|other than|minus|without|save(?: for)?|dropped|dropping|skipped|skipping|left out|leaving out)'
const exception = new RegExp(
  `[,;]?\\s{0,2}\\(?(?:(?:but|and|only|i) ){0,2}(?:${leavesOut}|but) (?:the )?(?:patch(?:es)? )?(${numberList}|${ordinalNamed})\\)?${clauseEnd}`,
  'gi',
)
/** Behind the notice a bare number may count something else. */
const dropped = new RegExp(
  `^(?:(?:but|and|only|i|i've|i have|have|all|everything) ){0,3}(?:${leavesOut}|but) (?:the )?((?:patch(?:es)? )${numberList}|\\d{1,3}\\/\\d{1,3}${moreNumbers}|${ordinalNamed} patch(?:es)?)(?![\\w/])`,
  'i',
)
/** "Applied 3 patches" and "queued 2 weeks ago" count something else. */
const verbNumbers = new RegExp(
  `\\b(?:appl(?:ied|ying)|push(?:ed|ing)|merg(?:ed|ing)|queue?(?:d|ing)(?: up)?|committ(?:ed|ing)|pick(?:ed|ing)(?: up)?|pulled|took|tak(?:en|ing)|added|accepted)\\s{1,3}(${numberList})(?=$|[,.;:!)]|\\s(?:to|into|in|on|with|for|as|thanks|because|but|only|now|already|from|so)\\b)`,
  'i',
)
/** "1 and 2 applied", "#1 and #2 are pushed": a list that begins the sentence. */
const numbersVerb = new RegExp(
  `^\\s{0,4}(?:(?:ok|okay|thanks|so|only|just|both)[\\s,.!]{1,3}){0,3}(${numberList}) (?:(?:is|are|was|were|have|has|been|now|both) ){0,3}(?:applied|pushed|merged|queued|committed|picked|pulled)\\b`,
  'i',
)

const ordinalWords = ['first', 'second', 'third', 'fourth', 'fifth']
const ordinalPatches =
  /(?:applied|pushed|merged|queued|picked|pulled|took|taken|added)(?: up)?(?: only| just)?(?: the)? (?:(?:first|second|third|fourth|fifth)(?:,| and|, and)? ){1,5}(?:patch(?:es)?|one)\b/i

const countWords = new Map([
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
])

function ranges(text: string): number[] {
  const pieces = text
    .replace(/\/\d{1,3}/g, '')
    .split(/\s{0,2}(?:,|and|&|\+)\s{0,2}/i)
    .filter(piece => /\d/.test(piece))
  return pieces.flatMap(piece => {
    const [from = 0, to = from] = (piece.match(/\d{1,3}/g) ?? []).map(Number)
    return Array.from({ length: Math.min(Math.max(0, to - from), 100) + 1 }, (_, i) => from + i)
  })
}

/** In a web address (`/c/`, `?id=`, `commit/`), behind "commit", or a hash standing alone. git writes them in lower case. */
/**
 * The first commit that is told as the patch's. "I also fixed the leak, see <URL>" tells of another one; below a title, as b4
 * and patchwork's robot list them, no word of it counts.
 */
function commitIn(lines: readonly string[]): string | null {
  for (const [at, line] of lines.entries()) {
    const id = line.match(commitId)?.[1]
    if (!id) continue
    const above = lines[at - 1] ?? ''
    const told = isOnlyLink.test(line.slice(0, 450)) && !listedTitle.test(above) ? `${above} ${line}` : line
    if (at === 0 || !ofAnother.test(told.slice(0, 700))) return id
  }
  return null
}
const isOnlyLink = /^\W{0,12}(?:\d{1,3}\]\W{0,4})?(?:commit:?\s|https?:)\S{0,400}\s*$/i
const listedTitle = /^\s{0,8}(?:-\s)?\[/
const ofAnother =
  /\b(?:fyi|also|since|introduced|caused|broke|broken|regression|reverts?|reverted|previously|my fix|another|unrelated|follow-?up)\b/i

const commitId =
  /(?:\b[Cc]ommit(?:-[Ii][Dd])?:?\s{1,6}|\/c\/|\/commit\/(?:\?id=)?|\?id=|(?:^|\s)(?=\d{0,39}[a-f]))([0-9a-f]{10,40})\b(?![@-]|\.\w)/m

const verb = '(?:applied|pushed|merged|queued(?: up)?|committed|picked(?: up)?|pulled|upstreamed)'
// What may stand before the verb in such a line: thanks, pronouns, "patchset", "series", an adverb.
const before =
  "(?:(?:(?:hi|hello|thanks?(?: you)?)(?: [^\\s,.!]{2,20}(?=,))?|thx|great|done|your (?:patch(?:es|set)?|series|changes?|fix(?:es)?|pull request|pr)|pull request|good|ok(?:ay)?|fine|nice|perfect|both|all|whole|the|this|these|that|it|them|patch(?:es|set)?s?|series|commits?|and|now|just|finally|already|i|i've|i have|we|we've|have|has|had|been|was|were|is|are|therefore|so|thus|first|rest|of|with|minor|obvious|fixed|fixups?|changed|tweak(?:s|ed)?|lgtm|also|then|went ahead|reviewed|acked|accepted|approved|&|v\\d{1,2}|\\[?#?\\d{1,3}(?:(?:-|/|,|\\+|\\.\\.)#?\\d{0,3})?\\]?)[\\s,.!:;-]{1,4}){0,8}"
/** Any one of them; each may be a pattern itself. */
const anyOf = (words: readonly string[]) => `(?:${words.join('|')})`
const listed = (words: string) => words.split(' ')

// Where it is: a word that is shaped like a branch, or what people call theirs. A path, a list and the docs are none.
const branchNames = listed(
  'main master trunk devel(?:op(?:ment)?)? dev next staging testing stable mainline upstream head queue tree repo(?:sitory)?',
)
/** Behind "to" they are no branch, whatever follows. */
const neverBranches = listed(
  'changelog cc mr pr message log code way same top todo docs? tests? list wiki faq v\\d it this that them series patch commit everyone me you us',
)
const filePath = `\\S{0,60}\\.${anyOf(listed('c h py ts js rs go txt md rst sh html'))}\\b`
const branchWord = anyOf([
  // "the -mm tree", "the -mm mm-unstable branch", "-next".
  '-(?:mm|next|stable|tip|fixes|rc\\d{0,2}|rt|current|devel|testing|unstable|queue|misc)(?: [\\w-]{2,30}(?= (?:branch|tree)))?',
  // With a dash or a slash in it.
  '[\\w.+]{1,40}[-/][\\w./+-]{1,60}',
  ...branchNames,
  // A release.
  '\\d{1,3}\\.\\d{1,3}[\\w.]{0,10}',
  '[\\w.+]{2,40}(?= branch\\b)',
  '(?:patch|merge|commit|misc) queue',
  '[a-z][\\w+]{1,30}(?= now[.,!])',
  // Any word that ends the sentence.
  `(?!${anyOf(neverBranches)}\\b)[a-z][\\w+]{2,30}(?=[.!]?$|, thank)`,
])
const kindBehind = `(?:${anyOf(listed('branch tree queue repo(?:sitory)?').map(word => ` ${word}`))}(?! ?list))?`
const otherBehind = ` ${anyOf(['list', 'docs?', 'file', 'page', 'section', 'table', 'series', 'kernel config'])}`
const branch = `(?:the |my |our |its )?[\`'"]?((?!${filePath})${branchWord}${kindBehind})[\`'"]?(?!${otherBehind})(?=$|[\\s.,;:!)])`
const put =
  '(?:added|put|placed|taken|took|landed|staged|integrated|included|cherry-picked|backported|installed|checked in|stored|moved|committed|applied|pushed|merged|queued|picked|pulled|now)'
const thing =
  '(?: (?:it|this(?: one)?|these|them|both|all(?: of (?:them|it))?|the (?:patch(?:es)?|series|lot|set|change)|your (?:patch(?:es)?|series|changes?)|patch(?:es)? [\\d/, and-]{1,30}|[\\d/, and-]{1,30}))?'
const inBranch = new RegExp(
  `^\\s{0,4}${before}(?:${put}${thing}(?: up| now)? (?:in|into|to|onto|on)|(?:is|are|it's|they're)(?: now| already)? (?:in|on)) ${branch}`,
  'i',
)
/** Where it was put: right behind the verb any such word, further on only one that can mean nothing else. */
const putTo = new RegExp(
  `\\b(?:${put}${thing}(?: up| now)? (?:in|into|to|onto|on|for)|\\b(?:is|are|it's|they're)(?: now| already)? (?:in|on)) ${branch}`,
  'i',
)
const toBranch =
  /\b(?:to|into|onto|in|on) (?:the |my |our |its )?[`'"]?((?!\S{0,60}\.(?:c|h|py|ts|js|rs|go|txt|md|rst|sh|html)\b)(?:[\w.+]{1,40}[-/][\w./+-]{1,60}|main|master|trunk|mainline|[\w.+]{2,40} (?:branch|tree)\b))(?=$|[`'"\s.,;:!)])/i

/** A tree of one's own: of a maintainer the place where it goes on from, of an author where he works. */
const toOwn =
  /\b(?:to|into|onto|in|on) my (?:own )?(?!queue\b|list\b)[\w./-]{1,40}(?: (?:branch|tree|fork|repo(?:sitory)?))?/i

const tellsApplied = new RegExp(`^\\s{0,4}${before}${verb}(?:[\\s,.!:;)]|$)`, 'i')
const notSo =
  /\?|\b(?:not|n't|never|can be|could be|to be|should be|will be|would be|once|when|if|until|after|before|unless|needs?|waiting|someone|cleanly|on top of|locally|queued behind|applied to all|to (?:test|try|check|see|reproduce|build))\b/i

/** The sender's own work, not the patch: "I just pushed a new commit", "I've applied the global change". */
const otherThing = new RegExp(
  `${verb} (?:an? |another |upstream |the latest |the (?:\\w{2,20} )?changes? |(?:my|his|her|their) )`,
  'i',
)

/**
 * The work of an author, of a tester, and of one who took it back: "picked up Ruth's tags", "merged the two loops in v3",
 * "with this applied I see no warning", "I applied it and it boots", "I had it queued but dropped it".
 */
const othersWork = [
  /\b(?:applied|merged|squashed|folded) (?:(?:it|them|this|these|both|that) )?(?:(?:in|into|to|with) (?:one|a single|each other|patch(?:es)? #?\d|the (?:previous|first|next|other|same) )|with the (?:previous|first|next|other) )/i,
  /\bpicked up (?:\S{1,30} ){0,4}(?:tags?|trailers?|r-?bs?|acks?|\w{1,12}-by(?:'?s)?)(?![\w-])/i,
  new RegExp(
    `${verb} (?:[\\w'-]{1,20} ){0,8}in (?:v\\d{1,2}(?![\\w.])|(?:the |my )?(?:next|new) (?:version|revision|spin|round))`,
    'i',
  ),
  new RegExp(
    `${verb} the (?:two|three|last two|first two) (?!patch|commit|series)[a-z]{3,20} (?:in|into|to) `,
    'i',
  ),
  new RegExp(`^with (?:this|that|these|those|both|it|your|the|all)(?: \\w{1,15}){0,3} ${verb}`, 'i'),
  new RegExp(
    `${verb}\\b.{0,80} and (?:(?:it|this|everything|all|the \\w{1,20}) (?:still |now |all )?(?:works?|worked|boots?|booted|builds?|built|compiles?|compiled|fix(?:es|ed)|fails?|failed|passe[sd]|runs?|ran)|(?:tested|booted|built|ran) (?:it |them )?(?:on|with))\\b`,
    'i',
  ),
  new RegExp(
    `${verb}\\b.{0,80} but (?:i |i've |then |later |have |had ){0,3}(?:dropped|reverted|unqueued|backed) (?:it|this|them|both)\\b`,
    'i',
  ),
  /\bpushed (?:v\d{1,2}|(?:the|my) (?:branch|changes)) (?:to|on|in) my /i,
]

/** What he changed on the way is told to somebody: "Thanks Leo, I merged it with the larger limit". */
const toSomebody = new RegExp(
  `^thanks?(?: you)? [^\\s,.!]{2,20}, i(?:'ve| have)? ${verb} (?:it|them|this) with `,
  'i',
)

/** "It's in the lid branch in my private repo" says where to look at it; nothing was taken. */
const looksAt =
  /^(?:it's|it is|they're|they are|this is|that's) .{1,120}\b(?:private|personal|scratch) (?:\w{1,12} )?(?:branch|tree|repo(?:sitory)?|fork|clone|server)\b/i

/** "Both applied", "I merged the patchset": said below one patch, it speaks of the others too. */
const speaksOfAll = new RegExp(
  `\\b(?:(?:both|all)(?: (?:of (?:them|it)|(?:the )?patches|commits))?|series|patch ?set|patches) (?:(?:is|are|was|were|has been|have been|now) )?${verb}|${verb} (?:them all|(?:(?:the|this|both|whole|all|entire) ){0,2}(?:both|all|series|patch ?set|patches))\\b`,
  'i',
)

/** The sender says that it is in; what he did besides ("Good catch. I've applied it now.") is said in passing. */
function isNotice({ text, lead }: Statement): boolean {
  if (text.includes('?') || notSo.test(clauseOf(text)) || looksAt.test(text) || toSomebody.test(text))
    return false
  if (othersWork.some(one => one.test(text))) return false
  if (isTaken(text) || (isDone(clauseOf(text)) && doing.test(text))) return true
  if (inBranch.test(text.replace(thanksFor, ''))) return true
  // "Thanks. Applied." is one statement.
  const whole = lead === '' ? text : `${lead} ${text}`
  return tellsApplied.test(whole) && !notSo.test(lead) && !otherThing.test(whole)
}

/** "Thanks for the patch, pushed to misc-next": a branch behind it leaves no doubt what was pushed. */
const thanksFor =
  /^(?:many )?(?:thanks?|thank you|thx) for (?:the|your|this|these|all) [\w &/'-]{1,60}[,.!] /i

/** Up to the first comma, bracket or dash; commas between the words of the notice itself are in it. */
const clauseOf = (text: string): string =>
  text.match(/^(?:[^,;(—]|,(?=\s?(?:applied|thanks|queued|merged|pushed|pulled|and|now)\b)){1,300}/i)?.[0] ??
  text

// In passing: "thanks for your review, merged!", "I added the missing file and pushed", "anyway, I've applied it now". A
// clause that ends with the verb and what it speaks of, or a second verb behind something that the sender did.
const did = '(?:applied|pushed|merged|queued|committed)'
const object =
  '(?: (?:it|them|both|all|this(?: one)?|these(?: two)?|(?:(?:the|this|both|whole|all|entire) ){1,2}(?:patch(?:es|set)?|patch set|series)))?'
const ending =
  '(?: now| already| with .{1,120}|,? (?:many )?thanks?\\b.{0,40}|,? thank you\\b.{0,40})?(?: \\(.{1,80}\\))?[.!~,]{0,3}$'
const doer =
  "(?:(?:i|we)(?:'ve| have)? (?:(?:just|already|now|also|finally|help) )?|(?:(?:the|this|both|whole|all|entire) ){0,2}(?:patch(?:es|set)?|patch set|series) (?:(?:is|was|are|were|has been|have been) )?)?"
const clause = new RegExp(
  `(?:^|[,:;!] )(?:(?:fyi|btw|anyway|nevertheless|yep|so|and|then|done|also)[, ]{1,2})?${doer}${did}${object}${ending}`,
  'i',
)
const second = new RegExp(
  `(?:\\bi(?:'ve| have)?\\b.{1,160}|(?:^|, )\\w{2,12}ed\\b.{0,60}) (?:and|then) ${did}${object}${ending}`,
  'i',
)
const notDone =
  /\?|\b(?:not|never|can|cannot|could|may|might|must|should|shall|will|would|going to|want(?:ed)?|like|hope|wish|plan|please|let's|let us|once|when|if|until|after|before|unless|needs?|waiting|someone|somebody|cleanly|on top|see|seen|gets?|got|getting|having|without|you|locally|branch)\b|n't\b|'(?:ll|d)\b/i

/** Behind "the first": which and how many. */
const counted =
  '(?:(?:one|two|three|four|five|\\d{1,2})(?: (?:patch(?:es)?|commits?|of (?:these|them)))?|patch(?:es)?|one|few(?: patches)?)'
const patchList = 'patch(?:es)? [\\d/, and-]{1,30}'
/** "Applying, thanks.", "Queueing this for next." tell what is done with it; what goes on behind them tells of something else. */
const doing = new RegExp(
  `^\\s{0,4}(?:(?:thanks?|thank you|thx|ok|okay|lgtm|great|nice|and|so|now)[\\s,.!]{1,3}){0,3}(?:(?:i'm|i am|we're|we are) )?(?:now )?(?:(?:applying|merging|queue?ing|pushing|committing)(?: up)?(?:${thing}| the (?:first|last) ${counted})|(?:picking|taking)(?: up)? (?:this(?: one)?|it|these|them|both|the series|${patchList}|the (?:first|last) ${counted}))(?: up)?(?: now)?(?: (?:to|into|for) (?:the |my )?(?:[\\w.+]{1,40}[-/][\\w.+/-]{1,60}|${branchNames.join('|')}|\\d{1,3}\\.\\d{1,3}))?(?: now)?(?:\\s?[.!;]|$|,? (?:thanks|thank you|thx|cheers)\\b|, (?:but |and )?(?:the (?:rest|others?|last|second|third)|\\[?#?\\d|patch)\\b)`,
  'i',
)
/** "Fixed the typo while applying." */
const onTheWay =
  /^(?:i |i've |i have |and )?(?:fixed|changed|tweaked|adjusted|reworded|dropped|removed|amended|edited|added|corrected|folded|squashed)\b.{0,100} (?:while|upon|on) (?:applying|merging|committing|pushing|queue?ing)(?: (?:it|this|them|these|the (?:patch(?:es)?|series)))?(?=$|[.,;!)]| thanks\b)/i

const isPassing = (text: string): boolean =>
  !othersWork.some(one => one.test(text)) &&
  (saysTaken(text) ||
    (isDone(text) && [clause, second, onTheWay].some(one => one.test(text))) ||
    (isDone(clauseOf(text)) && doing.test(text)))

const isDone = (text: string): boolean => !notDone.test(text.replace(/\bthank you\b/gi, 'thanks'))
