// What a topic says of another one's mail, and the difference that a fold makes to it. Pure.

/** Keys of the topic that speaks, and of the mail whose topic hears it; `digest` tells its words apart from others. */
export interface Heard {
  readonly topic_key: string
  readonly target_key: string
  readonly digest: string
}

/** What is said now and was not before, and the other way round. */
export function changedBetween(before: readonly Heard[], after: readonly Heard[]): Heard[] {
  const were = new Set(before.map(nameOf))
  const are = new Set(after.map(nameOf))
  return [...before.filter(one => !are.has(nameOf(one))), ...after.filter(one => !were.has(nameOf(one)))]
}

const nameOf = ({ topic_key, target_key, digest }: Heard) => `${topic_key} ${target_key} ${digest}`
