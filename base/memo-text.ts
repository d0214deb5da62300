// Values made once for each text that they are made from, of texts that come again and again, as what stands in the brackets of
// subjects. For pure functions.

/** At most `max` are kept; begun anew when it is full, for what comes often is soon back. Short texts only: each is held. */
export function memoText<Value>(make: (text: string) => Value, max: number): (text: string) => Value {
  const made = new Map<string, Value>()
  return text => {
    const known = made.get(text)
    if (known !== undefined) return known
    const value = make(text)
    if (made.size >= max) made.clear()
    made.set(ownCopy(text), value)
    return value
  }
}

/** A piece of a longer text would hold all of it in memory. */
const ownCopy = (text: string): string => ` ${text}`.slice(1)
