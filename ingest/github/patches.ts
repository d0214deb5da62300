// The commits of a pull request as git writes them for a mail: from a repository that has them, else as GitHub hands them out.
import { askGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import { decodeWords } from '../../tracker/decode/words.ts'

export interface Commit {
  readonly id: string
  /** `Ada Lund <ada@example.org>`, as written. */
  readonly from: string
  /** Without its number. */
  readonly title: string
  /** Message, diff. */
  readonly body: Buffer
}

/** `git format-patch --stdout`: each begins with a line that no mail has. */
export function commitsIn(stdout: Buffer): Commit[] {
  const text = stdout.toString('latin1')
  const starts = [...text.matchAll(/^From ([0-9a-f]{40,64}) Mon Sep 17 00:00:00 2001\n/gm)].slice(
    0,
    limits.pullCommitsMax,
  )
  return starts.map(({ 0: line, 1: id = '', index }, at) => {
    const end = starts[at + 1]?.index ?? text.length
    return commitOf(id, stdout.subarray(index + line.length, end))
  })
}

function commitOf(id: string, mail: Buffer): Commit {
  const { headers } = readHeaders(mail)
  const head = mail.indexOf('\n\n')
  const subject = decodeWords(headerValue(headers, 'subject')?.trim() ?? '')
  return {
    ...{ id, title: subject.replace(/^\[PATCH[^\]]{0,30}\]\s*/, '') },
    from: decodeWords(headerValue(headers, 'from') ?? ''),
    body: head < 0 ? Buffer.alloc(0) : mail.subarray(head + 2),
  }
}

/** Of a repository that has both; null where it lacks one, as when nobody fetched refs/pull/. */
export async function commitsInGit(directory: string, base: string, head: string): Promise<Commit[] | null> {
  const range = [head, `^${base}`]
  const listed = await askGit(directory, [
    'rev-list',
    '--reverse',
    '--no-merges',
    '--end-of-options',
    ...range,
  ])
  if (listed.code !== 0) return null
  const ids = listed.out.toString().split('\n').filter(Boolean)
  const commits: Commit[] = []
  for (const id of ids.slice(0, limits.pullCommitsMax)) {
    // One at a time: its message may hold what looks like the start of the next one.
    const words = ['format-patch', '-1', '--stdout', '--no-signature', '--end-of-options', id]
    const { code, out } = await askGit(directory, words)
    if (code !== 0) return null
    const line = out.indexOf('\n')
    commits.push(commitOf(id, out.subarray(line + 1)))
  }
  return commits
}
