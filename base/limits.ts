// Every limit of Threadwork, unit last in the name, each with its reason. `threadwork doctor` prints them. Not here: how
// many characters one regular expression looks at, which makes sense beside it alone; weights of a likeness; and rows
// of a table, which are layout.

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
  /** Of a text that is wrapped in its signature (S/MIME): its bytes, and how its elements may lie. openssl writes 1,000 bytes an element. */
  opaqueBytesMax: 8 * 1024 * 1024,
  opaqueDepthMax: 30,
  opaqueNodesMax: 10_000,
  /** Lines of it: 4 MB of a real patch have 100,000, of nothing but line ends 4 million, and each is looked at twenty times. */
  textLinesMax: 150_000,
  /** Lines of one mail that change something; a person writes one or two, debbugs' heaviest users a dozen. */
  tagsMax: 20,
  /** Reviews that a commit message names and its page shows; real ones have up to a dozen. */
  carriedTrailersMax: 20,
  /** Lines that were nearly such a line and are answered. */
  missesMax: 5,
  /** Characters of a subject that are read: the longest of real patches have 300. */
  subjectCharactersMax: 1_000,
  /** Characters of a person's name; the longest of real people have 60. */
  nameCharactersMax: 200,
  /** An address above this is none: 64 before the @ and 255 behind it (RFC 5321 4.5.3.1). */
  addressCharactersMax: 320,
  /** A longer Message-ID has no page: percent-encoded it goes beyond the 16 kB of header that Node's HTTP server reads. */
  messageIdBytesMax: 4_000,
  /** Characters kept of a header field that is only shown. */
  fieldCharactersMax: 1_000,
  /** Brackets and reply words in front of a title; `Re: [list] [PATCH 1/2]` has three. */
  subjectBracketsMax: 12,
  /** Lines of a list's footer; Google Groups' longest has eight. */
  footerLinesMax: 12,
  /** So many different people sent a footer or a prefix before it is taken for the list's. */
  dressingPeopleMin: 5,
  /** And this share of the list's mails, where the footer does not name the list: mails in HTML have none. */
  dressingShareMin: 0.85,
  /** Mails that one mail may release from moderation: a newcomer's long series is released by one of them. */
  releasesMax: 100,
  /** References followed from one mail, the nearest first (design: the last 20). */
  referencesMax: 20,
  /** An id longer than this is used by its hash in keys: a btree row ends at 2,704 bytes. */
  keyBytesMax: 250,
  /** Quotes within quotes of an HTML mail that are marked as such: each makes every line longer. */
  htmlQuoteDepthMax: 20,
  /** Lines of a mail whose words are weighed for bug, question or spam; a report says it at its start. */
  signalLinesMax: 400,
  /** Signs of software counted in one mail: more of them tell no more. */
  technicalSignsMax: 20,
  /** Of a failed step's log a mail quotes this much, and its page shows it; a compiler's last error is among it. */
  logTailLinesMax: 40,
  logTailBytesMax: 64 * 1024,
  /** Of a log's line that a page shows; the raw log has it whole. */
  logLineCharactersMax: 400,
  /** Lines of a page of a log: with their numbers they stay below 30 kB as a rule. */
  logPageLinesMax: 200,
  /** Who may follow builds as they run, at once: each holds a connection. */
  followersMax: 100,
  /** Of one build: one that many wait for must not take the places of all others. */
  followersPerBuildMax: 20,
  /** For so long; a build may take a day. */
  followHoursMax: 24,
  /** And one that does not run for so long: it may wait for weeks. */
  followWaitingMinutesMax: 10,
  /** Between two looks at a log that somebody follows. */
  followMillisecondsMin: 300,
  /** Checks read from one mail; a CI may answer for many jobs at once. */
  checksMax: 50,
  /** Lines of one check. */
  checkLinesMax: 40,
  /** Findings of one mail, and the lines that are looked at for them: who lists more is not read to the end by anybody. */
  findingsMax: 50,
  findingLinesMax: 3_000,
  /** Links kept of one mail: one that names more is a list, and a claim to none of them. */
  linksMax: 50,
  /** Titles that a letter lists, and the lines that are looked at for them: a cover letter of more patches still has the first. */
  listedTitlesMax: 40,
  listedTitleLinesMax: 400,
  /** Other postings that one names: `git format-patch --base` lists each patch below it. */
  relationsMax: 20,
  /** The end of References that is read: the nearest ids stand there, a flood of others in front. */
  referencesCharactersMax: 64 * 1024,
  /** A line `Answers: <id>` is written by a page's link or by hand, at the top or below the answer. */
  answersLineCharactersMax: 50_000,
  /** Trailers of one mail; a patch to a whole tree carries many Acked-by. */
  trailersMax: 200,
  /** Lines of one version's changelog that are shown; what follows is the mail's to tell. */
  changelogLinesMax: 60,
  /** Words of one mail in the index, without their places: PostgreSQL refuses a vector above 1 MB (54000). */
  wordVectorBytesMax: 512 * 1024,
  /** Of an attached text that is no patch: a kernel's configuration has 160,000, a log has its reason at its beginning. */
  attachedCharactersReadMax: 128 * 1024,
  /** Names of files among them: with subject and author they end before the last place that PostgreSQL knows. */
  fileNamesCharactersMax: 16_000,
  /** Of the filter over the words that a mail quotes: with more words it names more mails in vain. */
  wordFilterBytesMax: 1_024,
  /** Files listed for one mail in facts and index. */
  diffFilesMax: 1_000,
  /** Hashes of changed lines kept per file to tell a reworked patch from another one. */
  changedLinesMax: 400,
  /** Quoted lines of an answer, and lines of what it quotes, that are compared; the longest real review has 1,500. */
  quotedLinesMax: 5_000,
  /** Characters of a line by which a quote of it is found again. */
  quotedLineCharactersMax: 1_000,
  /** Places of one quoted line that are tried; a line that stands in more tells little. */
  quotePlacesMax: 20,
  /** Searches through the whole text for the quotes of one answer. */
  quoteSearchesMax: 200,
  /** Remarks read in one answer; the longest real review has about a hundred. */
  remarksMax: 500,
  /** An answer that lost its thread seems to answer a topic that was spoken in within these days. */
  seemingDaysMax: 60,
  /** Mails of a topic read for the comments in its patches; a longer review is read on its thread page. */
  commentMailsMax: 200,
  /** Text of answers read for the comments on one patch; a real review of a large patch has 200 kB. */
  commentTextCharactersMax: 1024 * 1024,
  /** Lines of one comment shown beside the code. */
  commentLinesShownMax: 60,
  /** Edits followed between two versions of a patch; memory grows with the square of it. */
  lineEditsMax: 1_000,
  /** Lines of a diff shown before a link to the rest. */
  diffLinesShownMax: 3_000,
  /** Two patches of one person with like titles are tried as revisions within this many days. */
  revisionDaysMax: 400,
  /** A Date earlier than the newest Received by more than this is not believed. */
  dateBeforeTraceDaysMax: 30,
  /** Mails folded together; above it the topics say "large". */
  clusterMailsMax: 2_000,
  /** Lines of the mails folded together that mend which revisions are of one change; each is asked at each link. */
  mendedMax: 100,
  /** Mails of one topic that speak of other topics: a release closes a dozen bugs; each makes another cluster fold again. */
  statementsOutMax: 20,
  /** Mails of other topics that one topic hears; a tracked bug that everybody names has some tens. */
  statementsInMax: 200,
  /** The mails above such a mail that are told with it; whoever answers a decision answers it sooner. */
  statementAboveMax: 50,
  /** Characters of one mail's text shown on its page before a link to the raw mail: 5,000 lines of prose. */
  textShownCharactersMax: 256 * 1024,
  /** The same on a page of many mails. */
  threadTextCharactersMax: 32 * 1024,
  /** Saving one attachment: the largest mail at 30 kB a second is through by then. */
  attachmentSecondsMax: 900,
  /** Mails of one thread page. */
  threadPageMailsMax: 50,
  /** Pages count up to this and then say "more than": a count of a million costs more than the page. */
  countShownMax: 1_000,
  /** Mails of one feed, as public-inbox gives. */
  feedMailsMax: 25,
  /** A search longer than this is cut. b4 asks for 46 patch-ids in 2,500 characters. */
  queryCharactersMax: 8_000,
  /** Words and ids of a search, each of which is looked up in the index. */
  queryTermsMax: 300,
  /** Brackets in brackets of a search; more are left out. */
  queryDepthMax: 20,
  /** Mails that the index finds for one search, newest first; what is older than these is not found by it. */
  foundMailsMax: 100_000,
  /** Of a search that only the mails themselves can answer, those that are read for one page. */
  foundMailsReadMax: 300,
  /** Rows of a page of topics, mails or hits. */
  pageRowsMax: 100,
  /** Characters of an unknown address that its page repeats. */
  addressCharactersShownMax: 200,
  /** Lines of the tree on a thread page; more are no overview. */
  treeLinesShownMax: 200,
  /** Lines of the tree beside a patch or a mail; its own page has all. */
  treeLinesBesideMax: 60,
  /** A link that prepares a mail: Windows hands a mail program 2,048 characters of it. */
  replyLinkCharactersMax: 1_900,
  /** Of a To or Cc field that an answer keeps; more of it would not fit into the link. */
  replyFieldCharactersMax: 8_000,
  /** Recipients shown of a mail to hundreds, and kept in an answer. */
  addressesShownMax: 12,
  /** Mails of a bug on its page, the report included; a longer story is read on its thread page. */
  bugMailsShownMax: 30,
  /** Topics that a page says a mail names; one that names more is a list of links, not a fix. */
  claimsShownMax: 20,
  /** Reproducers linked on the page of a bug. */
  reproducersShownMax: 10,
  /** Characters of a file name made from a subject: file systems end at 255 bytes. */
  fileNameCharactersMax: 100,
  /** Places of a word that are tried in one mail for a line to show under a hit. */
  hitTriesMax: 50,
  /** Characters of a mail that are read for that line: a log of a megabyte is not. */
  hitCharactersReadMax: 64 * 1024,
  /** A longer line is data and not shown under a hit. */
  hitLineCharactersMax: 300,
  /** SMTP connections at once. */
  smtpClientsMax: 200,
  /** Recipients of one SMTP transaction. */
  smtpRecipientsMax: 100,
  /** An SMTP client that is silent longer is cut off; RFC 5321 4.5.3.2.7 asks for at least five minutes. */
  smtpIdleSecondsMax: 300,
  /** An SMTP client that needs longer for one mail is cut off: the largest mail at 30 kB a second is in by then. */
  smtpMailSecondsMax: 900,
  /** SMTP connections of one client at once: Postfix opens at most 20 to one destination. */
  smtpClientConnectionsMax: 20,
  /** Mails of one client in a minute: a series of 100 patches goes through in one piece, a flood does not. */
  smtpClientMailsPerMinuteMax: 300,
  /** Bytes of mails in flight over all SMTP connections, ten of the largest: a small machine bears that. Above it 452. */
  smtpBytesHeldMax: 10 * 25 * 1024 * 1024,
  /** At the end mails under way have this long to be answered; `serve` ends within ten seconds. */
  smtpCloseSecondsMax: 5,
  /** Mails that share one commit: one wait for the disk, but no endless transaction. */
  commitMailsMax: 250,
  /** So long SMTP takes the lists for what they were; at fifty mails a second they would be asked for a hundred times. */
  listsKeptMilliseconds: 1_000,
  /** Bytes that share one commit; memory holds them several times over while they travel. */
  commitBytesMax: 8 * 1024 * 1024,
  /** Bytes of facts, as JSON, that are kept in memory for the next fold of their thread: 5,000 mails. */
  factsKeptBytesMax: 8 * 1024 * 1024,
  /** Bytes of what patchwork's clients list, that are kept for the next fold of its thread: 25,000 pieces. */
  itemsKeptBytesMax: 8 * 1024 * 1024,
  /** Bytes of people and their numbers in the API that are kept: 15,000 people. */
  personIdsKeptBytesMax: 2 * 1024 * 1024,
  /** Bytes of the people of lists and of their dated rosters that are kept as they were read. */
  rosterBytesKeptMax: 16 * 1024 * 1024,
  /** Bytes of .mailmap files that are kept as they were read; the longest has 5,000 lines of 200 bytes. */
  mailmapBytesKeptMax: 16 * 1024 * 1024,
  /** Objects on a page of the API, and the most that a request gets: patchwork's own numbers, which clients reckon with. */
  apiPageItems: 30,
  apiPageItemsMax: 250,
  /** Events that the API counts; who asks for older ones asks by time. */
  apiEventsMax: 10_000,
  /** An answer of so many bytes of mails is a large one: of a hundred thousand real mails one is above it. */
  largeAnswerBytesMin: 1024 * 1024,
  /** Bytes that large answers hold together until their readers have them, ten of the largest mails: a small machine bears that. */
  answerBytesHeldMax: 10 * 25 * 1024 * 1024,
  /** Large answers under way to one client: lei opens four. */
  largeAnswersPerClientMax: 4,
  /** The reader of one who takes nothing for so long is gone, or means no good. */
  largeAnswerStallSecondsMax: 60,
  /** The text of a longer comment is not in a list of comments, of which a page holds 250; it has an address of its own. */
  listedCommentBytesMax: 256 * 1024,
  /** Bytes of pages kept as they were made, for the next reader of the same version. */
  pageBytesKeptMax: 16 * 1024 * 1024,
  /** Bytes of mails that the pages keep decoded: the threads that are read now. */
  decodedBytesMax: 16 * 1024 * 1024,
  /** Bytes of mails kept in memory after they were appended or read: a few commits, until they are sorted. */
  recentBytesMax: 16 * 1024 * 1024,
  /** An old archive may hold mails that SMTP would refuse: import keeps them up to four times that size. */
  importMailBytesMax: 4 * 25 * 1024 * 1024,
  /** Of a text on GitHub, which takes 65,536 itself; a saved file may hold anything. */
  githubTextCharactersMax: 262_144,
  /** Of an answer of GitHub's API: 100 issues with the longest texts have 30 MB, the patches of a pull request as much. */
  githubAnswerBytesMax: 64 * 1024 * 1024,
  /** GitHub itself gives up after ten seconds; a proxy before it may not. */
  githubAnswerMillisecondsMax: 60_000,
  /** Of one request, each waiting longer than the one before, a minute and a half together. */
  githubTriesMax: 6,
  /** Waits for GitHub's limits; a primary one is lifted within the hour. */
  githubWaitsMax: 50,
  githubWaitSecondsMax: 2 * 3_600,
  /** Of a pull request, as many as GitHub shows. */
  pullCommitsMax: 250,
  /** Of a saved file: 100,000 issues have 400 MB. */
  githubFileBytesMax: 480 * 1024 * 1024,
  /** Messages of one issue of git-dit; the longest of real ones have fifty. */
  ditMessagesMax: 20_000,
  /** Of an answer of patchwork's API: 250 patches have 300 kB. */
  patchworkAnswerBytesMax: 16 * 1024 * 1024,
  /** patchwork's largest instances need half a minute for a page. */
  patchworkAnswerMillisecondsMax: 120_000,
  /** Of one request, each waiting twice as long as the one before: a restart of the server is over by then. */
  patchworkTriesMax: 8,
  /** A server that wants us to wait longer is asked again all the same. */
  patchworkWaitMillisecondsMax: 10 * 60_000,
  /** Pages of one list, 250 items each: the largest patchwork has two million patches. */
  patchworkPagesMax: 100_000,
  /** A longer line that begins with "From " parts no mails of an mbox. */
  mboxFromLineBytesMax: 1_000,
  /** Of what stands below a "From " line without a date, to tell whether it is a header. */
  mboxHeadBytesMax: 64 * 1024,
  /** So much of an mbox is read to tell its dialect; the files are gigabytes. */
  mboxDialectBytesMax: 1024 * 1024,
  /** Mails with one Message-ID read at once: real ones come in two or three dresses, a flood in thousands. */
  copiesReadMax: 100,
  /** Texts under one Message-ID that a page links one by one; beyond it stands their number. */
  textsNamedMax: 10,
  /** A database that is silent this long is away: the mail gets 451, the page says so; senders wait ten minutes. */
  databaseAnswerSecondsMax: 20,
  /** The same for a new connection, which costs it next to nothing. */
  databaseConnectSecondsMax: 5,
  /** `/readyz` says no after this: who asks it asks every few seconds. */
  readySecondsMax: 3,
  /** What a piece of a backup holds of its table, unpacked: it is in memory at once. */
  backupPieceBytesMax: 8 * 1024 * 1024,
  /** Connections to the database for sorting and for single commands. */
  databaseConnectionsMax: 10,
  /** The same for SMTP, which asks little and commits one group at a time. */
  smtpDatabaseConnectionsMax: 5,
  /** The same for pages. */
  webDatabaseConnectionsMax: 10,
  /** Mails sorted in one transaction. */
  sortMailsMax: 200,
  /** Bytes of mails that are read into memory together, to be sorted, judged or handed out; a larger mail comes alone. */
  readBytesMax: 8 * 1024 * 1024,
  /** Clusters folded in one transaction. */
  foldClustersMax: 50,
  /** Mail that another process appended is seen this soon; well below the two seconds that a page may lag. */
  sortLookMillisecondsMax: 300,
  /** While mail comes in, sorting rests as long as it worked, up to this: a tenth of the two seconds that a page may lag. */
  sortRestMillisecondsMax: 200,
  /** After an error (the database is away) sorting is tried again this much later. */
  sortRetryMillisecondsMax: 1_000,
  /** A page that took longer is a line in the log. */
  pageMillisecondsMax: 1_000,
  /** Pages that take long to make and wait behind one another; who comes then is told to come again. A comparison takes up to half a second. */
  costlyPagesWaitingMax: 8,
  /** Searches and lists of the API that the database looks for at once: half of its connections for pages, so that the others stay quick. */
  searchesAtOnceMax: 5,
  /** And those that wait behind them: the slowest is ended after `databaseAnswerSecondsMax`. */
  searchesWaitingMax: 20,
  /** Of one client; a program that follows several pages at once has four. */
  searchesPerClientMax: 8,
  /** Of all clients of an IPv4 /24 or an IPv6 /48: the others have the rest, and of what waits the one who has most makes room for who has least. */
  searchesPerNeighbourhoodMax: 16,
  /** After so many seconds. */
  busyAgainSeconds: 5,
  /** At the end the answers under way have this long; `serve` ends within ten seconds. */
  webCloseSecondsMax: 3,
  /** At the end a query that still runs is left behind after this. */
  databaseCloseSecondsMax: 2,
  /** A killed database server can stay a zombie, or its last children can hold its memory, for some seconds. */
  databaseStartSecondsMax: 15,
  /** The embedded server writes a checkpoint at its end; then it is left to end alone. */
  databaseStopSecondsMax: 10,
  /** Commits read of a branch that is seen for the first time, and how old they may be: older ones match no open patch. */
  firstScanCommitsMax: 50_000,
  firstScanDaysMax: 400,
  /** Of a merge that is taken back: its newest commits, each found again by a row of its own. */
  mergedCommitsMax: 1_000,
  /** Commits read and written in one step; after a crash the reading goes on behind the last one. */
  scanCommitsMax: 200,
  /** Diff of one commit that is read; a larger one has no patch-id and is found by its message only. */
  commitDiffBytesMax: 4 * 1024 * 1024,
  /** Of a commit's message, as much is read; real ones end at 20 kB. */
  commitMessageBytesMax: 256 * 1024,
  /** git reads 200 ordinary commits in a second; what takes longer is left without its diff. */
  scanSecondsMax: 120,
  /** Branches watched of one repository. */
  watchedBranchesMax: 50,
  /** One fetch; the first one of a large repository takes a while. */
  fetchSecondsMax: 3_600,
  /** A question to another machine that needs no fetch. */
  repositoryAskSecondsMax: 30,
  /** A mirror that grows beyond this is not fetched on: five times the largest public one that we know. */
  mirrorBytesMax: 30 * 1024 * 1024 * 1024,
  /** `git name-rev` walks back from every tag; afterwards it is tried again when the tags change. */
  releaseSecondsMax: 120,
  /** A patch that was posted after its commit is taken for it within this many days ("[COMMITTED] ..."). */
  postedAfterCommitDaysMax: 30,
  /** A MAINTAINERS file; the largest real one has 800 kB. */
  maintainersFileBytesMax: 4 * 1024 * 1024,
  /** Roles taken from it. */
  maintainersEntriesMax: 10_000,
  /** A key server that is silent this long is asked once more, and then the mail waits for another try. */
  dnsMillisecondsMax: 2_000,
  /** Keys change seldom; domains publish them for an hour and more. */
  dnsKeptSecondsMax: 300,
  /** Answers of DNS that are kept: the senders of a busy list. */
  dnsAnswersKeptMax: 2_000,
  /** Lookups for one mail; two signatures with their domains' SPF need about twelve. */
  mailLookupsMax: 40,
  /** All lookups of one mail; a hostile name server answers late each time. */
  mailLookupMillisecondsMax: 15_000,
  /** Signatures of one kind in a mail; one that went through several servers has four. */
  signaturesMax: 10,
  /** Names of header fields that are kept of one signature; mail programs sign about twenty. */
  fieldsCoveredMax: 60,
  /** A mail signed longer ago than this when it arrives proves nothing: somebody may send it again a year later. */
  signedBeforeDaysMax: 7,
  /** The body of a write through the API: a check's description and address have some hundred bytes. */
  apiBodyBytesMax: 64 * 1024,
  /** What somebody notes: a paragraph or two. */
  apiNoteCharactersMax: 4_000,
  /** Writes of one token in a minute, for each process: a CI posts thirty checks on each of fifteen patches. */
  apiWritesPerMinuteMax: 600,
  /** A webhook that does not answer within this is called again later; Standard Webhooks advises 15 to 30 s. */
  webhookMillisecondsMax: 15_000,
  /** Events that are given to webhooks at once, and calls that are made before one looks for new events. */
  webhookEventsMax: 200,
  webhookCallsMax: 50,
  /** An event is called this soon. */
  webhookLookMillisecondsMax: 1_000,
  /** Between two attempts: 5 s, 20 s, 80 s ... up to 10 hours. Twelve of them take three days, as Standard Webhooks advises. */
  webhookRetrySecondsMin: 5,
  webhookRetrySecondsMax: 10 * 3_600,
  webhookAttemptsMax: 12,
  /** What arrived, or was given up, is dropped after this. */
  webhookCallDaysMax: 30,
  /** A write through the API is answered when its note is folded, or after this: behind an import that may take minutes. */
  noteSettleMillisecondsMax: 5_000,
  /** A used signature is remembered: for the days that it counts, the day that a clock may be ahead, and three weeks more. */
  signatureKeptDaysMax: 30,
  /** Clocks of senders are ahead, but not by more than a wrong time zone. */
  signedAheadSecondsMax: 24 * 60 * 60,
  /** Mails authenticated at once by one process: they wait for DNS most of the time. */
  judgedAtOnceMax: 32,
  /** Folding waits this long for verdicts; with a slow name server it goes on without them, and folds again later. */
  verdictMillisecondsMax: 500,
  /** Another process takes over a mail whose verdict is not there after this. */
  judgeLeaseSecondsMax: 300,
  /** After a lookup that failed: the first wait, then twice as long each time up to an hour. */
  judgeAgainSecondsMin: 30,
  /** A key that DNS did not give for this long is unknown for good; the mail keeps grade C. */
  judgeHoursMax: 6,
  /** git mailinfo and ssh-keygen take milliseconds. */
  programMillisecondsMax: 30_000,
  /** Files of a keyring; the Linux kernel's has 700. */
  keyringFilesMax: 20_000,
  /** An OpenPGP key with many certifications has some hundred kB. */
  keyFileBytesMax: 4 * 1024 * 1024,
  /** A changed keyring is seen this soon. */
  keyringLookMillisecondsMax: 5_000,
  /** A token mail is to be answered within this; RFC 5321 lets mail wait for five days on its way. */
  tokenDaysMax: 7,
  /** An answer in the weeks after hears that it is too late; then the token is unknown. What it confirmed is in the verdict. */
  tokenKeptDaysMax: 30,
  /** Token mails to one person in a day: forged mail must not become a flood. */
  tokenMailsPerDayMax: 10,
  /** The same where a signature covers the header, which a forger does not have: more than anybody changes by hand in a day. */
  headedTokenMailsPerDayMax: 50,
  /** doctor: a worker takes a mail within a second; one that waits longer has none, or one that fails. */
  unsortedSecondsMax: 60,
  /** Between two lines of a rebuild that says how far it is. */
  rebuildTellSecondsMax: 5,
  /** doctor: with clocks further apart the lag and "waits for 3 minutes" would be told wrong. */
  clockApartSecondsMax: 5,
  /** doctor: time enough to see why the renewal of the certificate did not run. */
  certificateDaysMin: 14,
  /** doctor warns when less of the disk of the data directory is free: a log segment of PostgreSQL has 16 MB. */
  diskFreeBytesMin: 1024 * 1024 * 1024,
  /** Mails that leave in an hour; more look like a loop, and none leaves for the next hour (syzbot has the same). */
  outgoingPerHourMax: 60,
  /** Answers to one address about one thread in an hour: two robots that answer each other stay slow. */
  answersPerThreadHourMax: 1,
  /** Answers to one address in a day; what else went wrong stands on the pages. */
  answersPerDayMax: 5,
  /** The first new attempt after a relay's "not now"; each next one waits twice as long. */
  outgoingRetrySecondsMin: 60,
  /** The longest wait between two attempts (RFC 5321 4.5.4.1 has two to three hours). */
  outgoingRetrySecondsMax: 4 * 3_600,
  /** RFC 5321 4.5.4.1: four to five days, then the mail is given up. */
  outgoingGiveUpDaysMax: 5,
  /** The text of a mail that left or was given up: bounces come within a week, and who mends a relay tries again within a month. */
  outboxTextDaysMax: 30,
  /** What became too old is looked for this often; an hour is little beside a month. */
  ageLookMinutesMax: 60,
  /** A relay that does not answer: 30 seconds for the connection and the greeting. */
  relayConnectSecondsMax: 30,
  /** And two minutes within a dialogue; a row of the database is locked meanwhile. */
  relayAnswerSecondsMax: 120,
  /** At the end the mail under way has this long; `serve` ends within ten seconds. */
  relayCloseSecondsMax: 3,
  /** Mail that another process owes is seen this soon. */
  outboxLookMillisecondsMax: 1_000,
  /** After a relay that could not be reached, and after an error of our own. */
  outboxRestMillisecondsMax: 30_000,
  /** An error is told this much later: the patch that a line speaks of may come after it. */
  errorAnswerMinutesMin: 30,
  /** Nobody remembers what he wrote a week ago; an older mail is not answered. */
  answeredDaysMax: 7,
  /** Changes of one topic that follow each other within this become one mail: a series is accepted patch by patch. */
  eventRestMinutesMin: 10,
  /** How often the calendar is looked at for digests. */
  digestLookMinutesMax: 5,
  /** Lines told in one answer; the others are on the page. */
  errorLinesMax: 5,
  /** Rows that `outbox list` prints. */
  outboxRowsShownMax: 1_000,
  /** `.ci/config.toml` of a commit: a hundred times what there is to say. */
  buildConfigBytesMax: 64 * 1024,
  /** Of a build that is started by hand: a large C project's, with its tests. */
  build: {
    seconds: 3_600,
    memoryBytes: 4 * 1024 ** 3,
    diskBytes: 2 * 1024 ** 3,
    pids: 1_000,
    outputBytes: 10 * 1024 ** 2,
    artefactBytes: 100 * 1024 ** 2,
  },
  /** Refs of one push that a hook tells of; more at once are a mirror that is filled. */
  pushUpdatesMax: 200,
  /** Pushes of one account that wait for a server that is down; at a hundred a day they last for a month. */
  spoolFilesMax: 3_000,
  /** What of one account is left lying there: hooks that run at once may each leave one more. */
  spoolKeptMax: 4_000,
  /** doctor: a push that waits for longer is taken in by nobody, or cannot be decided. */
  spoolWaitingMillisecondsMax: 10 * 60_000,
  /** A push of so many refs, each with a name of the longest that a file system lets git have. */
  spooledBytesMax: 1024 ** 2,
  /** The spool is watched; this is for a kernel that has no watch to give. */
  spoolLookMillisecondsMax: 2_000,
  /** A push that could not be decided, because its repository or GnuPG was away, is tried again after this. */
  spoolAgainMillisecondsMax: 60_000,
  /** And after so long it is given up. */
  spoolTriedHoursMax: 24,
  /** Builds of one push; who fills a mirror does not want all of it built. */
  pushBuildsMax: 20,
  /** Refused pushes of a repository that are kept in an hour: whoever may push could fill the table otherwise. */
  refusedPerHourMax: 100,
  /** Pushes taken from the spool at a time. */
  spoolReadMax: 200,
  /** A hook takes milliseconds; what it has begun and not ended after this it never will. */
  spoolLeftOverMillisecondsMax: 60 * 60 * 1_000,
  /** A commit with its message, or the certificate of a push; a longer one is not looked at. */
  signedBytesMax: 1024 ** 2,
  /** Executable files of `.ci/checks/`; each gets a clone of its own. */
  buildChecksMax: 50,
  /** A script that writes so many times what is kept of it is stopped: taking it off its hands costs a processor. */
  outputTimesMax: 20,
  /** Of all patches of a revision as git is given them: fifty times a long series. */
  patchsetBytesMax: 20 * 1024 * 1024,
  /** Patches of a revision that is applied; git's own longest series have about a hundred. */
  patchsetPatchesMax: 300,
  /** A long series on a large tree takes a few seconds, and git's search for renames is bounded by itself. */
  applySecondsMax: 120,
  /** Published revisions that lead to one commit, of which one must have been let in. */
  baseRefsMax: 1_000,
  /** What git may write to in memory while it applies. */
  applyMemoryBytesMax: 2 * 1024 ** 3,
  /** Of the scratch repository, in which a few kilobytes of a mail may unpack to anything. */
  applyDiskBytesMax: 2 * 1024 ** 3,
  /** Of a binary file of which git has the result already; a larger one cannot be compared, and is not applied. */
  applyBinaryBytesMax: 16 * 1024 * 1024,
  /** Files in it, objects included: a series over a whole large tree. */
  applyFilesMax: 50_000,
  /** A file that a patch touches, with what git adds to it. */
  applyFileBytesMax: 512 * 1024 * 1024,
  /** Of git's words about a conflict. */
  conflictCharactersMax: 4_000,
  /** Whether patchsets that nobody spoke of for longer still apply is not asked. */
  appliesDaysMax: 180,
  /** Patchsets of a list that are looked at. */
  appliedTopicsMax: 2_000,
  /** Of those tried on a branch that moved before it is looked whether something is to be built. */
  appliesAtOnceMax: 5,
  /** How often it is looked whether a branch moved. */
  branchLookSecondsMax: 15,
  /** A new patchset is waited for. */
  applierLookMillisecondsMax: 1_000,
  /** Fetches by git at once, and as many by runners: each is a process that packs. */
  gitServedMax: 8,
  /** And by one client. */
  gitServedPerClientMax: 4,
  /** A clone of a large repository over a slow line. */
  gitServedSecondsMax: 1_800,
  /** What git says that it wants and has, unpacked: 50 bytes for each of 40,000 commits. */
  gitAskedBytesMax: 2 * 1024 * 1024,
  /** Refs that a fetch is shown, the last by name; each is a setting in the environment of a process. */
  gitRefsShownMax: 3_000,
  /** A file of a repository that is shown; larger ones are data. */
  blobBytesMax: 1024 * 1024,
  blobLinesShownMax: 3_000,
  /** Git goes through the history of one file, which takes a second in the largest repositories. */
  blobSecondsMax: 10,
  /** Mails that are read for the path of a file; all that name one blob change the same file, mostly. */
  blobMailsMax: 20,
  /** Texts under one Message-ID that are compared, each with the one before. */
  textsComparedMax: 4,
  /** Lines of such a comparison. */
  textLinesComparedMax: 3_000,
  /** Of the mails in one repository of an inbox, as public-inbox cuts its own: a gigabyte packed. */
  inboxEpochBytesMax: 2.5 * 1024 * 1024 * 1024,
  /** Commits of an inbox that are written before its ref moves; each run of git costs as much as ten of them. */
  inboxStepMailsMax: 2_000,
  /** And their bytes: at the end of the process a step is waited for. */
  inboxStepBytesMax: 32 * 1024 * 1024,
  /** Mails are waited for together: a fetch finds them this late. */
  inboxLookMillisecondsMax: 2_000,
  /** A mirror asks the other server this often; three fetches each time that bring nothing. */
  mirrorLookMillisecondsMax: 60_000,
  /** Whoever writes mails into the log does it within this, or the inbox waits for the next look. */
  inboxWaitMillisecondsMax: 2_000,
  /** Packs of a repository before those of about one size are joined. */
  inboxPacksMax: 20,
  /** Packing a full repository takes some minutes. */
  inboxPackSecondsMax: 3_600,
  /** Nightly refs of a list that are offered: who was away for some days still finds the one that he began with. */
  nightlyRefsMax: 7,
  /** Revisions in one nightly ref: each takes about a second. */
  nightlyRevisionsMax: 100,
  /** What is awaited is looked for this often: a verdict, or a place in the queue. */
  awaitedSecondsMax: 3,
  /** Commits of a branch that are looked through for the blobs that a patchset was made on: half a year of a busy project. */
  baseCommitsMax: 5_000,
  /** Patchsets below each other that one may depend on. */
  dependenciesMax: 10,
  /** An added line that is longer is told of before it runs: what stands at its end is on nobody's screen. */
  lookLineCharactersMax: 300,
  /** Builds that a page counts; beyond, it says "more than". */
  buildsCountedMax: 10_000,
  /** Patchsets of an author that are counted for the page of one that waits. */
  earlierCountMax: 20,
  /** Of the text of a mail that a page of a build repeats: its page has the log already. */
  mailedTextCharactersMax: 4_000,
  /** What git may take to compare a waiting commit with its base, for its page. */
  lookSecondsMax: 10,
  /** What is known of commits that wait, in memory: some hundred of them. */
  forecastBytesKeptMax: 4 * 1024 * 1024,
  /** The trees of commits that pages named last: some thousand. */
  treesBytesKeptMax: 2 * 1024 * 1024,
  /** A patchset or a request whose last mail came longer ago starts nothing: who begins to build today does not build last year's. */
  buildMailDaysMax: 7,
  /** What nobody approves is not built in the end. */
  waitingDaysMax: 30,
  /** A runner that says nothing for this long has lost its build; it says something every ten seconds. */
  buildLeaseSecondsMax: 60,
  /** What was lost, or went wrong on our side, is tried so often again. */
  buildRetriesMax: 2,
  /** The first new attempt after an error of ours, the second after twice that. */
  buildRetrySecondsMin: 30,
  /** A runner that asks for a build is answered after this at the latest: proxies give up at a minute. */
  runnerAskSecondsMax: 25,
  /** The same where it asks whether its build is still wanted. */
  runnerAliveSecondsMax: 10,
  /** Beyond that, what a server may take to answer a runner. */
  runnerAnswerSecondsMax: 20,
  /** A runner that ends tells its server, if that listens. */
  runnerEndSecondsMax: 4,
  /** The same beside the server, which itself ends within ten seconds. */
  runnerCloseSecondsMax: 5,
  /** A launcher that was asked to end has this long: Slurm waits half a minute before it kills. */
  launcherEndSecondsMax: 40,
  /** A queue is looked at this often though nothing seems to have changed: a new attempt may be due. */
  queueLookSecondsMax: 2,
  /** Of a log on its way, in one request. */
  logBatchBytesMax: 1024 * 1024,
  /** Of what a runner may send in one attempt for one step, or as artefacts; far above what a job allows. */
  buildFileBytesMax: 2 * 1024 ** 3,
  /** doctor: a build that could have been built for longer has nobody who can, or too few. */
  queuedSecondsMax: 3_600,
  /** How often builds are looked for whose runner is silent; a server that starts gives runners as long as a lease first. */
  leaseLookSecondsMax: 2,
  /** A runner beside the server that ends at once, again and again, is started at most this often. */
  runnerRestartSecondsMax: 60,
  /** Steps of one attempt: the build and its checks. */
  buildFilesMax: 52,
  /** Logs of builds, and what builds handed back. */
  buildLogDaysMax: 90,
  /** Of a submitter who has so many running, others' builds go first. */
  submitterBuildsMax: 2,
  /** Articles of a newsgroup that are counted; beyond it the span of their numbers is told (RFC 3977 6.1.1.2). */
  newsCountMax: 50_000,
  /** A command has 512 bytes (RFC 3977 3.1); a Message-ID and some words are in it. */
  newsLineBytesMax: 512,
  /** Newsreaders connected at once, and of one address: clients open four. */
  newsConnectionsMax: 100,
  newsClientConnectionsMax: 10,
  /** A newsreader that was told to go has this long to hang up. */
  newsFarewellMillisecondsMax: 2_000,
  /** RFC 3977 3.1 wants at least three minutes for a client that is silent. */
  newsIdleSecondsMax: 180,
  /** Options of a push; three have a meaning. */
  pushOptionsMax: 20,
  /** Pushes of one account to refs/for/ that wait for an answer. */
  seriesRequestsMax: 50,
  /** A pusher waits for it. */
  seriesWaitSecondsMax: 60,
  /** git format-patch runs for each while somebody waits. */
  seriesPatchesMax: 100,
  /** Of a description. */
  seriesDescriptionBytesMax: 16 * 1024,
  /** One request of `b4 send`: ten times the text of the longest series, which has a hundred patches. */
  submissionBytesMax: 10 * 1024 * 1024,
  submissionMessagesMax: 200,
  /** Recipients that one message names; more are a mail to everybody. */
  submissionRecipientsMax: 200,
  /** A request is in by then; the largest over a slow line. */
  submissionReadSecondsMax: 60,
  /** Requests read at once, of all and of one client: each holds its bytes several times over. */
  submissionsAtOnceMax: 8,
  submissionsAtOncePerNetworkMax: 3,
  /** Of one client; a person needs two in a day. */
  submissionRequestsPerMinuteMax: 20,
  /** Messages of one person in a day, those that go back to him included: two of the longest series. */
  submissionsPerDayMax: 400,
  /** b4 writes date and signature when it sends; who sends again later what he found somewhere is refused. */
  submissionHoursMax: 24,
  /** An armoured OpenPGP key of one person without certifications has 3 kB. */
  submissionKeyBytesMax: 64 * 1024,
  /** Bytes of OpenPGP keys that are kept as they were read. */
  provenKeyBytesKeptMax: 4 * 1024 * 1024,
  /** Mails that ask whether a key is the reader's: to one address, since anybody can have them sent there, ... */
  challengesPerAddressDayMax: 6,
  /** ... of which one asker must not use up all, ... */
  challengesPerAddressAndNeighbourhoodDayMax: 2,
  /** ... for one network, where a company may sit, in an hour and in a day, ... */
  challengesPerNetworkHourMax: 10,
  challengesPerNetworkDayMax: 20,
  /** ... for the networks around it, which one person can rent by the hundred, ... */
  challengesPerNeighbourhoodHourMax: 20,
  /** ... and in all: twenty such neighbourhoods at once are an attack, and no mail of ours shall make the relay's name bad. */
  challengesPerHourMax: 400,
  /** The word in such a mail works for so long. */
  challengeHoursMax: 24,
  /** Topics in one digest; the others are on the page. */
  digestTopicsMax: 100,
} as const
