// The months in English, which is the language of mail headers and of the pages, whatever the machine speaks.

export const months =
  'January February March April May June July August September October November December'.split(' ')

/** `Jan`: as RFC 5322 writes them. */
export const shortMonths = months.map(month => month.slice(0, 3))
