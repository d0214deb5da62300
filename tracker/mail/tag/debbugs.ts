// debbugs' habits: mail to `12@`, `12-done@` and `control@` (or `LIST+12@`, where a host has more than one list), fields at
// the top of a report, and `Control:`. The addresses are ours only at the list's own host: mail to another tracker is that
// tracker's business.
import { parseAddresses } from '../../decode/addresses.ts'
import type { Header } from '../../decode/mail.ts'
import type { TagFact } from '../facts.ts'
import { controlCommand } from './debbugs-control.ts'
import { readTag } from './line.ts'
import { type OwnLine, oneLine, type Reading, recordedTag } from './reading.ts'

export interface DebbugsMail {
  /** The bug whose address the mail was sent to. */
  readonly bug: number | null
  /** `12-done@` as written, when the mail closes its bug. */
  readonly done: string | null
  readonly control: boolean
  /** The fields that say so: `to`, `cc`. Null when none does. */
  readonly field: string | null
  /** It went to another tracker of this kind. */
  readonly foreign: boolean
}

/** What the To and Cc fields say. */
export function debbugsMail(headers: readonly Header[]): DebbugsMail {
  const lines = headers
    .filter(({ name }) => name === 'to' || name === 'cc')
    .map(({ value }) => value.slice(0, addressesMax))
  if (!lines.some(value => trackerAddress.test(value))) return nothing
  const to = lines.flatMap(parseAddresses).map(({ address }) => address)
  const found = to.map(partsOf).filter(parts => parts !== null)
  const ours = found.filter(parts => isOurs(parts, headers, to, found.length))
  const field = headers.find(
    ({ name, value }) =>
      (name === 'to' || name === 'cc') && trackerAddress.test(value.slice(0, addressesMax)),
  )?.name
  const closing = ours.find(({ what }) => what === 'done' || what === 'close')
  const number = (closing ?? ours.find(({ bug }) => bug !== undefined))?.bug
  return {
    bug: number === undefined ? null : Number(number),
    done: closing ? `${closing.bug}-${closing.what}@` : null,
    control: ours.some(({ what }) => what === 'control'),
    field: ours.length === 0 ? null : (field ?? null),
    foreign: found.some(
      parts => !ours.includes(parts) && (parts.what !== undefined || trackerHost.test(parts.host)),
    ),
  }
}

const nothing: DebbugsMail = { bug: null, done: null, control: false, field: null, foreign: false }
const addressesMax = 20_000
const trackerAddress = /(?:^|[\s<,"+])(?:\d{1,9}(?:-[a-z]{4,9})?|control|submit)@/i
/** Some providers give people numbers for names: a bare `12@` is another tracker's only where the host says so. */
const trackerHost = /(?:^|\.)(?:bugs?|debbugs)\./

interface Parts {
  /** What stands before the `+`. */
  readonly list: string | undefined
  readonly bug: string | undefined
  /** `done`, `control` and the like; a bare number has none. */
  readonly what: string | undefined
  readonly host: string
}

function partsOf(address: string): Parts | null {
  const match = address.match(
    /^(?:(?:([^+]{1,64})\+)?(\d{1,9})(?:-(done|close|submit|quiet|maintonly|forwarded|submitter))?|(control|submit))@(.+)$/,
  )
  return match && { list: match[1], bug: match[2], what: match[3] ?? match[4], host: match[5] ?? '' }
}

/**
 * The host of the list, as List-Post and List-Id say it, or that of another address of the mail; and a mail that was
 * sent nowhere else reached us by that address.
 */
function isOurs(parts: Parts, headers: readonly Header[], to: readonly string[], trackers: number): boolean {
  const { host, what } = parts
  if (parts.list !== undefined)
    return (
      to.length === trackers ||
      isListOf(`${parts.list}@${host}`, headers) ||
      to.includes(`${parts.list}@${host}`)
    )
  if (/^(?:bugs\.debian\.org|debbugs\.gnu\.org)$/.test(host)) return false
  const list = headers.some(({ name, value }) => {
    const text = value.toLowerCase().slice(0, 500).trim()
    if (name === 'list-post') return text.includes(`@${host}>`)
    return (
      (name === 'x-beenthere' && text.endsWith(`@${host}`)) ||
      (name === 'list-id' && text.endsWith(`.${host}>`))
    )
  })
  if (list || to.length === trackers) return true
  return what !== undefined && to.some(one => one.endsWith(`@${host}`) && !trackerAddress.test(one))
}

const isListOf = (address: string, headers: readonly Header[]) =>
  headers.some(({ name, value }) => {
    const text = value.toLowerCase().slice(0, 500).trim()
    if (name === 'list-post') return text.includes(`<mailto:${address}>`)
    return (
      (name === 'x-beenthere' && text === address) ||
      (name === 'list-id' && text.endsWith(`<${address.replace('@', '.')}>`))
    )
  })

/** What an address makes of a line stands and falls with the field that names it. */
const fieldOf = ({ field }: DebbugsMail): { field?: string } => (field === null ? {} : { field })

/** `12-done@`: fixed, in the version that the top of the mail names. */
export function addressTags(mail: DebbugsMail, fields: ReadonlyMap<string, string>): TagFact[] {
  if (mail.bug === null) return []
  const version = fields.get('version') ?? fields.get('source-version')
  const line = `To: ${mail.done ?? `${mail.bug}@`}`
  if (!mail.done) return [{ ...recordedTag(line.slice(4), '', line), ...fieldOf(mail), bug: mail.bug }]
  const rest = version ? { rest: `in ${oneLine(version).slice(0, 60)}` } : {}
  return [
    { tag: 'Bug-Status', status: 'fixed', ...rest, ...fieldOf(mail), bug: mail.bug, alias: mail.done, line },
  ]
}

/** The fields at the top of the body, by name in lower case, and the place of the last; none unless they are debbugs'. */
export function pseudoHeaders(
  lines: readonly OwnLine[],
  mail: DebbugsMail,
): { fields: Map<string, string>; end: number } {
  const fields = new Map<string, string>()
  let at = lines.findIndex(({ line }) => !skipped.test(line.slice(0, 80)))
  for (; at >= 0 && at < Math.min(lines.length, fieldsMax); at++) {
    const match = lines[at]?.line.slice(0, 600).match(/^([A-Za-z][\w-]{1,30}):[ \t]{0,20}(\S.*)$/)
    if (!match) break
    fields.set((match[1] ?? '').toLowerCase(), match[2] ?? '')
  }
  const named = ['package', 'source', 'component'].some(name => fields.has(name))
  if (named || mail.bug !== null || mail.foreign) return { fields, end: at }
  return { fields: new Map(), end: 0 }
}

const fieldsMax = 30
/** Blank lines, and what PGP writes above a signed text. */
const skipped = /^\s*$|^-----BEGIN PGP SIGNED|^Hash: /

/** One of the fields at the top: what it changes, or "recorded". */
export function fieldLine(lines: readonly OwnLine[], index: number, mail: DebbugsMail): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const match = line.slice(0, 600).match(/^([A-Za-z][\w-]{1,30}):[ \t]{0,20}(\S.*)$/)
  const name = (match?.[1] ?? '').toLowerCase()
  const meaning = fields.get(/^x-debbugs-/.test(name) ? 'x-debbugs-cc' : name)
  if (!match || meaning === undefined) return null
  const alias = `${match[1]}:`
  const value = match[2] ?? ''
  if (mail.foreign) return { tags: [recordedTag(alias, value, line, 'debbugs')], lines: 1 }
  const reading = meaning && readTag(meaning, meaning === 'Labels' ? labels(value) : value, line)
  if (!reading || reading.misses) return { tags: [recordedTag(alias, value, line)], lines: 1 }
  const own = mail.bug === null ? {} : { bug: mail.bug, ...fieldOf(mail) }
  return { tags: reading.tags.map(tag => ({ ...tag, ...own, alias })), lines: 1 }
}

const labels = (value: string) =>
  value
    .split(/[\s,]+/)
    .map(word => (/^[+-]/.test(word) ? word : `+${word}`))
    .join(' ')

/** What a field of the top means; null is "recorded, no effect". */
export const fields: ReadonlyMap<string, 'Severity' | 'Labels' | 'Delegate' | null> = new Map([
  ['severity', 'Severity'],
  ['priority', 'Severity'],
  ['tags', 'Labels'],
  ['keywords', 'Labels'],
  ['owner', 'Delegate'],
  ['package', null],
  ['source', null],
  ['component', null],
  ['version', null],
  ['source-version', null],
  ['forwarded', null],
  ['done', null],
  ['user', null],
  ['usertags', null],
  ['x-debbugs-cc', null],
])

/** `Control: severity 12 serious`, wherever it stands. */
export function controlLine(lines: readonly OwnLine[], index: number, mail: DebbugsMail): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const match = line.slice(0, 600).match(/^control:[ \t]{0,10}(\S.*)$/i)
  const tags = match && controlCommand(match[1] ?? '', line, 'Control:', mail.bug)
  if (!tags) return null
  // -1 is the bug that the address names.
  const byAddress = mail.bug !== null && /^\S+\s+#?-/.test(match[1] ?? '')
  if (!mail.foreign)
    return { tags: byAddress ? tags.map(tag => ({ ...tag, ...fieldOf(mail) })) : tags, lines: 1 }
  return { tags: [recordedTag(tags[0]?.alias ?? 'Control:', match[1] ?? '', line, 'debbugs')], lines: 1 }
}

/** A line of a mail to control@ is a command without any word before it. */
export function bareCommandLine(lines: readonly OwnLine[], index: number, mail: DebbugsMail): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const tags = controlCommand(line, line, 'control@', null)
  return tags && { tags: tags.map(tag => ({ ...tag, ...fieldOf(mail) })), lines: 1 }
}
