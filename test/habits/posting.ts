// Patches on their way to the list: changes to a tree, as single patches, as series with one kind of cover or another,
// as files attached to a letter, and sent again.
import { type Numbering, subjectOf } from './bracket.ts'
import { type Attachment, isAscii, type Letter } from './letter.ts'
import type { Person } from './person.ts'
import { changeTitles, reasons } from './phrases.ts'
import {
  addedIn,
  diffOf,
  type Edit,
  editOf,
  partOf,
  removedIn,
  revisedEdit,
  statOf,
  type Tree,
} from './tree.ts'
import type { TruthRevision } from './truth.ts'
import { type Growing, idBy, letterOf, send, type World, wordsOf } from './world.ts'

export interface Change {
  readonly title: string
  readonly message: string
  readonly author: Person
  readonly edits: readonly Edit[]
}

export interface Posting {
  readonly by: Person
  readonly topic: Growing
  readonly cover: Letter | null
  readonly patches: readonly Letter[]
  readonly changes: readonly Change[]
  readonly version: number
  readonly words: readonly string[]
  readonly title: string
  readonly at: number
}

/** The mail that people answer when they mean all of it. */
export const headOf = ({ cover, patches }: Posting): Letter => cover ?? (patches[0] as Letter)

export function inventChange(world: World, tree: Tree, author: Person, path?: string): Change {
  const { speech } = world
  const main = path ?? speech.pick([...tree.files.keys()])
  const more = speech.some(
    [...tree.files.keys()].filter(other => other !== main),
    speech.odds(25) ? speech.between(1, 3) : 0,
  )
  const edits = [main, ...more].map(file => editOf(speech, tree, file, speech.between(1, 4)))
  return { title: freshTitle(world, main), message: messageOf(world), author, edits }
}

/** No two changes of a list have one title, save those that shall. */
function freshTitle(world: World, path: string): string {
  const { speech, titles } = world
  for (;;) {
    const prefix = speech.tell(
      ['{part}', '{root}: {part}', '{file}', '{root}/{part}', '{part}: {noun}', ''],
      {
        ...wordsOf(world),
        part: partOf(path),
        root: path.split('/')[0] ?? '',
        file: path.split('/').at(-1) ?? '',
      },
    )
    const text = speech.tell(changeTitles, wordsOf(world))
    const title =
      prefix === ''
        ? `${text[0]?.toUpperCase()}${text.slice(1)}`
        : `${prefix}: ${speech.odds(30) ? `${text[0]?.toUpperCase()}${text.slice(1)}` : text}`
    if (titles.has(title)) continue
    titles.add(title)
    return title
  }
}

export function messageOf(world: World): string {
  const { speech } = world
  const said = Array.from({ length: speech.between(1, 3) }, () => wrap(speech.tell(reasons, wordsOf(world))))
  return [...new Set(said)].join('\n\n')
}

const wrap = (text: string) => text.replace(/(.{40,72}) /g, '$1\n')

export interface PostForm {
  readonly by: Person
  readonly at: number
  readonly version: number
  readonly changes: readonly Change[]
  readonly words?: readonly string[]
  readonly title: string
  readonly cover: 'numbered' | 'plain' | 'none'
  readonly status?: string
  readonly versionShown?: boolean
  readonly coverText?: string
  /** Only these numbers of the series go out. */
  readonly only?: readonly number[]
  /** Answers this mail. */
  readonly below?: Letter | null
  readonly pull?: boolean
  /** Lines below the dashes of each patch. */
  readonly news?: string
  readonly mark?: string
  readonly versionSure?: boolean
}

export function post(world: World, topic: Growing, form: PostForm): Posting {
  const { by, changes, version } = form
  const numbers = form.only ?? changes.map((_, index) => index + 1)
  const run = runOf(world, form)
  const cover = form.cover === 'none' ? null : send(world, topic, coverLetter(world, form, run))
  const patches = numbers.map(number => send(world, topic, patchLetter(world, form, run, number)))
  const partial = form.only !== undefined && form.only.length < changes.length
  topic.revisions.push(revisionOf(form, cover, patches, numbers, partial))
  const words = form.words ?? []
  return { by, topic, cover, patches, changes, version, words, title: form.title, at: form.at }
}

function revisionOf(
  form: PostForm,
  cover: Letter | null,
  patches: readonly Letter[],
  numbers: readonly number[],
  partial: boolean,
): TruthRevision {
  return {
    cover: cover?.id ?? null,
    patches: patches.map((letter, index) => ({ mid: letter.id, number: numbers[index] ?? 1 })),
    version: form.version,
    version_sure: form.versionSure ?? true,
    total: form.changes.length,
    pull_request: form.pull ?? false,
    standing: partial ? 'partial-reroll' : 'complete',
    sure: true,
    duplicates: [],
    other_covers: [],
  }
}

/** The ids that the sender's tool gives, and those under which the mails arrive. */
interface Run {
  readonly own: (number: number) => string
  readonly seen: (number: number) => string
}

function runOf(world: World, { by, at, version, changes, title }: PostForm): Run {
  const { speech } = world
  const stamp = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)
  const [pid, node] = [speech.between(1000, 999_999), speech.hex(20)]
  const slug = title
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 30)
  const host = by.address.split('@')[1]
  const own = {
    git: (number: number) => `${stamp}.${pid}-${number + 1}-${by.address}`,
    b4: (number: number) => `${stamp.slice(0, 8)}-${slug}-v${version}-${number}-${node.slice(0, 12)}@${host}`,
    hg: (number: number) =>
      number === 0
        ? `patchbomb.${pid}@localhost.${host}`
        : `${node.slice(0, 16)}${String(number).padStart(4, '0')}.${pid + number}@localhost.${host}`,
  }[by.sender]
  const others = Array.from(
    { length: changes.length + 1 },
    () => `${speech.token(16).toUpperCase()}@relay.${host}`,
  )
  return { own, seen: by.relayed ? number => others[number] ?? own(number) : own }
}

const minute = 60_000

function coverLetter(world: World, form: PostForm, run: Run): Letter {
  const { speech, customs } = world
  const { by, at, title, version } = form
  const shown = form.versionShown ?? true
  const subject =
    form.cover === 'plain'
      ? version > 1
        ? speech.say(
            '{{title}, v{v}|{title} v{v}|{title} (v{v})|{title} - V{v}|{title} [v{v}]|v{v}: {title}}'
              .replaceAll('{title}', title)
              .replaceAll('{v}', String(version)),
          )
        : title
      : subjectOf(title, by.bracket, customs.wordPlace, numberingOf(form, 0, shown))
  const text = form.coverText ?? coverText(world, form)
  return letterOf({
    id: run.seen(0),
    from: by,
    subject: `${form.mark ?? ''}${subject}`,
    at,
    text,
    // Plain covers are often written in a mail program, before the run.
    program: form.cover === 'plain' && by.pid % 2 === 0 ? by.client : by.sender,
    ...parentOf(form.below ?? null),
  })
}

function coverText(world: World, { changes, by, news }: PostForm): string {
  const { speech } = world
  const list = changes.map(({ title }) => `  ${title}`).join('\n')
  const stat = statOf(changes.flatMap(({ edits }) => edits).slice(0, 12))
  const greeting = speech.say('{Hi,|Hello,|Hi all,|Dear all,|Hey,|Good morning,}')
  return `${greeting}\n\n${messageOf(world)}\n\n${news ? `${news}\n\n` : ''}${by.name} (${changes.length}):\n${list}\n\n${stat}\n\n-- \n2.4${by.pid % 9}.${by.pid % 4}\n`
}

const numberingOf = (
  { version, changes, words, status, cover, only }: PostForm,
  number: number,
  versionShown: boolean,
): Numbering => ({
  version,
  number: changes.length === 1 && cover !== 'numbered' && only === undefined && number > 0 ? null : number,
  total: changes.length,
  words: words ?? [],
  status: status ?? null,
  versionShown,
})

function patchLetter(world: World, form: PostForm, run: Run, number: number): Letter {
  const { by, changes, at } = form
  const change = changes[number - 1] as Change
  const plain = form.cover === 'plain' && by.pid % 3 !== 0
  const shown = (form.versionShown ?? true) && !plain
  const subject = subjectOf(
    change.title,
    by.bracket,
    world.customs.wordPlace,
    numberingOf(form, number, shown),
  )
  return letterOf({
    id: run.seen(number),
    from: by,
    subject: `${form.mark ?? ''}${subject}`,
    at: at + number * minute * (by.sender === 'git' ? 0.02 : 0.05),
    text: patchText(world, form, change),
    program: by.sender,
    ...threadOf(form, run, number),
  })
}

const parentOf = (below: Letter | null) =>
  below === null ? {} : { answers: below.id, references: [...below.references, below.id].slice(-12) }

function threadOf(form: PostForm, run: Run, number: number): { answers?: string; references?: string[] } {
  const { by } = form
  const first = form.only?.[0] ?? 1
  const head = form.cover === 'none' ? first : 0
  if (number === head) return parentOf(form.below ?? null)
  // Without a cover in its own thread a patch of a "none" run stands alone.
  if (by.threads === 'none' && form.cover !== 'plain') return {}
  const to = by.threads === 'chain' ? number - 1 : head
  const above = form.below ? [...form.below.references, form.below.id].slice(-10) : []
  const before =
    by.threads === 'chain'
      ? Array.from({ length: number - head }, (_, index) => run.own(head + index))
      : [run.own(head)]
  return { answers: run.own(to), references: [...above, ...before] }
}

function patchText(world: World, form: PostForm, change: Change): string {
  const { by } = form
  const { speech } = world
  const diffs = change.edits.map(edit => diffOf(edit, by.diff, length => speech.hex(length)))
  if (by.sender === 'hg')
    return `# HG changeset patch\n# User ${change.author.name} <${change.author.address}>\n# Date ${Math.floor(form.at / 1000)} 0\n# Node ID ${speech.hex(40)}\n# Parent  ${speech.hex(40)}\n${change.title}\n\n${change.message}\n\n${diffs.join('\n')}\n`
  const from = change.author === by ? '' : `From: ${change.author.name} <${change.author.address}>\n\n`
  const signed = `Signed-off-by: ${change.author.name} <${change.author.address}>${change.author === by ? '' : `\nSigned-off-by: ${by.name} <${by.address}>`}`
  const news = form.news && form.cover === 'none' ? `${form.news}\n\n` : ''
  return `${from}${change.message}\n\n${signed}\n---\n${news}${statOf(change.edits)}\n\n${diffs.join('\n')}\n-- \n2.4${by.pid % 9}.${by.pid % 4}\n`
}

/** The change as its author sends it after a review. */
export function revisedChange(world: World, change: Change): Change {
  const { speech } = world
  const touched = speech.below(change.edits.length)
  return {
    ...change,
    message: speech.odds(30)
      ? `${change.message}\n\n${wrap(speech.tell(reasons, wordsOf(world)))}`
      : change.message,
    edits: change.edits.map((edit, index) =>
      index === touched || speech.odds(30) ? revisedEdit(speech, edit) : edit,
    ),
  }
}

/** With other words for what it does; the prefix stays. */
export function retitledChange(world: World, change: Change): Change {
  const [, prefix = ''] = change.title.match(/^(.*: )/) ?? []
  let title = change.title
  while (world.titles.has(title)) title = `${prefix}${world.speech.tell(changeTitles, wordsOf(world))}`
  world.titles.add(title)
  return { ...change, title }
}

export const sizeOf = ({ edits }: Change) =>
  edits.reduce((sum, edit) => sum + addedIn(edit) + removedIn(edit), 0)

/** Files of `git format-patch` in a letter, as people who don't send by git attach them. */
export function attachedFiles(
  world: World,
  changes: readonly Change[],
  version: number,
  by: Person,
  at: number,
): Attachment[] {
  const { speech } = world
  const dress = speech.pick(['.patch', '.patch', '.patch', '.patch.txt', '.diff', '.txt'] as const)
  const type = {
    '.patch': speech.pick(['text/x-patch', 'application/octet-stream', 'text/x-diff']),
    '.patch.txt': 'text/plain',
    '.diff': 'text/x-diff',
    '.txt': 'text/plain',
  }[dress]
  return changes.map((change, index) => {
    const slug = change.title
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 48)
    const v = version > 1 ? `v${version}-` : speech.odds(40) ? 'v1-' : ''
    const count = changes.length === 1 ? '' : ` ${index + 1}/${changes.length}`
    const head = `From ${speech.hex(40)} Mon Sep 17 00:00:00 2001\nFrom: ${change.author.name} <${change.author.address}>\nDate: ${new Date(at).toUTCString().replace('GMT', '+0000')}\nSubject: [PATCH${version > 1 || v !== '' ? ` v${version}` : ''}${count}] ${change.title}`
    const diffs = change.edits.map(edit => diffOf(edit, 'git', length => speech.hex(length)))
    const text = `${head}\n\n${change.message}\n\nSigned-off-by: ${change.author.name} <${change.author.address}>\n---\n${statOf(change.edits)}\n\n${diffs.join('\n')}\n-- \n2.4${by.pid % 9}.1\n\n`
    return {
      name: `${v}${String(index + 1).padStart(4, '0')}-${slug}${dress}`,
      type,
      text,
      coded: type === 'application/octet-stream' || !isAscii(text),
      inline: speech.odds(20),
    }
  })
}

/** A letter with attached patches: a posting of its own. */
export function attach(
  world: World,
  topic: Growing,
  form: {
    by: Person
    at: number
    version: number
    changes: readonly Change[]
    subject: string
    text: string
    own?: string | null
    below?: Letter
  },
): Letter {
  const { by, at, version, changes } = form
  const letter = send(
    world,
    topic,
    letterOf({
      id: idBy(world, by, at),
      from: by,
      subject: form.subject,
      at,
      text: form.text,
      own: form.own ?? null,
      files: attachedFiles(world, changes, version, by, at),
      ...parentOf(form.below ?? null),
    }),
  )
  topic.revisions.push({
    cover: null,
    patches: [{ mid: letter.id, number: 1 }],
    version,
    version_sure: true,
    // However many files it has, one mail is one patch mail.
    total: 1,
    pull_request: false,
    standing: 'complete',
    sure: true,
    duplicates: [],
    other_covers: [],
  })
  return letter
}
