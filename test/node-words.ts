// What `npm run threadwork` gives to node, for tests and benches that start it without npm: options, then main.ts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export function nodeWords(): string[] {
  const root = join(import.meta.dirname, '..')
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return String(scripts.threadwork)
    .replace(/^(?:exec )?node /, '')
    .split(' ')
    .map(word => (word === 'main.ts' ? join(root, word) : word))
}
