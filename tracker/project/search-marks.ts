// The signs before those words of the index that no text of the mail holds.
export const searchMarks = {
  /** Before its patch-id. */
  patch: 'p:',
  /** Alone: the mail is so long that the places of its words, and with them phrases, end before it does. */
  long: '#',
} as const
