// git-dit keeps an issue as commits: a message is a commit, and a block of its text whose every line is `Key: value`, or begins with a
// space behind such a line, says something of the issue (`Dit-status: closed`). So a mail that becomes such a message must not say what
// only an accepted command may; a line that could is moved by one space, as `>From ` is quoted in an mbox, and moved back.

export interface DitTrailer {
  readonly key: string
  readonly value: string
}

/** Of a whole message, in its order. */
export function ditTrailers(message: string): DitTrailer[] {
  return blocksOf(message).flatMap(block => trailersIn(block) ?? [])
}

/** Whether it says nothing in words: what `git dit tag` writes. */
export function isTag(message: string): boolean {
  const blocks = blocksOf(message)
  return (
    blocks.length > 0 && blocks.every(block => trailersIn(block)?.every(({ key }) => key.startsWith('Dit')))
  )
}

/** What stands below the subject. */
const blocksOf = (message: string): string[][] => {
  const blocks: string[][] = []
  let open = false
  for (const line of message.split('\n').slice(2)) {
    if (line.trim() === '') open = false
    else if (open) blocks.at(-1)?.push(line)
    else {
      blocks.push([line])
      open = true
    }
  }
  return blocks
}

/** Null when one of its lines is prose. */
function trailersIn(block: readonly string[]): DitTrailer[] | null {
  const trailers: DitTrailer[] = []
  for (const line of block) {
    const [, key = '', value = ''] = /^([\p{L}\p{N}-]{1,200})[:=](.*)$/u.exec(line) ?? []
    const before = trailers.pop()
    if (key !== '') trailers.push(...(before ? [before] : []), { key, value: value.trim() })
    else if (before && line.startsWith(' ')) trailers.push({ ...before, value: `${before.value}\n${line}` })
    else return null
  }
  return trailers
}

/** The text of a mail as a message: none of its lines is a trailer of git-dit, or names the mail. */
export function ditMessage(subject: string, body: string, id: string): string {
  const text = body
    .replaceAll('\0', '\u2400')
    .replace(/\r\n?/g, '\n')
    .replace(spoken, ' $&')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
  return `${subject}\n\n${text === '' ? '' : `${text}\n\n`}Message-ID: <${id}>\n`
}

/** Space before it, too, so that the way back is plain. Unicode's line ends part no lines of git's. */
const spoken = /^[ \t]*(?:Dit[\p{L}\p{N}-]*|Message-ID)[ \t]*[:=]/gimu
const quoted = /^ (?=[ \t]*(?:Dit[\p{L}\p{N}-]*|Message-ID)[ \t]*[:=])/gimu

export interface DitText {
  readonly subject: string
  readonly body: string
  /** Of the mail that it was; null for a message that was written in git. */
  readonly id: string | null
}

export function readDitMessage(message: string): DitText {
  const [subject = ''] = message.split('\n', 1)
  const body = message.slice(subject.length).replace(/^\n{1,2}/, '')
  const [whole, id] = /(?:^|\n\n)Message-ID: <([^<>\s]{1,990})>\s*$/.exec(body) ?? []
  if (whole === undefined || id === undefined) return { subject, body: body.trimEnd(), id: null }
  return { subject, body: body.slice(0, -whole.length).replace(quoted, ''), id }
}
