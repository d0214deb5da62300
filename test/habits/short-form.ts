// The short form: a few hundred mails of each list, from these seeds. The thresholds are those of the long form.

/** An odd and an even one: each has its own half of the words. */
export const shortSeeds: readonly number[] = [1, 2]
export const shortMails = 600
