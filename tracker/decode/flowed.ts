// Space-stuffing of format=flowed (RFC 3676, 4.4) undone: the sender puts a space before a line that begins with
// one, which shifts every context line of a patch. Flowed lines are not joined: the lines of a patch must stay lines.

/** Takes the stuffed space off each line, unless the lines say that the sender stuffed none. Linear. */
export function unstuffed(text: string): string {
  return notStuffed.test(text) ? text : text.replace(/^ /gm, '')
}

/**
 * Some mailers say flowed and stuff nothing (2 of 25 flowed diffs in real archives): then a line begins with one space
 * and something that needs none before it.
 */
const notStuffed = /^ (?! |>|From |$)/m
