// What `b4 am` takes from two archives of the same mails: files byte for byte, of the series that went through most revisions.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import { idOf } from './mails.ts'
import type { Difference, Sides } from './side-by-side.ts'

interface Taken {
  readonly code: number
  readonly said: string
  /** Names with their bytes. */
  readonly files: ReadonlyMap<string, string>
}

/** The heads of the latest revisions, the highest numbers first. */
export function headsOf(mails: readonly Buffer[], most: number): string[] {
  const heads = mails.flatMap(bytes => {
    const subject = headerValue(decodeMail(bytes).headers, 'subject') ?? ''
    const revision = /^\s*(?:\[[^\]]*\]\s*)*\[[^\]]*\bv(\d+)\b[^\]]*\b0*(?:0\/\d+|1\/0*1)\]/i.exec(
      subject,
    )?.[1]
    return revision === undefined ? [] : [{ id: idOf(bytes), revision: Number(revision) }]
  })
  const sorted = heads.toSorted((one, other) => other.revision - one.revision)
  return [...new Set(sorted.map(({ id }) => id))].slice(0, most)
}

export async function compareSeries(
  sides: Sides,
  ids: readonly string[],
  directory: string,
): Promise<{ readonly differences: Difference[]; readonly files: number }> {
  const differences: Difference[] = []
  let files = 0
  for (const id of ids) {
    const [ours, theirs] = await Promise.all(
      [sides.ours, sides.theirs].map(url => take(directory, `${url}/${sides.list}`, id)),
    )
    if (!ours || !theirs) continue
    files += ours.files.size
    const names = [...new Set([...ours.files.keys(), ...theirs.files.keys()])]
    const unequal = names.filter(name => ours.files.get(name) !== theirs.files.get(name))
    // Nothing is equal to nothing, too.
    if (unequal.length === 0 && names.length > 0 && ours.code === theirs.code) continue
    const about = `b4 am ${id} ended with ${ours.code} and ${theirs.code}: ${unequal.join(' ') || ours.said.trim().split('\n').slice(-4).join(' | ')}`
    differences.push({ about, onlyOurs: [], onlyTheirs: [], unexplained: [id], reasons: [] })
  }
  return { differences, files }
}

/** With a home of its own, since b4 keeps what it fetched. */
async function take(directory: string, archive: string, id: string): Promise<Taken> {
  const home = mkdtempSync(join(directory, 'b4-'))
  const out = join(home, 'out')
  mkdirSync(out)
  const settings = {
    'b4.midmask': `${archive}/%s`,
    'b4.searchmask': `${archive}/?x=m&t=1&q=%s`,
    // Keys of years ago are no longer in DNS, if there is one.
    'b4.attestation-policy': 'off',
    'user.name': 'Ruth Adler',
    'user.email': 'ruth@example.net',
  }
  const configured = Object.entries(settings).flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: `${configured.length / 2}`,
    ...Object.fromEntries(configured),
  }
  const { code, said } = await new Promise<Omit<Taken, 'files'>>(resolve => {
    execFile('b4', ['am', '-o', out, id], { env, cwd: home, timeout: 120_000 }, (error, _, said) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), said }),
    )
  })
  const files = readdirSync(out).map(name => [name, readFileSync(join(out, name), 'latin1')] as const)
  return { code, said, files: new Map(files) }
}
