// The stories of an invented list: one change from its first posting to its end, or one question, one report, one
// nuisance. Each writes its mails and the truth about them.
import { answerSubject, answerText } from './answer.ts'
import type { Letter } from './letter.ts'
import type { Person } from './person.ts'
import * as phrases from './phrases.ts'
import {
  attach,
  type Change,
  headOf,
  inventChange,
  messageOf,
  type PostForm,
  type Posting,
  post,
  retitledChange,
  revisedChange,
} from './posting.ts'
import { answer, otherThan, review, take, takePull } from './talk.ts'
import type { Tree } from './tree.ts'
import { type Growing, idBy, letterOf, openTopic, send, type World, wordsOf } from './world.ts'

export type Story = (world: World) => void

const hour = 3_600_000

const capital = (text: string) => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`

/** Accepted changes that no batch has carried yet, of each list that is being written. */
const accepted = new WeakMap<World, Change[]>()

/** A change or several, reviewed, sent again, taken or forgotten. */
export function patchset(world: World, tree: Tree = world.speech.pick(world.trees)): void {
  const { speech } = world
  const author = speech.pick(world.people)
  const size = speech.odds(45) ? 1 : speech.between(2, speech.odds(20) ? 9 : 5)
  const changes = speech.odds(15)
    ? family(world, tree, author, size)
    : Array.from({ length: size }, () => inventChange(world, tree, author))
  longStory(world, firstForm(world, tree, author, changes), world.speech.between(1, 4))
}

function firstForm(
  world: World,
  tree: Tree,
  author: Person,
  changes: readonly Change[],
  title?: string,
): PostForm {
  const { speech, customs } = world
  const single = changes.length === 1
  const cover = speech.odds(single ? 92 : customs.coverless)
    ? 'none'
    : speech.odds(customs.plainCovers)
      ? 'plain'
      : 'numbered'
  const about = title ?? (single && cover === 'none' ? (changes[0] as Change).title : coverTitle(world, tree))
  return {
    by: author,
    at: world.clock,
    version: 1,
    changes,
    words: wordsFor(world, tree),
    title: cover === 'none' ? (changes[0] as Change).title : about,
    cover,
    mark: markOf(world, author),
  }
}

function coverTitle(world: World, tree: Tree): string {
  const { speech, titles } = world
  for (;;) {
    const title = capital(speech.tell(phrases.coverTitles, wordsOf(world)))
    const full = speech.odds(40) ? `${tree.project}: ${title}` : title
    if (titles.has(full)) continue
    titles.add(full)
    return full
  }
}

/** The project where several share the list, and perhaps the branch. */
function wordsFor(world: World, tree: Tree): string[] {
  const { speech, customs } = world
  const sister = tree !== world.trees[0]
  if (sister) return [tree.project]
  if (!speech.odds(customs.named)) return []
  return [speech.pick(customs.branches)]
}

/** Some gateways mark what comes from outside. */
function markOf({ customs, speech }: World, { pid }: Person): string {
  return pid % 100 < customs.marked
    ? speech.pick(['[EXT] ', '**SPAM** ', '[External] ', '{SPAM?} ', '[EXTERNAL] '])
    : ''
}

/** The same thing done in several places: near titles, other changes. */
function family(world: World, tree: Tree, author: Person, size: number): Change[] {
  const { speech } = world
  const [noun, other, verb] = [wordsOf(world).noun, wordsOf(world).other, wordsOf(world).verb]
  const text = speech.say(
    '{convert to the new {other} API|{verb} {noun}s|use the {noun} helper|drop the {other} wrapper}',
    { noun: noun ?? '', other: other ?? '', verb: verb ?? '' },
  )
  const paths = speech.some([...tree.files.keys()], size)
  return paths.map(path => ({
    ...inventChange(world, tree, author, path),
    title: `${path.replace(/\.\w+$/, '')}: ${text}`,
  }))
}

function longStory(world: World, form: PostForm, rounds: number): void {
  const { speech, customs } = world
  const topic = openTopic(world, 'patchset', form.title, form.by)
  let posting = post(world, topic, form)
  let current = form
  let at = review(world, posting, form.at + speech.between(1, 20) * hour)
  for (let round = 1; round < rounds; round++) {
    at += speech.between(4, 240) * hour
    current = nextForm(world, current, posting, at)
    posting = post(world, topic, {
      ...current,
      below: speech.odds(customs.rerollAnswers) || current.only ? belowFor(current, posting) : null,
    })
    at = review(world, posting, at + speech.between(1, 20) * hour)
    // What comes back in part is not sent whole again here.
    if (current.only) break
  }
  if (!speech.odds(65)) return
  take(world, posting, at + speech.between(2, 90) * hour)
  accepted.set(world, [...(accepted.get(world) ?? []), ...posting.changes])
}

const belowFor = (form: PostForm, old: Posting): Letter => {
  const again = form.only ? old.patches[(form.only[0] ?? 1) - 1] : undefined
  return again ?? headOf(old)
}

/** How an author sends a change again. */
function nextForm(
  world: World,
  { below: _, only: __, status: ___, ...form }: PostForm,
  posting: Posting,
  at: number,
): PostForm {
  const { speech } = world
  const version = form.version + 1
  const first = otherThan(world, form.by).name.split(' ')[0] ?? ''
  const news = capital(speech.tell(phrases.retakes, wordsOf(world, { n: String(version), first })))
  const revised = form.changes.map(change => (speech.odds(70) ? revisedChange(world, change) : change))
  const again = { ...form, at, version, changes: revised, news }
  const kind = speech.below(100)
  if (
    kind < 10 &&
    form.changes.length > 2 &&
    form.cover !== 'plain' &&
    posting.patches.length === form.changes.length
  ) {
    const number = speech.between(1, form.changes.length)
    return {
      ...again,
      cover: 'none',
      only: [number],
      changes: form.changes.map((change, index) =>
        index === number - 1 ? revisedChange(world, change) : change,
      ),
    }
  }
  if (kind < 18) return { ...form, at, status: 'RESEND', version: form.version }
  if (kind < 23 && form.version === 1) return { ...again, versionShown: false, versionSure: false, news: '' }
  if (kind < 31 && form.cover === 'none' && form.changes.length === 1) {
    const change = retitledChange(world, form.changes[0] as Change)
    return { ...again, changes: [change], title: change.title }
  }
  if (kind < 38 && form.changes.length > 1)
    return {
      ...again,
      changes: [...revised, inventChange(world, treeOf(world, form.changes[0] as Change), form.by)],
    }
  if (kind < 43 && form.changes.length > 3) return { ...again, changes: revised.slice(0, -1) }
  if (kind < 48 && form.cover === 'numbered')
    return { ...again, title: coverTitle(world, treeOf(world, form.changes[0] as Change)) }
  return again
}

const treeOf = (world: World, change: Change): Tree =>
  world.trees.find(({ files }) => files.has(change.edits[0]?.path ?? '')) ?? (world.trees[0] as Tree)

/** First asked for opinions, then meant. */
export function rfcFirst(world: World): void {
  const { speech } = world
  const tree = world.trees[0] as Tree
  const author = speech.pick(world.people)
  const changes = Array.from({ length: speech.between(2, 4) }, () => inventChange(world, tree, author))
  const form = { ...firstForm(world, tree, author, changes), cover: 'numbered' as const }
  const topic = openTopic(world, 'patchset', form.title, author)
  const posting = post(world, topic, { ...form, status: 'RFC' })
  const at = review(world, posting, form.at + speech.between(1, 20) * hour) + speech.between(30, 300) * hour
  const second = post(world, topic, {
    ...form,
    at,
    changes: changes.map(change => revisedChange(world, change)),
  })
  take(world, second, review(world, second, at + hour) + hour)
}

/** What a maintainer has gathered goes on as a batch, month after month under one title. */
export function batch(world: World): void {
  const { speech, customs } = world
  const pending = accepted.get(world) ?? []
  if (pending.length < 3) {
    patchset(world)
    return
  }
  const [changes, rest] = [pending.slice(0, speech.between(3, 10)), pending.slice(10)]
  accepted.set(world, rest)
  const by = world.maintainers[0] as Person
  const branch = customs.branches[0] ?? 'main'
  const title = `${capital(customs.name)} ${customs.manners.top % 2 === 0 ? 'updates' : 'fixes'} for ${branch}`
  const topic = openTopic(world, 'patchset', title, by)
  const posting = post(world, topic, {
    by,
    at: world.clock,
    version: 1,
    changes,
    words: [branch],
    title,
    cover: 'numbered',
    pull: true,
    coverText: pullText(
      world,
      changes.map(({ title }) => title),
    ),
  })
  let at = world.clock + speech.between(5, 40) * hour
  if (speech.odds(30)) {
    const number = speech.between(1, changes.length)
    const again = changes.map((change, index) =>
      index === number - 1 ? revisedChange(world, change) : change,
    )
    post(world, topic, {
      by,
      at,
      version: 2,
      changes: again,
      only: [number],
      words: [branch],
      title,
      cover: 'none',
      below: posting.patches[number - 1] as Letter,
    })
    at += speech.between(2, 30) * hour
  }
  takePull(world, posting, at)
}

function pullText(world: World, titles: readonly string[]): string {
  const { speech, customs } = world
  const values = wordsOf(world, {
    list: titles.map(title => `      ${title}`).join('\n'),
    name: customs.name,
  })
  const greeting = speech.say('{Hi,|Hello,|Hi {name} people,|Dear maintainers,}', values)
  const intro = speech.say(
    '{The following patches are ready|please pull the following changes|here is what has gathered since last time|this is the next round} {for {branch}|since {version}}.',
    values,
  )
  return `${greeting}\n\n${intro}\n\nThe following changes since commit ${speech.hex(40)}:\n\n  ${values.verb} the ${values.noun} (2026-01-04 10:11:12 +0100)\n\nare available in the Git repository at:\n\n  https://git.example.org/${customs.name}.git tags/${customs.name}-${values.n}\n\nfor you to fetch changes up to ${speech.hex(40)}:\n\n  ${titles.at(-1)} (2026-02-04 10:11:12 +0100)\n\n----------------------------------------------------------------\n${values.list}\n\n-- \n2.43.0\n`
}

/** A request to pull without patches. */
export function pullRequest(world: World): void {
  const { speech, customs } = world
  const by = speech.pick(world.maintainers)
  const values = wordsOf(world)
  const title = speech.say(
    '{{project} {noun} updates for {version}|{part} fixes for {version}|more {noun}s for {branch}|{noun} changes for the {version} window}',
    values,
  )
  const subject = `[${speech.pick(['GIT PULL', 'PULL', 'GIT PULL v2'.slice(0, 8)])}] ${title}`
  const topic = openTopic(world, 'patchset', title, by)
  const letter = send(
    world,
    topic,
    letterOf({
      id: idBy(world, by, world.clock),
      from: by,
      subject,
      at: world.clock,
      text: pullText(world, [
        `${values.part}: ${values.verb} ${values.noun}`,
        `${values.other}: ${values.verb} it`,
      ]),
    }),
  )
  topic.revisions.push({
    cover: letter.id,
    patches: [],
    version: 1,
    version_sure: false,
    total: 0,
    pull_request: true,
    standing: 'complete',
    sure: true,
    duplicates: [],
    other_covers: [],
  })
  const answerer = otherThan(world, by, world.maintainers)
  const text = capital(
    speech.tell(phrases.pulledWords, wordsOf(world, { branch: customs.branches[0] ?? 'main' })),
  )
  const taken = answer(
    world,
    topic,
    answerer,
    letter,
    [text],
    world.clock + speech.between(3, 60) * hour,
    letter,
  )
  world.applied.push({ mail: taken.id, topic_of: letter.id, text, sure: true })
}

/** Two projects get their halves of one feature under one title. */
export function sisters(world: World): void {
  const { speech } = world
  if (world.trees.length < 2) throw new Error(`The list ${world.customs.name} has no sister projects`)
  const author = speech.pick(world.people)
  const title = coverTitle(world, world.trees[0] as Tree)
  for (const [index, tree] of speech.some(world.trees, 2).entries()) {
    const changes = Array.from({ length: speech.between(2, 3) }, () => inventChange(world, tree, author))
    longStory(
      world,
      {
        by: author,
        at: world.clock + index * 40 * 60_000,
        version: 1,
        changes,
        words: [tree.project],
        title,
        cover: 'numbered',
      },
      speech.between(1, 3),
    )
  }
}

/** The same fix for several older branches, each a patchset of its own. */
export function backports(world: World): void {
  const { speech, customs } = world
  const tree = world.trees[0] as Tree
  const author = speech.pick(world.people)
  const changes = Array.from({ length: speech.odds(70) ? 1 : 2 }, () => inventChange(world, tree, author))
  const branches = speech.some(customs.stable, speech.between(2, 4))
  branches.forEach((branch, index) => {
    // Each branch has its own lines around the fix.
    const own = changes.map(change => ({
      ...change,
      edits: change.edits.map(edit => (speech.odds(40) ? revisedEditOf(world, edit) : edit)),
    }))
    const words =
      customs.stable.length > 0 && customs.wordPlace === 'own bracket' ? ['SRU', branch] : [branch]
    const form: PostForm = {
      by: author,
      at: world.clock + index * speech.between(2, 50) * 60_000,
      version: 1,
      changes: own,
      words: speech.odds(50) ? words : [branch],
      title: (own[0] as Change).title,
      cover: 'none',
    }
    longStory(world, form, speech.odds(30) ? 2 : 1)
  })
}

const revisedEditOf = (world: World, edit: Change['edits'][number]) =>
  revisedChange(world, { title: '', message: '', author: world.people[0] as Person, edits: [edit] })
    .edits[0] as Change['edits'][number]

/** An idea with its patch as a file, discussed and sent again as files of the answers. */
export function attached(world: World): void {
  const { speech } = world
  const tree = speech.pick(world.trees)
  const author = speech.pick(world.people)
  let changes = Array.from({ length: speech.odds(60) ? 1 : speech.between(2, 4) }, () =>
    inventChange(world, tree, author),
  )
  const title = speech.odds(50) ? (changes[0] as Change).title : coverTitle(world, tree)
  const subject = speech.pick([title, `[PATCH] ${title}`, title])
  const topic = openTopic(world, 'patchset', title, author)
  const by = author
  let at = world.clock
  const introduction = () =>
    `${speech.say('{Hi,|Hello hackers,|Hello,|Hi all,}')}\n\n${messageOf(world)}\n\n${speech.say('{Patch attached.|The attached patch does that.|Please find it attached.|See the attachment.}')}\n\n-- \n${author.name}\n`
  let last = attach(world, topic, { by, at, version: 1, changes, subject, text: introduction() })
  const versions = speech.between(1, 5)
  for (let version = 2; version <= versions; version++) {
    let said = last
    for (let turns = speech.between(1, 4); turns > 0; turns--) {
      at += speech.between(2, 50) * hour
      const speaker = said.from === author ? otherThan(world, author) : author
      const words = speaker === author ? phrases.authorsAnswers : phrases.remarks
      said = answer(world, topic, speaker, said, [capital(speech.tell(words, wordsOf(world)))], at, last)
    }
    at += speech.between(5, 90) * hour
    changes = changes.map(change => revisedChange(world, change))
    const news = capital(speech.tell(phrases.newVersions, wordsOf(world, { n: String(version) })))
    const written = answerText(speech, author, said, [news], world.customs.dress.address)
    last = attach(world, topic, {
      by,
      at,
      version,
      changes,
      subject: answerSubject(speech, author, said.subject),
      ...written,
      below: said,
    })
  }
  if (speech.odds(60)) {
    const committer = otherThan(world, author, world.maintainers)
    const text = capital(
      speech.say(
        '{Pushed, thanks.|Committed, thanks.|Applied to {branch}, thanks!|I have pushed this, with minor changes.|Pushed to {branch}.|Committed to {branch}, thank you.}',
        wordsOf(world),
      ),
    )
    const letter = answer(world, topic, committer, last, [text], at + speech.between(3, 90) * hour, last)
    world.applied.push({ mail: letter.id, topic_of: last.id, text, sure: true })
  }
}

/** A thread that is no patch; gives its first mail and its topic. */
function thread(
  world: World,
  kind: Growing['kind'],
  by: Person,
  subject: string,
  text: string,
  more: Partial<Letter> = {},
): [Growing, Letter] {
  const id = more.id ?? idBy(world, by, world.clock)
  const topic = openTopic(world, kind, subject, by, { root: id })
  return [topic, send(world, topic, letterOf({ from: by, subject, at: world.clock, text, ...more, id }))]
}

function chatter(world: World, topic: Growing, root: Letter, words: readonly string[], most: number): Letter {
  const { speech } = world
  let [last, at] = [root, world.clock]
  for (let turns = speech.below(most + 1); turns > 0; turns--) {
    at += speech.between(1, 30) * hour
    last = answer(
      world,
      topic,
      otherThan(world, last.from),
      speech.odds(75) ? last : root,
      [capital(speech.tell(words, wordsOf(world, { first: root.from.name.split(' ')[0] ?? '' })))],
      at,
      null,
    )
  }
  return last
}

export function bug(world: World): void {
  const { speech } = world
  const values = wordsOf(world)
  const by = speech.pick(world.people)
  const title = speech.tell(phrases.bugTitles, values)
  const text = speech.tell(
    phrases.bugTexts,
    wordsOf(world, { trace: traceOf(world, values), part: values.part ?? '' }),
  )
  const [topic, root] = thread(
    world,
    'bug',
    by,
    title,
    `${speech.say('{Hi,|Hello,|Dear developers,|Hi all,}')}\n\n${text}\n\n${speech.say('{Regards|Thanks|Cheers|Best}')}\n${by.name}\n`,
  )
  const last = chatter(world, topic, root, phrases.bugTalk, 4)
  if (!speech.odds(25)) return
  const fixer = otherThan(world, by)
  const change = inventChange(world, world.trees[0] as Tree, fixer)
  const fix = openTopic(world, 'patchset', change.title, fixer)
  const at = last.at + speech.between(4, 80) * hour
  const posting = post(world, fix, {
    by: fixer,
    at,
    version: 1,
    changes: [change],
    title: change.title,
    cover: 'none',
    below: speech.odds(60) ? last : null,
    words: wordsFor(world, world.trees[0] as Tree),
  })
  take(world, posting, at + speech.between(3, 60) * hour)
}

function traceOf(world: World, values: Record<string, string>): string {
  const { speech } = world
  const frame = () =>
    ` ${speech.tell(['{part}_{verb}_{noun}', '{verb}_{noun}', '{noun}_{other}_{verb}', '__{verb}_{other}'], wordsOf(world))}+0x${speech.hex(3)}/0x${speech.hex(3)}`
  const stamp = `[${String(speech.between(10, 9000)).padStart(5)}.${speech.between(100000, 999999)}]`
  return speech.pick([
    `${stamp} BUG: unable to handle page fault for address: ${speech.hex(16)}\n${stamp} CPU: 1 PID: ${speech.between(2, 9000)} Comm: ${values.part} Not tainted\n${stamp} Call Trace:\n${[1, 2, 3, 4].map(() => `${stamp} ${frame()}`).join('\n')}`,
    `Program received signal SIGSEGV, Segmentation fault.\n#0  0x${speech.hex(12)} in ${values.verb}_${values.noun} () at ${values.part}.c:${values.n}\n#1  0x${speech.hex(12)} in main () at main.c:${values.m}`,
    `Traceback (most recent call last):\n  File "${values.part}.py", line ${values.n}, in <module>\n    ${values.verb}_${values.noun}()\nRuntimeError: ${values.adjective} ${values.noun}`,
    `==${values.n}==ERROR: AddressSanitizer: heap-use-after-free on address 0x${speech.hex(12)}\n    #0 0x${speech.hex(6)} in ${values.verb}_${values.noun} ${values.part}.c:${values.m}\n    #1 0x${speech.hex(6)} in main`,
    `${stamp} WARNING: CPU: 0 PID: 1 at ${values.root}/${values.part}.c:${values.n} ${values.verb}_${values.noun}+0x${speech.hex(2)}/0x${speech.hex(3)}\n${stamp} Call Trace:\n${[1, 2, 3].map(() => `${stamp} ${frame()}`).join('\n')}`,
  ])
}

/** A bug tracker's mails about a new bug. */
export function tracker(world: World): void {
  const { speech } = world
  const values = wordsOf(world)
  const number = speech.between(100, 99_999)
  const robot = {
    ...(world.robots[0] as Person),
    name: 'bugs daemon',
    address: 'bugzilla-daemon@bugs.example.org',
  }
  const title = speech.tell(phrases.bugTitles, values).replace(/^(?:\[\w+\]|PROBLEM:|BUG:|REGRESSION:) ?/, '')
  const text = `https://bugs.example.org/show_bug.cgi?id=${number}\n\n            Bug ID: ${number}\n           Summary: ${title}\n           Product: ${values.project}\n           Version: ${values.version}\n            Status: NEW\n          Severity: normal\n          Reporter: ${speech.pick(world.people).address}\n\n${speech.tell(phrases.bugTexts, wordsOf(world, { trace: traceOf(world, values) }))}\n\n-- \nYou may reply to this email to add a comment.\n\nYou are receiving this mail because:\nYou are watching the assignee of the bug.\n`
  const id = `bug-${number}-17@https.bugs.example.org/`
  const [topic, root] = thread(world, 'bug', robot, `[Bug ${number}] New: ${title}`, text, {
    id,
    program: 'robot',
    headers: [
      ['X-Bugzilla-Type', 'new'],
      ['X-Bugzilla-Status', 'NEW'],
      ['Auto-Submitted', 'auto-generated'],
    ],
  })
  for (let turns = speech.below(4), at = world.clock; turns > 0; turns--) {
    at += speech.between(3, 60) * hour
    const who = speech.pick(world.people)
    send(
      world,
      topic,
      letterOf({
        id: `bug-${number}-17-${speech.token(10)}@https.bugs.example.org/`,
        from: robot,
        subject: `[Bug ${number}] ${title}`,
        at,
        program: 'robot',
        answers: root.id,
        references: [root.id],
        headers: [['X-Bugzilla-Type', 'changed']],
        text: `https://bugs.example.org/show_bug.cgi?id=${number}\n\n--- Comment #${turns} from ${who.name} (${who.address}) ---\n${capital(speech.tell(phrases.bugTalk, wordsOf(world)))}\n\n-- \nYou may reply to this email to add a comment.\n`,
      }),
    )
  }
}

export function question(world: World): void {
  const { speech } = world
  const by = speech.pick(world.people)
  const fence = speech.odds(20)
    ? `\n\nThis is what I get:\n\n\`\`\`\n${traceOf(world, wordsOf(world))}\n\`\`\``
    : ''
  const title = capital(
    speech.tell(
      fence === '' ? phrases.questionTitles : phrases.questionTitles.filter(text => text.endsWith('?')),
      wordsOf(world),
    ),
  )
  const text = `${speech.say('{Hi,|Hello,|Dear list,|Hi everybody,}')}\n\n${capital(speech.tell(phrases.questionTexts, wordsOf(world)))}${fence}\n\n${speech.say('{Thanks|Regards|Many thanks|Cheers}')}\n${by.name}\n`
  const [topic, root] = thread(world, 'discussion', by, title, text)
  chatter(world, topic, root, phrases.talk, 5)
}

export function proposal(world: World): void {
  const { speech } = world
  const by = speech.pick(world.people)
  const [topic, root] = thread(
    world,
    'discussion',
    by,
    capital(speech.tell(phrases.proposalTitles, wordsOf(world))),
    `${speech.say('{Hi all,|Hello,|Dear all,|Hi,}')}\n\n${capital(speech.tell(phrases.proposalTexts, wordsOf(world)))}\n\n${by.name}\n`,
  )
  chatter(world, topic, root, phrases.talk, 9)
}

export function announcement(world: World): void {
  const { speech } = world
  const by = speech.pick(world.maintainers)
  const title = capital(speech.tell(phrases.announcementTitles, wordsOf(world)))
  const meeting = /conference|Call for/.test(title)
  const text = capital(
    speech.tell(meeting ? phrases.conferenceTexts : phrases.announcementTexts, wordsOf(world)),
  )
  const [topic, root] = thread(world, 'announcement', by, title, `${text}\n\n${by.name}\n`)
  if (speech.odds(40))
    answer(
      world,
      topic,
      otherThan(world, by),
      root,
      [speech.say('{Congratulations!|Thanks for the release.|Great news.|Well done, everybody.}')],
      world.clock + 5 * hour,
      null,
    )
}

export function spam(world: World): void {
  const { speech } = world
  const stranger = {
    ...(world.people[0] as Person),
    name: speech.say('{Sales Team|Mr. Prosper|Mrs. Grace|Marketing|Admin|SEO Expert}'),
    address: `${speech.token(8).toLowerCase()}@${speech.token(7).toLowerCase()}.example.com`,
    client: 'webmail' as const,
    ahead: 0,
  }
  thread(
    world,
    'spam',
    stranger,
    speech.tell(phrases.spamTitles, wordsOf(world)),
    `${speech.tell(phrases.spamTexts, wordsOf(world, { host: `${speech.token(8).toLowerCase()}.example.com` }))}\n`,
  )
}

/** What forges and build machines tell the list. */
export function notice(world: World): void {
  const { speech } = world
  const who = speech.pick(world.people)
  const change = inventChange(world, world.trees[0] as Tree, who)
  const values = wordsOf(world, {
    group: world.customs.name,
    title: change.title,
    name: who.name,
    address: who.address,
    path: change.edits[0]?.path ?? '',
  })
  const [subject, text] = speech.any(phrases.notices)
  const sender = {
    ...(world.robots[1] as Person),
    name: speech.odds(50) ? who.name : `${world.customs.name} builds`,
    address: speech.say('{noreply@{host}|notifications@{host}|buildbot@{host}|git@{host}}', values),
  }
  thread(world, 'ci-report', sender, speech.say(subject, values), speech.say(text, values), {
    id: `${values.project}/push/refs/heads/${values.branch}/${speech.hex(12)}@${values.host}`,
    program: 'robot',
    headers: [['Auto-Submitted', 'auto-generated']],
  })
}

/**
 * A program lost In-Reply-To: the answer stands alone, and what it says counts nowhere, unless a line of it names what it
 * answers.
 */
export function lost(world: World): void {
  const { speech } = world
  const tree = world.trees[0] as Tree
  const author = speech.pick(world.people)
  const change = inventChange(world, tree, author)
  const topic = openTopic(world, 'patchset', change.title, author)
  const form = { by: author, at: world.clock, version: 1, changes: [change], words: wordsFor(world, tree) }
  const posting = post(world, topic, { ...form, title: change.title, cover: 'none' })
  const patch = headOf(posting)
  const by = otherThan(world, author)
  const at = world.clock + speech.between(3, 40) * hour
  const id = idBy(world, by, at)
  const subject = answerSubject(speech, by, patch.subject)
  const named = speech.odds(35)
  const home = named ? topic : openTopic(world, 'discussion', subject, by, { root: id })
  const remark = capital(speech.tell(phrases.remarks, wordsOf(world)))
  const said = named ? [`Answers: <${patch.id}>`, remark, `Tested-by: ${by.name} <${by.address}>`] : [remark]
  send(
    world,
    home,
    letterOf({
      id,
      from: by,
      subject,
      at,
      ...answerText(speech, by, patch, said, world.customs.dress.address),
    }),
  )
  if (named) {
    world.answers.set(id, patch.id)
    world.trailers.push({ mail: id, on: patch.id, key: 'Tested-by', who: by.address, sure: true })
  }
  review(world, posting, at)
}

export const stories = {
  patchset,
  rfcFirst,
  batch,
  pullRequest,
  sisters,
  backports,
  attached,
  bug,
  tracker,
  question,
  proposal,
  announcement,
  spam,
  notice,
  lost,
} satisfies Record<string, Story>
