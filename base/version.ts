import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of package.json, which lies above base/ in a checkout and above dist/base/ in the package. */
export function version(): string {
  const files = ['..', '../..'].map(up => join(import.meta.dirname, up, 'package.json'))
  const file = files.find(candidate => existsSync(candidate))
  return file === undefined ? 'unknown' : JSON.parse(readFileSync(file, 'utf8')).version
}
