import { type Command, optionsOf } from './command.ts'

export function generalHelp(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [name, summary])
  return `Usage: threadwork COMMAND [options]\n\n${table(rows)}\n"threadwork COMMAND --help" says more; "threadwork --version" says which this is.\n`
}

export function commandHelp(name: string, command: Command): string {
  const rows = Object.entries(optionsOf(command)).map(([option, { value, help }]) => [
    value === null ? `--${option}` : `--${option} ${value}`,
    help,
  ])
  const usage = `Usage: threadwork ${name} [options] ${command.words}`.trimEnd()
  return `${usage}\n\n${command.summary}.\n\n${table(rows)}`
}

/** Two columns, the first as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(row => row[0]?.length ?? 0))
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}
