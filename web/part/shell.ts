// Words of strangers in lines that a reader copies into a shell: whoever chose a Message-ID or an address chooses no command.

/** Nothing in it means anything to a shell. */
export const shellUrl = (url: string) =>
  url.replace(/[^\w@.~+=%/:-]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/** One word, quoted where it must be. */
export const shellWord = (word: string) =>
  /^[\w@.+=%/:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
