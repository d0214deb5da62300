// `+regression -needs-info`: words that are added and taken away.
import type { TagValue } from '../facts.ts'

type Labels = Extract<TagValue, { tag: 'Labels' }>

/** Words with a sign or none, which is `+`; of a word that stands twice the last one counts. */
export function labelsOf(words: readonly string[]): Labels | null {
  const adds = new Map<string, boolean>()
  for (const word of words.map(one => one.toLowerCase()).filter(Boolean)) {
    const label = word.replace(/^[+-]/, '').slice(0, 40)
    adds.delete(label)
    adds.set(label, !word.startsWith('-'))
  }
  const all = [...adds.keys()]
  const add = all.filter(label => adds.get(label))
  return all.length === 0 ? null : { tag: 'Labels', add, remove: all.filter(label => !add.includes(label)) }
}
