// What a posting says of other postings: that it takes the place of one, needs one, or is made on top of one. QEMU writes
// `Supersedes:` and `Based-on:` with a Message-ID or an archive's address, DPDK `Depends-on: series-118 ("title")`, others a title alone, git
// `prerequisite-patch-id:` below the last patch (`format-patch --base`), b4 `prerequisite-message-id:` and
// `prerequisite-change-id:`. Only the form decides: such a word with prose, a branch or a version behind it names no
// posting, on whatever list it stands.
import { limits } from '../../base/limits.ts'
import type { RelationFact } from './facts.ts'
import { refOf } from './tag/ref.ts'

/** `lines`: what the sender wrote himself. At most `limits.relationsMax`, in order, without repeats. */
export function relationsOf(lines: readonly string[]): RelationFact[] {
  const found = new Map<string, RelationFact>()
  for (const [at, line] of lines.entries()) {
    for (const one of relationsOn(line, lines[at + 1] ?? ''))
      found.set(`${one.what} ${one.by} ${one.target}`, one)
    if (found.size >= limits.relationsMax) break
  }
  return [...found.values()].slice(0, limits.relationsMax)
}

const shape =
  /^(supersedes|depends-on|based-on|prerequisite-(?:patch|message|change)-id):[ \t]{0,10}(.{0,1000})$/i

function relationsOn(line: string, next: string): RelationFact[] {
  const code = line.charCodeAt(0) | 32
  // b, d, p, s: of a long patch few lines are asked further.
  if (code !== 98 && code !== 100 && code !== 112 && code !== 115) return []
  const [, name = '', value = ''] = line.slice(0, 1_050).trimEnd().match(shape) ?? []
  if (name === '') return []
  // A long id is folded into the next line, as a header field is.
  const text = value === '' && /^[ \t]{1,10}\S/.test(next) ? next.slice(0, 1_000).trim() : value
  return valuesOf(name.toLowerCase(), text)
}

function valuesOf(name: string, text: string): RelationFact[] {
  switch (name) {
    case 'supersedes':
      return named('supersedes', text)
    case 'based-on':
      return named('based', text)
    case 'depends-on':
      return named('depends', text)
    case 'prerequisite-message-id':
      return named('depends', text)
    case 'prerequisite-patch-id':
      return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text)
        ? [{ what: 'depends', by: 'patch-id', target: text }]
        : []
    default:
      return /^[^\s:]{8,200}(?::v\d{1,4})?$/.test(text)
        ? [{ what: 'depends', by: 'change-id', target: text }]
        : []
  }
}

/** In quotes, or behind the brackets of the subject that it was copied from: what else is a sentence has neither. */
const titled = /^(?:"([^"]{3,300})"|\[[^\]]{0,80}\bPATCH\b[^\]]{0,80}\][ \t]{1,3}(\S.{2,300}))$/

/** Ids and addresses, Gerrit's id of a change, or DPDK's number in its patchwork, which only the title behind it makes known. */
function named(what: RelationFact['what'], text: string): RelationFact[] {
  if (/^I[0-9a-f]{40}$/.test(text)) return [{ what, by: 'change-id', target: text }]
  const [, number, title] = text.match(/^((?:series|patch)-\d{1,9})(?:[ \t]{1,5}\("(.{1,300}?)"\))?/i) ?? []
  if (title !== undefined) return [{ what, by: 'title', target: title }]
  const [, quoted, posted] = text.match(titled) ?? []
  if (quoted ?? posted) return [{ what, by: 'title', target: quoted ?? posted ?? '' }]
  if (number !== undefined) return [{ what, by: 'link', target: number }]
  const refs = text
    .replace(/[ \t]\(.{0,300}$/, '')
    .split(/[\s,]+/)
    .slice(0, limits.relationsMax)
    .map(word => refOf(word))
  // One word that names nothing makes it a sentence.
  return refs.every(ref => ref !== null && !('bug' in ref))
    ? refs.flatMap((ref): RelationFact[] =>
        ref === null || 'bug' in ref
          ? []
          : ['mail' in ref ? { what, by: 'mail', target: ref.mail } : { what, by: 'link', target: ref.url }],
      )
    : []
}
