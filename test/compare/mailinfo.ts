// Our reading of a patch mail beside `git mailinfo`, which is what `git am` applies. Each difference is put into a
// class; a class that is not in `deliberate` is a mistake of ours, or a reason that nobody wrote down yet.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeMail } from '../../tracker/decode/decode.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { readText } from '../../tracker/mail/text.ts'
import { isOpaque } from './mailparser.ts'

/** The classes of difference that we want, each with its reason. */
export const deliberate: { readonly [name: string]: string } = {
  'git refuses the charset':
    'git stops at a charset that it does not know; we read the bytes as what they are',
  'diff: stray bytes':
    'git takes a byte that is not of the charset as it is or as Latin-1; here it is one letter of windows-1252',
  'diff: flowed lines':
    'git joins flowed lines and so breaks hunks with blank context lines; we only take the stuffed spaces off',
  'diff: CR': 'git keeps the CR of packed text or warns of it; we drop it where all lines have one',
  'text: signature part': 'git takes a PGP signature of its own part for text of the patch',
  'text: line between parts': 'git puts a line end between two parts, we only where one is missing',
  'text: HTML': 'git takes the HTML alternative for text of the patch, too',
  'text: other part': 'git takes every part for text, whatever its type',
  'text: flowed lines': 'as with diffs',
  'text: old header':
    'git ends the header at a field with white space before its colon, which RFC 5322 4.5 tells us to read',
  'broken base64': 'git decodes what is no base64 to noise; we show it as it stands',
  'S/MIME': 'git takes the block for text; we open it',
  'clear-signed': 'git takes the armour for text and its dash escapes for diff',
  'wrapped by a list': 'git reads the mail that a list put around another one',
  'UTF-16': 'git does not convert an attached file that PowerShell wrote; we read it by its byte order mark',
}

/** The classes of what the two read differently; null when the mail posts no patch. */
export async function againstMailinfo(raw: Buffer): Promise<string[] | null> {
  const mail = decodeMail(raw)
  if (factsOf(mail, messageIdOf(raw), {}).posting !== 'patch') return null
  const theirs = await mailinfo(raw)
  if (theirs === null) return ['git refuses the charset']
  if (mail.problems.some(problem => problem.includes('base64'))) return ['broken base64']
  if (mail.parts.some(part => part.charset.startsWith('utf-16'))) return ['UTF-16']
  if (mail.parts.some(part => part.text.includes('-----BEGIN PGP SIGNED MESSAGE-----')))
    return ['clear-signed']
  if (mail.wraps !== undefined) return ['wrapped by a list']
  if (isOpaque(raw)) return ['S/MIME']
  const ours = [mail.body, ...mail.attachedPatches.map(part => part.text)].join('\n')
  const classes = [diffDifference(raw, mail, ours, theirs), textDifference(raw, mail, ours, theirs)]
  return classes.filter(name => name !== null)
}

/** Message and patch as git reads them, one behind the other; null when git refuses the mail. */
async function mailinfo(raw: Buffer): Promise<string | null> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-mailinfo-'))
  const [message, patch] = [join(directory, 'message'), join(directory, 'patch')]
  const git = spawn('git', ['mailinfo', '--no-scissors', message, patch], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  git.stdin.on('error', () => {})
  git.stdin.end(raw)
  const [status] = await once(git, 'close')
  const text = status === 0 ? readFileSync(message, 'utf8') + readFileSync(patch, 'utf8') : null
  rmSync(directory, { recursive: true })
  return text
}

const saysFlowed = (raw: Buffer) => /format="?flowed/i.test(raw.toString('latin1'))

function diffDifference(raw: Buffer, mail: DecodedMail, ours: string, theirs: string): string | null {
  const [mine, yours] = [readText(ours).diff, readText(theirs).diff]
  if (mine === yours) return null
  if (mail.problems.some(problem => /windows-1252|\u{fffd}/u.test(problem))) return 'diff: stray bytes'
  if (saysFlowed(raw)) return 'diff: flowed lines'
  return mine.replaceAll('\r', '') === yours.replaceAll('\r', '') ? 'diff: CR' : 'diff: text'
}

function textDifference(raw: Buffer, mail: DecodedMail, ours: string, theirs: string): string | null {
  const [mine, yours] = [ownLines(ours), ownLines(theirs)]
  if (endsWith(mine, yours)) return null
  if (mail.problems.some(problem => /windows-1252|\u{fffd}/u.test(problem))) return null
  if (saysFlowed(raw)) return 'text: flowed lines'
  if (endsWith(mine.filter(isText), yours.filter(isText))) return 'text: line between parts'
  const signature = yours.indexOf('-----BEGIN PGP SIGNATURE-----')
  if (signature >= 0 && endsWith(mine.filter(isText), yours.slice(0, signature).filter(isText)))
    return 'text: signature part'
  if (mail.parts.some(part => part.type === 'text/html')) return 'text: HTML'
  if (mail.others.length > 0 || mail.parts.some(part => part.attached)) return 'text: other part'
  return hasOldField(raw) ? 'text: old header' : 'text: text'
}

const isText = (line: string) => line !== ''
const ownLines = (text: string) => readText(text).own.map(({ line }) => line.trimEnd())

/** git leaves out what stands in front of the message: blank lines and an in-body From. */
function endsWith(whole: readonly string[], end: readonly string[]): boolean {
  const last = (lines: readonly string[]) => lines.join('\n').trim()
  return last(whole).endsWith(last(end))
}

function hasOldField(raw: Buffer): boolean {
  const header = raw.toString('latin1').split(/\n\r?\n/, 1)[0] ?? ''
  return /^[!-9;-~]{1,80}[ \t]+:/m.test(header)
}
