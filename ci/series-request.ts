// What a hook asks of the server in the spool when somebody pushes to refs/for/BRANCH, and the answer that lies beside it.
// Written by whoever may write there, so it is read with suspicion: the options of the push, then the push as ci/push.ts has it.
import { chmod, opendir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { limits } from '../base/limits.ts'
import { type Push, parsePush } from './push.ts'
import { dropSpooled, readLying } from './spool.ts'

export interface SeriesRequest {
  readonly name: string
  /** The account that wrote it. */
  readonly account: number
  /** Milliseconds. */
  readonly at: number
  /** A sentence where it is none. */
  readonly asked: Asked | string
}

export interface Asked {
  readonly push: Push
  readonly topic: string | null
  readonly title: string | null
  readonly description: string | null
}

/** What waits there, and takes away answers that nobody fetched. */
export async function readRequests(directory: string): Promise<SeriesRequest[]> {
  const found: SeriesRequest[] = []
  for await (const entry of await opendir(directory)) {
    const { name } = entry
    if (!entry.isFile() || !/^(?:series|answer)\.[A-Za-z0-9]{1,40}$/.test(name)) continue
    if (found.length >= limits.seriesRequestsMax) break
    const lying = await readLying(directory, name)
    if (lying === null) continue
    const { text, wrong, account, at } = lying
    const isOld = Date.now() - at > limits.spoolLeftOverMillisecondsMax
    if (name.startsWith('series.'))
      found.push({ name, account, at, asked: text === null ? wrong : read(text) })
    else if (isOld) await dropSpooled(directory, name).catch(() => {})
  }
  return found.sort((one, other) => one.at - other.at)
}

export type Answer =
  | { readonly ref: string; readonly words: string }
  /** One sentence. */
  | { readonly refused: string }

/** Appears whole; then the request is gone. */
export async function answerRequest(
  directory: string,
  { name }: SeriesRequest,
  answer: Answer,
): Promise<void> {
  const written =
    'refused' in answer
      ? `ng Threadwork: ${printable(answer.refused)}\n`
      : `ok ${answer.ref}\nThreadwork: ${printable(answer.words)}\n`
  const file = join(directory, name.replace('series.', 'answer.'))
  const fresh = join(directory, name.replace('series.', 'new.answer'))
  await rm(fresh, { force: true })
  await writeFile(fresh, written, { flag: 'wx' })
  // Whatever umask the server has: the hook may be another account's.
  await chmod(fresh, 0o644)
  await rename(fresh, file)
  await dropSpooled(directory, name)
}

/** For a terminal, and for a line of git's protocol. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]+/g, '?').slice(0, 400)

function read(text: string): Asked | string {
  const [head, ...lines] = text.split('\n')
  const begin = lines.indexOf('threadwork-push 1')
  if (head !== 'threadwork-series 1' || begin < 0) return 'The request of the hook is not whole'
  const values = new Map<string, string>()
  for (const line of lines.slice(0, begin)) {
    const [, name = '', value = ''] = /^option (topic|title|description)=(.*)$/.exec(line) ?? []
    if (name === '' || values.has(name)) return notAnOption
    values.set(name, plain(value))
  }
  try {
    const push = parsePush(lines.slice(begin).join('\n'))
    const value = (name: string) => values.get(name) ?? null
    return { push, topic: value('topic'), title: value('title'), description: value('description') }
  } catch (error) {
    return (error as Error).message
  }
}

const notAnOption =
  'Allowed options are topic, title and description, each once and in one line; {base64} before it for more'

/** As in Forgejo: a text of several lines is `{base64}` and its letters. */
const plain = (value: string): string =>
  value.startsWith('{base64}') ? Buffer.from(value.slice('{base64}'.length), 'base64').toString() : value
