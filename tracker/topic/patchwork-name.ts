// The name of a patch or a cover letter as patchwork shows it: "[PATCH net v2 1/3] x" is "[net,v2,1/3] x". Its clients show, sort
// and search it, so it is made by patchwork's rules (parser.py, clean_subject) and not by ours.

export interface PatchworkName {
  readonly name: string
  /** The words of all leading brackets but PATCH and the list's own. */
  readonly prefixes: readonly string[]
  /** Without brackets. */
  readonly title: string
}

/** `own`: words in brackets that say nothing on this list. */
export function patchworkName(subject: string, own: readonly string[]): PatchworkName {
  const dropped = new Set(['patch', ...own.map(word => word.toLowerCase())])
  const prefixes: string[] = []
  let title = squeeze(squeeze(subject).replace(/^(?:re|fwd?)[:\s]\s*/i, ''))
  for (let found = bracket.exec(title); found; found = bracket.exec(title)) {
    prefixes.push(...(found[1] ?? '').split(/[,\s]+/).filter(word => word !== ''))
    title = found[2] ?? ''
  }
  const shown = prefixes.filter(word => !dropped.has(word.toLowerCase()))
  return { name: shown.length === 0 ? title : `[${shown.join(',')}] ${title}`, prefixes: shown, title }
}

const bracket = /^\[([^\]]*)\]\s*(.*)$/
const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim()
