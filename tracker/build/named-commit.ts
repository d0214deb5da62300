// What a commit calls itself, and the people that it names: words of whoever made it, so nobody's word for anything.
import { git } from '../../base/git.ts'
import type { Person } from '../mail/facts.ts'

export interface NamedCommit {
  readonly subject: string
  readonly author: Person
  readonly committer: Person
}

/** `commit` is a full id. Null when the repository has no such commit, or cannot be read. */
export async function readNamedCommit(repository: string, commit: string): Promise<NamedCommit | null> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return null
  try {
    return namedIn(await git(repository, 'cat-file', 'commit', commit))
  } catch {
    return null
  }
}

function namedIn(text: string): NamedCommit | null {
  const end = text.indexOf('\n\n')
  const header = text.slice(0, end < 0 ? undefined : end).split('\n')
  const [author, committer] = ['author ', 'committer '].map(name =>
    personIn(header.find(line => line.startsWith(name))?.slice(name.length) ?? ''),
  )
  const subject = (end < 0 ? '' : text.slice(end + 2)).trimStart().split('\n', 1)[0] ?? ''
  return author && committer ? { subject: subject.slice(0, subjectCharactersMax), author, committer } : null
}

const subjectCharactersMax = 200

/** `Ines Oduya <ines@example.org> 1772442000 +0000` */
function personIn(line: string): Person | null {
  const match = /^([^<>]{0,300})<([^<>\s]{0,300})>/.exec(line)
  return match ? { name: (match[1] ?? '').trim(), address: (match[2] ?? '').toLowerCase() } : null
}
