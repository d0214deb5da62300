// Every limit of Threadwork, unit last in the name, each with its reason. `threadwork doctor` prints them.

export const limits = {
  /** A mail above this is refused at SMTP (552): ten times the largest real patch mail we have seen. */
  mailBytesMax: 25 * 1024 * 1024,
  /** Headers beyond this are kept raw but not read: real ones end at 64 kB, floods do not. */
  headerBytesMax: 256 * 1024,
  /** Header fields read; the rest stays in the raw mail. */
  headerFieldsMax: 1_000,
  /** MIME parts walked in one mail. */
  mimePartsMax: 200,
  /** Nesting of MIME parts walked. */
  mimeDepthMax: 20,
  /** Decoded text kept of one mail; a longer body is cut for reading, never in the log. */
  textBytesMax: 4 * 1024 * 1024,
  /** References followed from one mail, the nearest first (design: the last 20). */
  referencesMax: 20,
  /** An id longer than this is used by its hash in keys: a btree row ends at 2,704 bytes. */
  keyBytesMax: 250,
  /** Text that goes into one tsvector: PostgreSQL refuses a vector above 1 MB (54000). */
  searchTextBytesMax: 256 * 1024,
  /** Files listed for one mail in facts and index. */
  diffFilesMax: 1_000,
  /** Hashes of changed lines kept per file to tell a reworked patch from another one. */
  changedLinesMax: 400,
  /** Lines of a diff shown before a link to the rest. */
  diffLinesShownMax: 3_000,
  /** Two patches of one person with like titles are tried as revisions within this many days. */
  revisionDaysMax: 400,
  /** A Date earlier than the newest Received by more than this is not believed. */
  dateBeforeTraceDaysMax: 30,
  /** Mails folded together; above it the topics say "large". */
  clusterMailsMax: 2_000,
  /** Characters of one mail's text shown on its page before a link to the raw mail: 5,000 lines of prose. */
  textShownCharactersMax: 256 * 1024,
  /** The same on a page of many mails. */
  threadTextCharactersMax: 32 * 1024,
  /** Mails of one thread page. */
  threadPageMailsMax: 50,
  /** Pages count up to this and then say "more than": a count of a million costs more than the page. */
  countShownMax: 1_000,
  /** A search longer than this is cut. */
  queryCharactersMax: 500,
  /** Rows of a page of topics, mails or hits. */
  pageRowsMax: 100,
  /** SMTP connections at once. */
  smtpClientsMax: 200,
  /** Recipients of one SMTP transaction. */
  smtpRecipientsMax: 100,
  /** An SMTP client that is silent longer is cut off; RFC 5321 4.5.3.2.7 asks for at least five minutes. */
  smtpIdleSecondsMax: 300,
  /** Bytes of mails in flight over all SMTP connections (50 of the largest); above it a mail gets 452. */
  smtpBytesHeldMax: 50 * 25 * 1024 * 1024,
  /** At the end mails under way have this long to be answered; `serve` ends within ten seconds. */
  smtpCloseSecondsMax: 5,
  /** Mails that share one commit: one wait for the disk, but no endless transaction. */
  commitMailsMax: 250,
  /** Bytes that share one commit; memory holds them several times over while they travel. */
  commitBytesMax: 8 * 1024 * 1024,
  /** An old archive may hold mails that SMTP would refuse: import keeps them up to four times that size. */
  importMailBytesMax: 4 * 25 * 1024 * 1024,
  /** Mails with one Message-ID read at once: real ones come in two or three dresses, a flood in thousands. */
  copiesReadMax: 100,
} as const
