// The name of a change that survives rebasing: what `git patch-id --stable` prints. Its rules (builtin/patch-id.c):
// line numbers of hunks and all white space are left out, each file is hashed alone, and the hashes are added up,
// so that the order of the files doesn't matter.
import { hash } from 'node:crypto'

/** Forty hex digits, or null for a diff without content. */
export function patchId(diff: string): string | null {
  const scan = new Scan()
  for (const line of diff.split('\n')) {
    scan.take(line)
    if (scan.part === 'end') break
  }
  return scan.result()
}

type PatchPart = 'before' | 'header' | 'hunk' | 'binary' | 'end'

class Scan {
  part: PatchPart = 'before'
  #sum = new Uint8Array(20)
  /** What is hashed of this file. */
  #text = ''
  #hashed = 0
  /** Lines of this hunk still to come, on either side. */
  #old = 0
  #new = 0
  #blobs = ''

  take(line: string): void {
    if (line.startsWith('\\ ')) return
    // A diff without git's own header line is named from its --- line on.
    if (this.part === 'before' && /^(?:diff |--- )/.test(line)) this.part = 'header'
    if (this.part === 'binary' && line.startsWith('diff ')) this.part = 'header'
    if (this.part === 'header') this.#header(line)
    else if (this.part === 'hunk') this.#hunk(line)
  }

  result(): string | null {
    if (this.#hashed === 0) return null
    this.#flush()
    return Buffer.from(this.#sum).toString('hex')
  }

  #header(line: string): void {
    if (line.startsWith('index ')) {
      this.#blobs = line.slice(6).split(' ')[0]?.replace('..', '') ?? ''
    } else if (/^(?:GIT binary patch|Binary files )/.test(line)) {
      this.#add(this.#blobs)
      this.#flush()
      this.part = 'binary'
    } else if (line.startsWith('--- ')) {
      // The --- and +++ lines count as a hunk of one line on either side.
      this.part = 'hunk'
      this.#old = this.#new = 1
      this.#hunk(line)
    } else if (/^[A-Za-z]/.test(line)) this.#add(line)
    else this.part = 'end'
  }

  #hunk(line: string): void {
    if (this.#old <= 0 && this.#new <= 0) {
      const counts = line.match(/^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/)
      if (counts) {
        this.#old = Number(counts[1] ?? 1)
        this.#new = Number(counts[2] ?? 1)
      } else if (/^(?:diff |Index: )/.test(line)) {
        this.#flush()
        this.part = 'header'
        this.#header(line)
      } else this.part = 'end'
      return
    }
    // An empty context line may have lost its space on the way.
    if (line[0] !== '+') this.#old--
    if (line[0] !== '-') this.#new--
    this.#add(line)
  }

  #add(line: string): void {
    const text = line.replace(/\s+/g, '')
    this.#hashed += text.length
    this.#text += text
  }

  /** Adds this file's hash to the sum, byte by byte with carry. */
  #flush(): void {
    const digest = hash('sha1', this.#text, 'buffer')
    this.#text = ''
    let carry = 0
    for (let i = 0; i < 20; i++) {
      carry += (this.#sum[i] ?? 0) + (digest[i] ?? 0)
      this.#sum[i] = carry & 0xff
      carry >>= 8
    }
  }
}
