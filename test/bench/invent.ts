// Invents the mail of a busy list: series with covers, reviews that quote diffs, rerolls, bugs and talk. The same seed
// invents the same mails, so two measurements are of the same thing. About 8 kB a mail, as on real lists.

/** Mails with LF line ends, in the order of their dates; a dozen threads go on at a time. */
export function* inventMails(count: number, seed = 1): Generator<string> {
  const random = makeRandom(seed)
  const open: Draft[][] = []
  let time = Date.UTC(2024, 0, 1)
  for (let made = 0; made < count; made++) {
    while (open.length < 12) open.push(inventThread(random, `${made}-${open.length}`))
    const index = below(random, open.length)
    const draft = open[index]?.shift()
    if (open[index]?.length === 0) open.splice(index, 1)
    time += below(random, 1_200_000)
    if (draft) yield write(draft, time)
  }
}

type Random = () => number

interface Draft {
  readonly id: string
  readonly from: string
  readonly subject: string
  readonly parents: readonly string[]
  readonly body: string
}

function inventThread(random: Random, name: string): Draft[] {
  const kind = random()
  if (kind < 0.75) return inventPatchset(random, name)
  return inventTalk(random, name, kind < 0.87 ? '[BUG] ' : '')
}

/** One to three revisions, each with its reviews. */
function inventPatchset(random: Random, name: string): Draft[] {
  const author = person(random)
  const total = 1 + below(random, 6)
  const topic = sentence(random, 5)
  const titles = Array.from({ length: total }, () => `${pick(random, areas)}: ${sentence(random, 4)}`)
  const diffs = titles.map(() => diff(random))
  return Array.from({ length: 1 + below(random, 3) }, (_, index) => index + 1).flatMap(version => {
    const tag = `PATCH${version > 1 ? ` v${version}` : ''}`
    const id = (number: number) => `${name}-v${version}-${number}@example.org`
    const root = total > 1 ? id(0) : id(1)
    const cover = {
      id: id(0),
      from: author,
      parents: [],
      subject: `[${tag} 0/${total}] ${topic}`,
      body: `${prose(random, 12)}\n${titles.map(title => `  ${title}`).join('\n')}\n\n-- \n2.45.0\n`,
    }
    const posting = titles.flatMap((title, index) => {
      const patch = {
        id: id(index + 1),
        from: author,
        parents: total > 1 ? [root] : [],
        subject: total > 1 ? `[${tag} ${index + 1}/${total}] ${title}` : `[${tag}] ${title}`,
        body: `${prose(random, 6)}\nSigned-off-by: ${author}\n---\n${diffs[index]}-- \n2.45.0\n`,
      }
      return [patch, ...inventReviews(random, patch)]
    })
    return total > 1 ? [cover, ...posting] : posting
  })
}

function inventReviews(random: Random, patch: Draft): Draft[] {
  if (random() < 0.4) return []
  const reviewer = person(random)
  const quoted = patch.body
    .split('\n')
    .slice(0, 80)
    .map(line => `> ${line}`)
  const review = {
    id: `re-${patch.id}`,
    from: reviewer,
    parents: [...patch.parents, patch.id],
    subject: `Re: ${patch.subject}`,
    body: `${quoted.join('\n')}\n\n${prose(random, 4)}\nReviewed-by: ${reviewer}\n`,
  }
  if (random() < 0.5) return [review]
  return [review, answer(random, review, `re-re-${patch.id}`)]
}

function inventTalk(random: Random, name: string, prefix: string): Draft[] {
  const thread: Draft[] = [
    {
      id: `${name}@example.com`,
      from: person(random),
      parents: [],
      subject: `${prefix}${sentence(random, 7)}`,
      body: prose(random, 30),
    },
  ]
  for (let replies = 1 + below(random, 9); replies > 0; replies--) {
    const parent = thread[below(random, thread.length)]
    if (parent) thread.push(answer(random, parent, `${name}-${replies}@example.com`))
  }
  return thread
}

const answer = (random: Random, parent: Draft, id: string): Draft => ({
  id,
  from: person(random),
  parents: [...parent.parents, parent.id].slice(-15),
  subject: parent.subject.startsWith('Re: ') ? parent.subject : `Re: ${parent.subject}`,
  body: `${parent.body
    .split('\n')
    .slice(0, 20)
    .map(line => `> ${line}`)
    .join('\n')}\n\n${prose(random, 10)}`,
})

/** Two files on average, in the shape git gives them. */
function diff(random: Random): string {
  return Array.from({ length: 1 + below(random, 3) }, () => {
    const path = `${pick(random, areas)}/${pick(random, words)}.c`
    const hunks = Array.from({ length: 1 + below(random, 5) }, () => hunk(random))
    return `diff --git a/${path} b/${path}\nindex ${hex(random)}..${hex(random)} 100644\n--- a/${path}\n+++ b/${path}\n${hunks.join('')}`
  }).join('')
}

function hunk(random: Random): string {
  const lines = Array.from({ length: 24 + below(random, 60) }, (_, index) => {
    const sign = index < 3 ? ' ' : pick(random, [' ', ' ', '+', '+', '-'])
    return `${sign}\t${pick(random, words)}_${pick(random, words)}(${pick(random, words)}, ${below(random, 4096)});`
  })
  const removed = lines.filter(line => line[0] !== '+').length
  const added = lines.filter(line => line[0] !== '-').length
  const start = 1 + below(random, 2000)
  return `@@ -${start},${removed} +${start},${added} @@ static int ${pick(random, words)}(void)\n${lines.join('\n')}\n`
}

function write({ id, from, subject, parents, body }: Draft, time: number): string {
  const date = new Date(time).toUTCString().replace('GMT', '+0000')
  const trace = `from mx.example.com (mx.example.com [192.0.2.7])\n\tby lists.example.net with ESMTPS id ${id.slice(0, 12)}`
  return [
    'Return-Path: <bounces@lists.example.net>',
    `Received: ${trace};\n\t${date}`,
    `From: ${from}`,
    'To: bench@lists.example.net',
    `Cc: ${people.slice(0, 3).join(',\n\t')}`,
    `Subject: ${subject}`,
    `Date: ${date}`,
    `Message-ID: <${id}>`,
    ...(parents.length > 0 ? [`In-Reply-To: <${parents.at(-1)}>`] : []),
    ...(parents.length > 0 ? [`References: ${parents.map(parent => `<${parent}>`).join('\n\t')}`] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    body,
  ].join('\n')
}

function prose(random: Random, lines: number): string {
  return `${Array.from({ length: lines }, () => sentence(random, 10)).join('\n')}\n`
}

const sentence = (random: Random, length: number) =>
  Array.from({ length }, () => pick(random, words)).join(' ')

const person = (random: Random) => pick(random, people)

/** The first are picked far more often than the last, as words are in a language. */
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() ** 2 * from.length)] as T

const below = (random: Random, limit: number) => Math.floor(random() * limit)

const hex = (random: Random) =>
  below(random, 2 ** 28)
    .toString(16)
    .padStart(12, '0')

/** mulberry32: enough for invention, and the same everywhere. */
function makeRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const syllables = [
  'ba',
  'cor',
  'del',
  'fi',
  'gra',
  'ho',
  'lin',
  'mo',
  'nes',
  'pra',
  'qui',
  'ro',
  'sta',
  'tul',
  'ven',
  'wo',
  'xe',
  'zim',
]
const words = syllables.flatMap(a => syllables.flatMap(b => syllables.map(c => a + b + c)))
const areas = [
  'net',
  'fs',
  'mm',
  'lib',
  'sched',
  'tests',
  'docs',
  'crypto',
  'drivers',
  'block',
  'tools',
  'init',
]
const people = Array.from({ length: 150 }, (_, index) => {
  const name = words[index * 37] ?? 'ada'
  return `${name[0]?.toUpperCase()}${name.slice(1)} Example <${name}@example.${index % 2 ? 'org' : 'com'}>`
})
