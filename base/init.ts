// What `threadwork init` makes: a commented configuration and the data directory.
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadConfig } from './config.ts'
import { commentedSettings } from './settings-text.ts'

interface Chosen {
  readonly file: string
  /** Relative to the current directory; without it the data directory is beside the file. */
  readonly data: string | undefined
}

/** Writes the file, refusing to overwrite one, and makes the data directory that other commands will find by it; answers that. */
export function init({ file, data }: Chosen): string {
  try {
    writeFileSync(file, commentedSettings(), { flag: 'wx' })
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    const reason = exists
      ? 'it exists; move it away, or name another with --config'
      : (error as Error).message
    throw new Error(`Cannot write "${file}": ${reason}`, { cause: error })
  }
  const directory = loadConfig({ config: file, data, env: {} }).data
  mkdirSync(directory, { recursive: true })
  return directory
}
