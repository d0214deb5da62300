// The signs before those words of the index that no text of the mail holds.
export const searchMarks = {
  /** Before its patch-id. */
  patch: 'p:',
  /** Alone: not all places of its words are there, and so not all phrases. */
  long: '#',
  /** Alone: not all words of the text, or not all names of files, are there. */
  cut: { body: '#D', files: '#C' },
} as const
