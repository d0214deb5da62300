// Reads a command and its arguments. What is wrong is an Error that names the word at fault and the nearest
// right one.
import { parseArgs } from 'node:util'
import { type CommandName, commandNames, commandShape, type Option } from './commands.ts'
import { nearest } from './nearest.ts'

export interface Arguments {
  /** The value of an option; undefined when it was not given. */
  text(name: string): string | undefined
  /** Whether the switch was given. */
  has(name: string): boolean
  readonly words: readonly string[]
}

export function readCommand(word: string): CommandName {
  const name = commandNames.find(candidate => candidate === word)
  if (name !== undefined) return name
  const near = nearest(word, commandNames)
  const hint = near === null ? `allowed: ${commandNames.join(', ')}` : `did you mean "${near}"?`
  throw new Error(`Cannot run the command ${JSON.stringify(word)}; ${hint}`)
}

export function readArguments(name: CommandName, args: readonly string[]): Arguments {
  const { words, options } = commandShape(name)
  // Not strict: the messages of parseArgs speak to programmers.
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(([option, shape]) => [option, kindOf(shape)])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const given = new Map<string, string | undefined>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    checkOption(name, options, token)
    given.set(token.name, token.value)
  }
  if (positionals.length > 0 && words === '') {
    throw new Error(`Cannot run ${name} with ${JSON.stringify(positionals[0])}; allowed: options only`)
  }
  return { text: option => given.get(option), has: option => given.has(option), words: positionals }
}

const kindOf = ({ value }: Option) => ({ type: value === null ? 'boolean' : 'string' }) as const

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function checkOption(
  command: CommandName,
  options: Readonly<Record<string, Option>>,
  { name, rawName, value }: OptionToken,
): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    const near = nearest(name, Object.keys(options))
    const hint =
      near === null
        ? `allowed: ${Object.keys(options)
            .map(known => `--${known}`)
            .join(', ')}`
        : `did you mean --${near}?`
    throw new Error(`Cannot run ${command} with the option ${rawName}; ${hint}`)
  }
  if (option.value === null && value !== undefined) {
    throw new Error(`Cannot give ${rawName} the value ${JSON.stringify(value)}; allowed: no value`)
  }
  if (option.value !== null && !value) {
    throw new Error(`Cannot read ${rawName} without a value; allowed: ${rawName} ${option.value}`)
  }
}
