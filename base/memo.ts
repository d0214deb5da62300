// Values made once for each object that they are made from. For pure functions of values that never change: the mails
// of a long thread are folded again with each arrival, and what each says is the same as before.

/** `make`, which is asked once for an object as long as somebody holds the object. */
export function memo<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, { readonly value: Value }>()
  return key => {
    const known = made.get(key)
    if (known !== undefined) return known.value
    const value = make(key)
    made.set(key, { value })
    return value
  }
}
