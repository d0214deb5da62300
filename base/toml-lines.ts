// The TOML library says where a syntax error is, but not where a value stood that parsed well and makes no
// sense. This reads the text again for its keys alone; the text is known to be correct TOML.

type Path = readonly (string | number)[]

/** The line (from 1) of each key by its path, as `showPath` prints it: `lists[0].people[1].role`. */
export function tomlLines(text: string): Map<string, number> {
  const reader = new Reader(text)
  while (reader.skipSpace()) {
    if (reader.takes('[[')) reader.tableOfArray()
    else if (reader.takes('[')) reader.table()
    else reader.pair(reader.section)
  }
  return reader.lines
}

export function showPath(path: readonly PropertyKey[]): string {
  const parts = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  return parts.join('').replace(/^\./, '')
}

class Reader {
  readonly lines = new Map<string, number>()
  section: Path = []
  readonly #text: string
  readonly #counts = new Map<string, number>()
  #at = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  /** Passes white space, line ends and comments; false at the end of the text. */
  skipSpace(): boolean {
    this.#pass(/(?:\s|#[^\n]*)*/y)
    return this.#at < this.#text.length
  }

  takes(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  table(): void {
    this.section = this.#header()
    this.#note(this.section)
  }

  tableOfArray(): void {
    const path = this.#header()
    const count = this.#counts.get(showPath(path)) ?? 0
    this.#counts.set(showPath(path), count + 1)
    if (count === 0) this.#note(path)
    this.section = [...path, count]
    this.#note(this.section)
  }

  pair(parent: Path): void {
    const path = [...parent, ...this.#key()]
    this.#note(path)
    this.#pass(/[ \t]*=[ \t]*/y)
    this.#value(path)
  }

  /** `lists.people` below `[[lists]]` means the people of the newest list. */
  #header(): Path {
    const path: (string | number)[] = []
    for (const part of this.#key()) {
      const count = this.#counts.get(showPath(path))
      if (count !== undefined) path.push(count - 1)
      path.push(part)
    }
    this.#pass(/[ \t]*\]{1,2}/y)
    return path
  }

  #key(): string[] {
    const parts: string[] = []
    do {
      const part = this.#pass(/[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*/y).trim()
      parts.push(/^["']/.test(part) ? part.slice(1, -1) : part)
    } while (this.takes('.'))
    return parts
  }

  #value(path: Path): void {
    if (this.takes('[')) this.#array(path)
    else if (this.takes('{')) this.#inlineTable(path)
    else {
      this.#pass(/"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^,\]}\n#]*/y)
    }
  }

  #array(path: Path): void {
    for (let index = 0; this.skipSpace() && !this.takes(']'); index++) {
      this.#note([...path, index])
      this.#value([...path, index])
      this.skipSpace()
      this.takes(',')
    }
  }

  #inlineTable(path: Path): void {
    while (this.skipSpace() && !this.takes('}')) {
      this.pair(path)
      this.skipSpace()
      this.takes(',')
    }
  }

  #note(path: Path): void {
    this.lines.set(showPath(path), this.#line)
  }

  /** Moves behind what the (sticky) pattern matches here and gives it. */
  #pass(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const passed = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += passed.length
    for (const character of passed) if (character === '\n') this.#line += 1
    return passed
  }
}
