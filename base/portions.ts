// Things that are held in memory together: only so many bytes of them at once, whatever strangers sent.

/** `items` in order, cut where `bytesMax` would be passed; a larger item is a portion of its own. */
export function portions<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  bytesMax: number,
): Item[][] {
  const cut: Item[][] = []
  let room = 0
  for (const item of items) {
    const bytes = bytesOf(item)
    const last = cut.at(-1)
    if (last === undefined || bytes > room) {
      cut.push([item])
      room = bytesMax - bytes
    } else {
      last.push(item)
      room -= bytes
    }
  }
  return cut
}
