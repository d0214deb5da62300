// The library that reads TOML's values says where a syntax error is, but not where a value stood that parsed well and makes
// no sense. This asks another one, which is made for linters, for the places alone: its values are not for us, because
// `__proto__.x = 1` gets through them into every object (1.0.3).
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'

type Path = readonly (string | number)[]
export type TomlLines = ReadonlyMap<string, number>

/** The line (from 1) of each key by its path, as `showPath` prints it: `lists[0].people[1].role`. */
export function tomlLines(text: string): TomlLines {
  const lines = new Map<string, number>()
  const note = (path: Path, { loc }: AST.TOMLNode) => {
    if (!lines.has(showPath(path))) lines.set(showPath(path), loc.start.line)
  }
  const pair = (parent: Path, { key, value }: AST.TOMLKeyValue) => {
    const path = [...parent, ...key.keys.map(nameOf)]
    note(path, key)
    inside(path, value)
  }
  const inside = (path: Path, value: AST.TOMLContentNode) => {
    if (value.type === 'TOMLInlineTable') for (const each of value.body) pair(path, each)
    if (value.type !== 'TOMLArray') return
    for (const [index, element] of value.elements.entries()) {
      note([...path, index], element)
      inside([...path, index], element)
    }
  }
  for (const node of nodesOf(text)) {
    if (node.type === 'TOMLKeyValue') pair([], node)
    else {
      const path = node.resolvedKey
      if (path.at(-1) === 0) note(path.slice(0, -1), node)
      note(path, node)
      for (const each of node.body) pair(path, each)
    }
  }
  return lines
}

export function showPath(path: readonly PropertyKey[]): string {
  const parts = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  return parts.join('').replace(/^\./, '')
}

/** None of the few texts that the other library takes and this one does not, such as a 30th of February. */
function nodesOf(text: string): readonly (AST.TOMLKeyValue | AST.TOMLTable)[] {
  try {
    return parseTOML(text.replace(/^\uFEFF/, '')).body[0].body
  } catch (error) {
    if (error instanceof ParseError) return []
    throw error
  }
}

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === 'TOMLBare' ? key.name : key.value
