// The lines by which people change state: `Patch-Status: accepted -- applied to main`, and what other trackers taught
// them to write instead. They stand at the start of a own line of plain text; below a signature separator counts too
// (39 of 64 pw-bot lines in real archives stand there). Each reader of tag/ knows one language.
import { limits } from '../../base/limits.ts'
import type { Header } from '../decode/mail.ts'
import type { MissFact, Posting, TagFact } from './facts.ts'
import { type Commanded, commanded, type RobotName, traitsOf } from './robots.ts'
import {
  addressTags,
  bareCommandLine,
  controlLine,
  type DebbugsMail,
  debbugsMail,
  fieldLine,
  pseudoHeaders,
} from './tag/debbugs.ts'
import { stopsControl } from './tag/debbugs-control.ts'
import { quoteAbove } from './tag/finding.ts'
import { quickActionLine } from './tag/gitlab.ts'
import { headerTags } from './tag/headers.ts'
import { tagOnLine } from './tag/line.ts'
import { lookAlike } from './tag/look-alike.ts'
import { nameMiss } from './tag/misses.ts'
import { pwBotLine } from './tag/pw-bot.ts'
import type { OwnLine, Reading } from './tag/reading.ts'
import { recheckLine } from './tag/recheck.ts'
import { regzbotLine } from './tag/regzbot.ts'
import { sourcehutLine } from './tag/sourcehut.ts'
import { syzLine } from './tag/syzbot.ts'
import { verbLine } from './tag/verbs.ts'
import type { Text } from './text.ts'

export interface TaggedMail {
  readonly headers: readonly Header[]
  readonly text: Text
  readonly posting: Posting
  readonly robot: RobotName | null
  /** Does this line stand in a part of plain text? HTML hides what nobody sees. */
  readonly isPlain: (line: string) => boolean
}

export interface Tags {
  readonly tags: readonly TagFact[]
  readonly misses: readonly MissFact[]
  readonly problems: readonly string[]
}

/** What a mail says in order: header fields, addresses, lines. A value is not judged here: that needs its topic. */
export function tagsOf(mail: TaggedMail): Tags {
  // Robots quote their own commands as help: "#syz fix: exact-commit-title".
  const speaks = mail.robot === null || traitsOf(mail.robot).tags
  return speaks ? new Scan(mail).result() : { tags: [], misses: [], problems: [] }
}

class Scan {
  readonly #mail: TaggedMail
  readonly #lines: readonly OwnLine[]
  readonly #debbugs: DebbugsMail
  readonly #fieldsEnd: number
  readonly #tags: TagFact[]
  readonly #misses: MissFact[] = []
  readonly #problems = new Set<string>()
  readonly #controls: boolean
  /** Lines that were meant for somebody who reads lines, understood or not. */
  #read = 0
  readonly #theirs = new Map<Commanded, boolean>()

  constructor(mail: TaggedMail) {
    this.#mail = mail
    this.#lines = spokenLines(mail)
    this.#debbugs = debbugsMail(mail.headers)
    this.#controls = this.#debbugs.control
    const { fields, end } = pseudoHeaders(this.#lines, this.#debbugs)
    this.#fieldsEnd = end
    this.#tags = [...headerTags(mail.headers, mail.posting), ...addressTags(this.#debbugs, fields)]
  }

  result(): Tags {
    for (let at = 0; at < this.#lines.length && this.#read <= limits.tagsMax; ) at += this.#take(at)
    if (this.#read > limits.tagsMax || this.#tags.length > limits.tagsMax)
      this.#problems.add(`Only the first ${limits.tagsMax} of its lines that change something are read`)
    return {
      tags: this.#tags.slice(0, limits.tagsMax),
      misses: this.#misses.slice(0, limits.missesMax),
      problems: [...this.#problems].slice(0, limits.missesMax),
    }
  }

  /** Reads the line at this place and says how many it took. */
  #take(at: number): number {
    const line = this.#lines[at]?.line ?? ''
    if (this.#controls && stopsControl(line)) return this.#lines.length
    const reading = this.#reading(at, line)
    if (!reading) {
      this.#nearly(line)
      return 1
    }
    this.#read++
    if (!this.#mail.isPlain(line)) this.#problems.add(htmlOnly)
    else {
      this.#tags.push(...reading.tags.map(tag => this.#withQuote(at, tag)))
      this.#misses.push(...(reading.misses ?? []))
    }
    return reading.lines
  }

  /** A finding may be named by a quote of it. */
  #withQuote(at: number, tag: TagFact): TagFact {
    if (tag.tag !== 'Finding' || tag.finding !== undefined) return tag
    const quote = quoteAbove(this.#mail.text, this.#lines[at]?.at ?? 0)
    return quote ? { ...tag, quote } : tag
  }

  #reading(at: number, line: string): Reading | null {
    const lines = this.#lines
    const command = this.#controls ? bareCommandLine(lines, at, this.#debbugs) : null
    if (command) return command
    const first = line.charCodeAt(0)
    if (first === 35)
      return (
        syzLine(lines, at, () => this.#isTheirs('syzbot')) ??
        regzbotLine(lines, at, () => this.#isTheirs('regzbot'))
      )
    if (first === 33) return sourcehutLine(lines, at)
    if (first === 47) return quickActionLine(lines, at)
    if (!isLetter(first) || !line.includes(':')) return null
    return (
      controlLine(lines, at, this.#debbugs) ??
      (at < this.#fieldsEnd ? fieldLine(lines, at, this.#debbugs) : null) ??
      tagOnLine(lines, at) ??
      pwBotLine(lines, at) ??
      recheckLine(lines, at) ??
      verbLine(lines, at)
    )
  }

  /** A mistyped name, or one with letters that only look right. */
  #nearly(line: string): void {
    if (this.#misses.length + this.#problems.size >= limits.missesMax) return
    const seen = lookAlike(line, isTag)
    if (seen) this.#problems.add(seen)
    const miss = isLetter(line.charCodeAt(0)) ? nameMiss(line.trim()) : null
    if (miss && this.#mail.isPlain(line)) this.#misses.push(miss)
  }

  #isTheirs(robot: Commanded): boolean {
    const known = this.#theirs.get(robot)
    if (known !== undefined) return known
    const { address, line } = commanded[robot]
    const theirs =
      this.#isSentTo(address) ||
      (line !== null && this.#mail.text.lines.some(text => line.test(text.slice(0, 300))))
    this.#theirs.set(robot, theirs)
    return theirs
  }

  #isSentTo(address: RegExp): boolean {
    const fields = this.#mail.headers.filter(({ name }) => /^(?:to|cc|from)$/.test(name))
    return fields.some(({ value }) => address.test(value.slice(0, 20_000)))
  }
}

const htmlOnly = 'Lines that change something are read from plain text only, and this mail has them in HTML'

const isLetter = (code: number) => (code > 64 && code < 91) || (code > 96 && code < 123)

const isTag = (line: string): boolean => {
  const lines = [{ at: 0, line }]
  return /^#(?:syz|regzbot)[\s:-]/i.test(line) || Boolean(tagOnLine(lines, 0) ?? pwBotLine(lines, 0))
}

/** Of a patch only what stands below its three dashes or its diff: a commit message is what goes into the repository. */
function spokenLines({ text, posting }: TaggedMail): readonly OwnLine[] {
  if (posting !== 'patch') return text.own
  const dashes = text.own.find(({ line }) => line === '---')?.at
  const diff = text.kinds.indexOf('diff')
  if (dashes !== undefined && (diff < 0 || dashes < diff)) return text.own.filter(({ at }) => at > dashes)
  return diff < 0 ? text.own : text.own.filter(({ at }) => at > diff)
}
