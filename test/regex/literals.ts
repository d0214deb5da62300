// All regular expressions in the source of a folder, found by parsing it.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'

export interface Literal {
  readonly file: string
  readonly source: string
  readonly flags: string
}

/** Literals, and the patterns of `new RegExp` with their constants filled in (a variable is filled in as "x"). */
export function regexLiterals(root: string, folders: readonly string[]): Literal[] {
  return folders
    .flatMap(folder => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .sort()
    .flatMap(file => literalsOf(file, readFileSync(join(root, file), 'utf8')))
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

function literalsOf(file: string, code: string): Literal[] {
  const found: Literal[] = []
  const constants = new Map<string, unknown>()
  walk(parseAst(code, { lang: 'ts' }) as unknown as Node, node => {
    const { regex } = node as { regex?: { pattern: string; flags: string } }
    if (regex) found.push({ file, source: regex.pattern, flags: regex.flags })
    if (node.type === 'VariableDeclarator') constants.set((node.id as { name: string }).name, node.init)
    if (node.type !== 'NewExpression' || (node.callee as { name?: string }).name !== 'RegExp') return
    const [pattern, flags] = node.arguments as Node[]
    found.push({ file, source: textOf(pattern, constants), flags: textOf(flags, constants).replace('x', '') })
  })
  return found
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit)
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value) visit(value as Node)
    for (const item of Object.values(value)) walk(item, visit)
  }
}

function textOf(node: unknown, constants: ReadonlyMap<string, unknown>): string {
  const { type, ...fields } = (node ?? { type: '' }) as Node
  if (type === 'Literal' && typeof fields.value === 'string') return fields.value
  if (type === 'Identifier' && constants.has(String(fields.name)))
    return textOf(constants.get(String(fields.name)), constants)
  if (type !== 'TemplateLiteral') return 'x'
  const texts = (fields.quasis as { value: { cooked: string } }[]).map(quasi => quasi.value.cooked)
  const values = (fields.expressions as Node[]).map(expression => textOf(expression, constants))
  return texts.map((text, index) => text + (values[index] ?? '')).join('')
}
