// Reads the name of a command and its arguments. What is wrong is an Error that names the word at fault and the nearest
// right one.
import { parseArgs } from 'node:util'
import { type Arguments, type Command, type Option, optionsOf } from './command.ts'
import { nearest } from './nearest.ts'

/** The one of these names that the word is. */
export function readName(word: string, names: readonly string[]): string {
  if (names.includes(word)) return word
  const near = nearest(word, names)
  const hint = near === null ? `allowed: ${names.join(', ')}` : `did you mean "${near}"?`
  throw new Error(`Cannot run the command ${JSON.stringify(word)}; ${hint}`)
}

export function readArguments(name: string, command: Command, args: readonly string[]): Arguments {
  const options = optionsOf(command)
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
  if (positionals.length > 0 && command.words === '') {
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
  command: string,
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
