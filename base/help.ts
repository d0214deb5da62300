import { type CommandName, commandNames, commandShape } from './commands.ts'

export function generalHelp(): string {
  const rows = commandNames.map(name => [name, commandShape(name).summary])
  return `Usage: threadwork COMMAND [options]\n\n${table(rows)}\n"threadwork COMMAND --help" says more; "threadwork --version" says which this is.\n`
}

export function commandHelp(name: CommandName): string {
  const { summary, words, options } = commandShape(name)
  const rows = Object.entries(options).map(([option, { value, help }]) => [
    value === null ? `--${option}` : `--${option} ${value}`,
    help,
  ])
  const usage = `Usage: threadwork ${name} [options] ${words}`.trimEnd()
  return `${usage}\n\n${summary}.\n\n${table(rows)}`
}

/** Two columns, the first as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(row => row[0]?.length ?? 0))
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}
