// What people and programs of the invented lists say, as templates (speech.ts). Values: `part`, `noun`, `other`, `verb`,
// `adjective`, `place`, `branch`, `n`, `m`, `project`, `first`.

/** Titles of changes, without the prefix. */
export const changeTitles = [
  '{verb} the {adjective} {noun} {on|during|before|after} {place}',
  "don't {verb} the {noun} twice",
  'fix {adjective} {noun} in {place}',
  'add {noun} {other} for {place}',
  'make the {noun} {adjective} again',
  'move {noun} {other} out of {place}',
  'use {verb}_{noun}() for each {other}',
  '{verb} {noun} {other} only once',
  'remove the unused {noun} {other}',
  'let {place} {verb} the {noun}',
  'avoid {adjective} {noun} when the {other} is gone',
  'introduce a {noun}_{other} helper',
  'document the {adjective} {noun}',
  'return early when the {noun} has no {other}',
  'simplify {noun} and {other} handling',
  '{verb} {noun} before {place} starts',
  'correct the {noun} {other} after {place}',
  'support {adjective} {noun}s with {other}',
  'reject a {adjective} {noun} at {place}',
  'drop {adjective} {other} from {noun} {place}',
  'switch {noun} to {adjective} {other}s',
  '{noun}: {verb} what {place} left',
  'spell {noun} and {other} right',
  'replace {verb}_{noun} by {verb}_{other}',
  'stop leaking the {noun} on {place}',
  'cope with {adjective} {other}s in {noun} {place}',
  'rework how we {verb} the {noun}',
  'share one {noun} between {other}s',
  'warn about a {adjective} {noun}',
  'test the {adjective} {noun} at {place}',
] as const

export const coverTitles = [
  '{adjective} {noun} and {other} {rework|cleanups|fixes|support}',
  'Support for {adjective} {noun}s',
  '{verb} {noun}s at {place}',
  'Rework of the {noun} {other}',
  'Teach {part} about {adjective} {other}s',
  'Faster {place} with {adjective} {noun}s',
  'Untangle {noun} from {other}',
  'Preparations for a {adjective} {noun}',
  'A new {noun} for {place}',
  'Get rid of {adjective} {other}s',
] as const

export const reasons = [
  'The {noun} is {adjective} whenever {place} runs before the {other}.',
  'Since the {other} moved, {place} sees a {adjective} {noun}.',
  'Nobody has used the {adjective} {noun} for {n} releases.',
  'Without this {place} takes {n} ms longer than it has to.',
  'A {adjective} {noun} must never reach {place}, but {verb}_{noun}() lets it through.',
  'Callers of {verb}_{other}() expect the {noun} to be {adjective}.',
  'This was found by reading, not by a failure in the field.',
  'The next patch needs a {noun} that survives {place}.',
  'It has been like this since the {noun} was introduced; the {other} only made it visible.',
  'Split it, so that {place} can share the code.',
  'No change of behaviour is intended.',
  'Measured on {n} {noun}s: {m} % fewer {other}s.',
] as const

export const remarks = [
  'Why is the {noun} {adjective} here?',
  'I would rather {verb} the {other} first.',
  'Should this {verb} the {noun} at {place}, too?',
  'Nit: the {other} could be const.',
  'What happens when {place} comes in between?',
  'This looks {adjective} to me; could you explain the {noun}?',
  'The message should say what a {adjective} {noun} does to users.',
  'Can you split the {noun} part out?',
  "I don't like that {place} knows about the {other}.",
  'Please {verb} it in one place only.',
  'There is a helper for this: {verb}_{noun}().',
  'Does the {adjective} {other} still hold the lock?',
  'This one needs a test for the {adjective} {noun}.',
  'The {noun} may be NULL after {place}.',
  'Indentation is off in the second hunk.',
  'A short comment about the {other} would help the next reader.',
  "Isn't that what the {noun} was for?",
  'I wonder if {n} is enough for a {adjective} {other}.',
  'Good catch. How did you find it?',
  'The {noun} is read without the {other}; is that on purpose?',
  'Typo: {noun} {noun}.',
  'Looks fine apart from that.',
  'Same question as for the {other}.',
  'Here the return value of {verb}_{noun} gets lost.',
] as const

export const authorsAnswers = [
  'Right, I will {verb} it in the next version.',
  'Because {place} has no {noun} yet.',
  'Good point, will change.',
  'I tried that first, but then the {other} is {adjective}.',
  'Done in my tree, will be in v{n}.',
  'No, the {noun} is only {adjective} for {place}.',
  'Hm, let me think about the {other} again.',
  'Yes. I will add a comment.',
  'That is how the {other} does it, too.',
  'OK, I can split it.',
] as const

export const pings = [
  'Gentle ping.',
  'Any comments on this one?',
  'Is there anything that I can do to move this forward?',
  'Ping?',
  'Did this get lost?',
  'Friendly reminder: the {noun} still breaks on {place}.',
] as const

/** The approval around a trailer. */
export const approvals = [
  'Looks good to me.',
  'Nice cleanup.',
  'LGTM, thanks.',
  'I like the {noun} part.',
  'Thanks, this is much easier to read.',
  'Works on my {n} boards.',
  'Fine with me.',
  'Makes sense.',
  '',
  '',
] as const

/** Said by who takes patches: taken, and to where. */
export const appliedWords = [
  'Applied to {branch}, thanks.',
  'Applied, thanks!',
  'Thanks, applied to {branch}.',
  'Added to {branch}, thanks.',
  'Added to {branch}. Thank you.',
  'Added to {branch}, with a small fixup. Thanks.',
  'Queued up for {branch}, thanks.',
  'Queued for {branch}.',
  'Pushed to {branch}, thanks.',
  'Pushed, with {the typo|the comment|a missing blank} fixed. Thanks!',
  'Merged into {branch}, thank you!',
  'Merged. Thanks a lot for your work.',
  'Picked into {branch}.',
  'Picked up for {branch}, thanks.',
  'Taken into {branch}, thank you.',
  'Thanks. Taken to {branch}.',
  'Your patch is applied, thanks.',
  "I've applied this to {branch}.",
  "I've pushed this to {branch} now.",
  'Now in {branch}, thanks for the fix.',
  'This is in {branch} now.',
  'Both the idea and the code are fine, so: pushed to {branch}.',
  'Committed to {branch} as is.',
  'Committed, thanks {first}.',
  'Series applied to {branch}, thanks {first}!',
  'Applied with {two words|a line} of the message changed.',
  'Okay, added to {branch}.',
  'I have queued this up for {branch}.',
  'Thanks, I picked this into {branch}.',
  'Great, merged to {branch}!',
] as const

/** Of a series of four patches or more. */
export const partlyApplied = [
  'Applied 1-2, the rest needs another look.',
  'Applied patches 1 and 2, thanks.',
  'Applied patch 1 to {branch}; please resend the others.',
  "I've applied the first two patches to {branch}.",
  'Applied 1/{n} and 2/{n}. The others have open questions.',
  'Patches 1-2 applied to {branch}, thanks.',
  'Queued 1 and 2 for {branch}; 3 needs a test.',
  'Pushed patches 1 to 2, please rebase the remaining ones.',
  'Picked 1-2 into {branch}, thanks.',
  'Added patches 1-2 to {branch}.',
] as const

export const pulledWords = [
  'Pulled, thanks.',
  'Thanks, pulled.',
  "I've pulled this.",
  'Pulled into {branch}, thanks a lot!',
  'Merged into {branch}, thanks.',
  'Pulled and pushed out to {branch}.',
] as const

/** Words near "applied" that take nothing. */
export const notApplied = [
  'I applied this on top of {branch} and the {noun} still breaks. What am I missing?',
  "This doesn't apply to {branch}; could you rebase?",
  'When this is applied, the {other} can go, too.',
  'I added it to the docs of the {noun} and to my notes.',
  'So why was this merged in the first place?',
  'Has the {noun} patch been applied yet?',
  'Once it is merged I will send the {other} part.',
  'The same rule is applied to the {other} in {place}.',
  'I would have applied it, but the {noun} fails to build.',
  'Should be queued behind the {other} series.',
  'Can this be pushed before {place} is reworked?',
  'The value is added to {noun} and then pushed to the {other}, isn’t it?',
] as const

export const retakes = [
  'v{n}: {verb} the {other} as {first} asked',
  'v{n}: new {noun}, no other changes',
  'v{n}: rebased, message reworded',
  'v{n}: dropped the {adjective} part',
  'v{n}: fixed the {noun} leak that {first} found',
  'v{n}: renamed {noun} to {other}',
] as const

/** With the next version as a file. */
export const newVersions = [
  'v{n} attached.',
  'Here is a new version.',
  'Rebased, v{n} attached.',
  'Thanks for looking. New patch attached.',
  'Fixed all of it in the attached v{n}.',
  'Attached is an updated patch.',
  'Good idea, done. See the attached file.',
  'The attached one {verb}s the {noun}, too.',
] as const

export const bugTitles = [
  '[BUG] {part} loses the {noun} on {place}',
  '[BUG] {adjective} {noun} after {place}',
  '[REGRESSION] {place} takes minutes since {version}',
  '[REGRESSION] {part}: {noun} gone after update to {version}',
  'PROBLEM: {part} oopses in {verb}_{noun}',
  'PROBLEM: {noun} corrupted by {place}',
  'BUG: {part}: {adjective} {noun} on {place}',
  'REGRESSION: {part} refuses {adjective} {noun}s',
  '[REPORT] {part} hangs on {place}',
  '{part}: segfault in {verb}_{noun} on {place}',
  '{part} crashes when the {noun} is {adjective}',
  'crash in {verb}_{noun}() after {place}',
  '{part} {version} hangs at {place}',
  '{project}: deadlock between {noun} and {other}',
  'use after free in {part}_{verb}_{noun}',
  '{part}: {noun} broken since {version}',
  'data loss with {adjective} {noun}s in {project} {version}',
  'WARNING in {verb}_{noun} on {place}',
] as const

export const bugTexts = [
  'Since {version} {part} dies on {place}:\n\n{trace}\n\nIt is reproducible every time. {version} minus one is fine.',
  'I see this on two machines, always at {place}:\n\n{trace}\n\nSteps to reproduce:\n1. {verb} a {adjective} {noun}\n2. start {place}\n3. it crashes',
  'After an update to {version} the {noun} is gone:\n\n{trace}\n\nExpected: the {noun} is kept.\nActual: it crashes. Bisected to {hash} ("{part}: {verb} the {noun}").',
  'My {noun} got corrupted out of the blue, and I can reproduce it:\n\n{trace}\n\nAny advice is welcome.',
  'Found while testing {place}. This used to work in the last release and is broken now:\n\n{trace}\n\nWhat is the proper way to get more output? Happy to test patches.',
] as const

export const questionTitles = [
  'How do I {verb} a {adjective} {noun}?',
  'Question about {noun}s and {place}',
  'How to {verb} {noun}s from a script',
  'What is the {other} of a {noun} for?',
  'Using {project} with {adjective} {other}s',
  '{part}: is the {noun} needed at {place}?',
  'Help with {place} wanted',
  'Where to put the {noun}',
] as const

export const questionTexts = [
  'I want to {verb} a {adjective} {noun}, but the manual only speaks of {other}s. Is there a way?',
  'Could somebody explain when a {noun} becomes {adjective}? I read {part} and am none the wiser.',
  'We have {n} {noun}s and would like to {verb} them at {place}. What do you recommend?',
  'Is it safe to {verb} the {other} while {place} is running?',
  'I am new here. Which {noun} should one begin with?',
] as const

export const proposalTitles = [
  'Proposal: better handling of crashes in {part}',
  '[RFC] a {noun} for broken {other}s',
  '[DISCUSS] what to do about {adjective} {noun} failures',
  'Thoughts about error messages of {part}',
  'Planning the {place} rework',
  'Roadmap for {project} {version}',
  'Should {place} fail on {adjective} {noun}s?',
  'Ideas: reporting {noun} errors in one place',
] as const

export const proposalTexts = [
  'I have been thinking about how {part} treats a {adjective} {noun}. Today each caller has its own idea. I propose one {other} for all of them, and would like to hear opinions before I write code.',
  'Before we freeze, let us agree on what {place} should do with {noun}s that are {adjective}. Two ways come to mind: {verb} them, or leave them to the {other}.',
  'The {noun} has grown over {n} years. I would like to collect what people need of it.',
] as const

export const talk = [
  'I think the {other} is the better place for it.',
  'We do that with a {adjective} {noun} at work, no trouble so far.',
  'Have a look at the {part} chapter, it has an example.',
  'Yes, since {version}.',
  'No, that is not supported. A {adjective} {other} may be what you need.',
  'Thanks, that helped!',
  'My vote goes to the second way.',
  'That depends on {place}.',
  'I agree with {first}.',
  'Hm, what about {noun}s without {other}?',
] as const

export const bugTalk = [
  'Can you show the output with debugging on?',
  'I can confirm this with {version}.',
  'Which {noun} do you use?',
  'Same here, on {n} machines.',
  'Does it go away when you revert {hash}?',
  'Reverting it helps, yes.',
  'I will have a look this week.',
  'Could be the {other} rework.',
] as const

export const announcementTitles = [
  '[ANNOUNCE] {project} {version} released',
  '[ANNOUNCEMENT] {project} {version}',
  '{project} {version} released',
  '{project} {version} is out',
  'ANNOUNCE: {project} {version}',
  '[ANN] {project} {version} available',
  'Call for Papers: {project} days {year}',
  '{project} conference {year}: registration is open',
] as const

export const announcementTexts = [
  'We are happy to announce {project} {version}.\n\nDownload: https://{host}/{project}-{version}.tar.gz\n\nHighlights:\n * {noun}s may be {adjective} now\n * {place} is {n} % faster\n * many fixes\n\nThanks to everybody who sent patches.',
  '{project} {version} has been released today. The full change log is at https://{host}/{project}/{version}.\n\nChanges since the last release:\n - {verb} {noun}s\n - {adjective} {other}s',
] as const

export const conferenceTexts = [
  'The {project} days {year} take place in autumn. We invite talks about {noun}s, {place} and everything near.\n\nSubmission deadline: end of the month\nWeb: https://{host}/days\n\nThe programme committee',
] as const

export const spamTitles = [
  'Business loan at {n}% interest, apply now',
  'Re: your invoice is overdue',
  'Guest post on your website',
  'We can rank your site on the first page',
  'URGENT: your mailbox is almost full',
  '发票代开，优惠中',
  'Congratulations, you have been selected',
  'Wholesale LED lights, best price from factory',
  'Re: Investment opportunity',
  'Cheap medication without prescription',
] as const

export const spamTexts = [
  'Dear Sir/Madam,\n\nWe offer loans from 5,000 to 50,000,000 USD at low interest. No collateral. Apply now: http://{host}/loan?id={n}\n\nContact us on WhatsApp +00 000 {n}.\n\nTo unsubscribe click here http://{host}/u',
  'Hello,\n\nI found your website and would like to place a guest post with a dofollow link. We pay {n} USD per link by PayPal. We also do SEO and backlinks.\n\nBest price guaranteed! Click here: http://{host}/offer',
  'Dear friend,\n\nI am the widow of a late minister and want to transfer {n},000,000 USD to your bank account. Please reply with your full name, bank account and telephone number. God bless you.',
  '您好！本公司可代开各类发票，税点优惠，欢迎来电咨询。联系人：张经理，微信 {n}。\nhttp://{host}/fp',
  'Your mailbox storage is full. Verify your account within 24 hours or it will be suspended: http://{host}/verify?m={n}\n\nMail administrator',
] as const

/** Answers of test robots to a patch; `name` is the robot, `sum` the outcome. */
export const robotTexts = [
  'This is an automated message, please do not reply.\n\nThank you for your patches. Test results:\n\n| Check | Result | Time |\n|-------|--------|------|\n| build-{arch} | {sum} | {n} s |\n| style | PASS | 2 s |\n| unit | {sum} | {m} s |\n\nDetails: https://{host}/runs/{n}',
  'Hello,\n\n{name} has run your series.\n\nbuild ({arch}) ............ {sum}\nboot ................. OK\nselftests ............ {sum} ({m} run)\n\nLog: https://{host}/log/{n}.txt\n\n--\n{name}, generated automatically',
  'Dear patch submitter,\n\nthis is the CI of {project}. Your patch was tested on {branch}.\n\n---Test result---\n\nTest Summary:\nCheckPatch  PASS  1.2 seconds\nBuild  {sum}  {n} seconds\nBoot  {sum}  {m} seconds\n\nRegards,\n{name}',
  'kernel: {branch}\nconfig: {arch}_defconfig\nresult: {sum}\nwarnings: {n}\n\n{m} of {m} jobs done. https://{host}/job/{n}\n\nThis mail was sent by a machine.',
  '[{name}] pipeline #{n}: {sum}\n\nstage build: {sum}\nstage test: {sum}\n\nhttps://{host}/pipelines/{n}\n\nYou receive this mail because your patch was on the list.',
  'Your submission was processed by {name}.\n\n  Applied to: {branch} ({hash})\n  Compile:    {sum}\n  Run:        {sum}\n\nFull output below.\n  CC {part}.o\n  LD {project}\n\n(This is an automatic mail.)',
] as const

/** Reviews by a language model. */
export const aiReviews = [
  '[This is an AI-generated review]\n\n{review}\n\n[Severity: {High|Medium|Low}]\nIs it possible that the {noun} is {adjective} when {place} runs? In {verb}_{noun}() the {other} is used before it is checked.\n\n[Severity: Low]\nThis is a pre-existing issue: the {other} is never released.\n\n{name} - https://{host}/r/{n}',
  'Automated review by {name} (model output, may be wrong)\n\n{review}\n\nFindings:\n 1. ({high|medium|low}, new) {verb}_{noun}(): the {other} can be NULL after {place}.\n 2. (low, pre-existing) {adjective} {noun} is not documented.\n\nReply is not needed.',
  'AI review of your patch follows.\n\n{review}\n\n| # | severity | kind | what |\n|---|---|---|---|\n| 1 | {critical|minor} | new | {noun} may leak at {place} |\n| 2 | minor | pre-existing | {other} unchecked |\n\nThis comment was written by a bot: {name}.',
] as const

/** Standing mails of forges and build machines: subject and text. */
export const notices = [
  [
    '[{group}/{project}] {short}: {title}',
    '  Branch: refs/heads/{branch}\n  Home:   https://{host}/{group}/{project}\n  Commit: {hash}\n      https://{host}/{group}/{project}/commit/{hash}\n  Author: {name} <{address}>\n  Date:   2026-03-02 (Mon, 02 Mar 2026)\n\n  Changed paths:\n    M {path}\n\n  Log Message:\n  -----------\n  {title}\n',
  ],
  [
    '[Git][{group}/{project}][{branch}] {n} commits: {title}',
    "{name} pushed to branch {branch} at {group} / {project}\n\nCommits:\n{short} by {name} at 2026-03-02T10:00:00+00:00\n{title}\n\n- - - - -\n\nView it on GitLab: https://{host}/{group}/{project}/-/compare/{short}...{hash}\nYou're receiving this email because of your account on {host}.\n",
  ],
  [
    '[{group}/{project}] {title} (#{n})',
    '{name} pushed a new pull request.\n\nhttps://{host}/{group}/{project}/pulls/{n}\n\n---\nView it on Forgejo: https://{host}/{group}/{project}/pulls/{n}\n',
  ],
  [
    'buildbot failure in {project} on {arch}-{branch}',
    'The Buildbot has detected a new failure on builder {arch}-{branch} while building {project}.\nFull details are available at:\n    https://{host}/builders/{n}\n\nBuild Reason: scheduler\nBuild Source Stamp: [branch {branch}] {hash}\nBlamelist: {name} <{address}>\n\nBUILD FAILED: failed compile\n\nsincerely,\n -The Buildbot\n',
  ],
  [
    'Build failed in Jenkins: {project}-{branch} #{n}',
    'See <https://{host}/job/{project}-{branch}/{n}/display/redirect>\n\nChanges:\n\n[{name}] {title}\n\n------------------------------------------\nBuild step marked build as failure\nFinished: FAILURE\n',
  ],
  [
    'Change in {project}[{branch}]: {title}',
    '{name} has uploaded this change for review. ( https://{host}/c/{project}/+/{n} )\n\nChange subject: {title}\n......................................................................\n\n{title}\n\nChange-Id: I{hash}\n---\nM {path}\n1 file changed, 1 insertion(+)\n\n-- \nTo view, visit https://{host}/c/{project}/+/{n}\nGerrit-MessageType: newchange\n',
  ],
] as const
