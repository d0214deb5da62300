// Things kept in memory for the next one who asks, the ones used last, up to a number of bytes. For values that a key
// names for ever (a hash, an entity tag): nothing in here can be stale.

export interface Recent<Value> {
  get(key: string): Value | undefined
  /** `bytes`: about what it holds of memory. One above a tenth of the room is not kept: it would push out all others. */
  keep(key: string, value: Value, bytes: number): void
}

export function keepRecent<Value>(bytesMax: number): Recent<Value> {
  // A Map lists its keys in the order they came in: what is used is put in again, the first is the oldest.
  const kept = new Map<string, { readonly value: Value; readonly bytes: number }>()
  let bytesKept = 0
  const forget = (key: string) => {
    bytesKept -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }
  return {
    get(key) {
      const found = kept.get(key)
      if (found === undefined) return undefined
      kept.delete(key)
      kept.set(key, found)
      return found.value
    },
    keep(key, value, bytes) {
      forget(key)
      if (bytes > bytesMax / 10) return
      kept.set(key, { value, bytes })
      bytesKept += bytes
      for (const oldest of kept.keys()) {
        if (bytesKept <= bytesMax) break
        forget(oldest)
      }
    },
  }
}
