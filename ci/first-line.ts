import type { Readable } from 'node:stream'

/** Of an input that stays open behind it: its end aborts `gone`. Throws when it ends before. */
export function firstLine(input: Readable, gone: AbortController): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    let found = false
    input.setEncoding('utf8')
    input.on('data', (chunk: string) => {
      if (found) return
      text += chunk
      const end = text.indexOf('\n')
      if (end < 0) return
      found = true
      resolve(text.slice(0, end))
    })
    input.on('end', () => {
      gone.abort()
      reject(new Error('Cannot begin: there is no order on standard input'))
    })
  })
}
