// A file of settings in TOML. Whatever is wrong in it is reported with file, line, key, value and what is allowed, all of it
// at once.
import { readFileSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { nearest } from './nearest.ts'
import { bare } from './setting.ts'
import { showPath, type TomlLines, tomlLines } from './toml-lines.ts'
import { withoutPassword } from './without-password.ts'

export interface TomlFile<T> {
  readonly written: T
  readonly lines: TomlLines
}

/** `what` is the file as messages call it. Throws an Error of a line or several for the person who wrote the file. */
export function readTomlFile<T>(file: string, what: string, schema: z.ZodType<T>): TomlFile<T> {
  const text = readText(file, what)
  const read = schema.safeParse(parseToml(file, text), { reportInput: true })
  const lines = tomlLines(text)
  if (read.success) return { written: read.data, lines }
  const sentences = read.error.issues
    .flatMap(issue => explain(issue, lines, schema))
    .sort((a, b) => a.line - b.line)
  throw new Error(sentences.map(({ line, text: sentence }) => `${file}:${line}: ${sentence}`).join('\n'))
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`Cannot read ${what} "${file}": ${(error as Error).message}`, { cause: error })
  }
}

function parseToml(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    const line = text.split('\n')[error.line - 1]?.trim() ?? ''
    throw new Error(
      `${file}:${error.line}: ${JSON.stringify(withoutPassword(line))} is not TOML: ${reason}`,
      { cause: error },
    )
  }
}

/** An unknown key, a missing one, or a value that is not allowed. */
function explain(
  issue: z.core.$ZodIssue,
  lines: TomlLines,
  schema: z.ZodType,
): { line: number; text: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      line: lineOf([...issue.path, key], lines),
      text: `${showPath([...issue.path, key])} is not a setting; ${instead(key, keysAt(schema, issue.path))}`,
    }))
  }
  const value = issue.input === undefined ? 'missing' : showValue(issue.input)
  return [
    {
      line: lineOf(issue.path, lines),
      text: `${showPath(issue.path)} is ${value}; allowed: ${issue.message}`,
    },
  ]
}

/** The line of the key, or of the nearest thing around it when the key is missing. */
export function lineOf(path: readonly PropertyKey[], lines: TomlLines): number {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(showPath(path.slice(0, length)))
    if (line !== undefined) return line
  }
  return 1
}

/** The names of the settings beside one, for whoever misspelt it. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let table = bare(schema)
  for (const part of path) {
    if (table instanceof z.ZodArray) table = bare(table.element as z.ZodType)
    else if (table instanceof z.ZodObject) table = bare(table.shape[String(part)])
  }
  return table instanceof z.ZodObject ? Object.keys(table.shape) : []
}

function instead(key: string, keys: readonly string[]): string {
  const near = nearest(key, keys)
  return near === null ? `allowed: ${keys.join(', ')}` : `did you mean "${near}"?`
}

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? withoutPassword(value) : value
  return (JSON.stringify(text) ?? String(text)).slice(0, 100)
}
