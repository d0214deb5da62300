// Things kept in memory for the next one who asks, the ones used last, up to a number of bytes. For values that a key
// names for ever (a hash, an entity tag): nothing in here can be stale.

export interface Recent<Value> {
  get(key: string): Value | undefined
  /** `bytes`: about what it holds of memory. One above a tenth of the room is not kept: it would push out all others. */
  keep(key: string, value: Value, bytes: number): void
}

export function keepRecent<Value>(bytesMax: number): Recent<Value> {
  // A Map lists its keys in the order they came in: what is used is put in again, the first is the oldest. Of the
  // younger half nothing is put in again, or a thread of thousands of mails would be with each one.
  const kept = new Map<string, { readonly value: Value; readonly bytes: number; readonly turn: number }>()
  let bytesKept = 0
  let turns = 0
  const put = (key: string, value: Value, bytes: number) => {
    turns += 1
    kept.set(key, { value, bytes, turn: turns })
  }
  const forget = (key: string) => {
    bytesKept -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }
  return {
    get(key) {
      const found = kept.get(key)
      if (found === undefined) return undefined
      if (turns - found.turn > kept.size / 2) {
        kept.delete(key)
        put(key, found.value, found.bytes)
      }
      return found.value
    },
    keep(key, value, bytes) {
      forget(key)
      if (bytes > bytesMax / 10) return
      put(key, value, bytes)
      bytesKept += bytes
      for (const oldest of kept.keys()) {
        if (bytesKept <= bytesMax) break
        forget(oldest)
      }
    },
  }
}
