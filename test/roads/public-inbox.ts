// Writes public-inbox archives as public-inbox does: one commit a mail, by `git fast-import`.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { messageIdOf } from '../../tracker/decode/message-id.ts'

export type Layout = 'v1' | 'v2'

/** `deleted` takes the mail out again, as `public-inbox-learn rm` does. */
export interface Commit {
  readonly bytes: Buffer
  readonly deleted?: boolean
}

/** Appends to the bare repository, which is made when there is none. */
export function writePublicInbox(directory: string, layout: Layout, commits: readonly Commit[]): void {
  if (!existsSync(directory)) execFileSync('git', ['init', '-q', '--bare', '-b', 'master', directory])
  const hasHead = execFileSync('git', ['-C', directory, 'for-each-ref']).length > 0
  const stream = commits.flatMap((commit, index) => [
    ...blob(commit, index + 1),
    Buffer.from(
      `commit refs/heads/master\ncommitter archive <archive@example.org> ${1_700_000_000 + index} +0000\ndata 0\n`,
    ),
    Buffer.from(index === 0 && hasHead ? 'from refs/heads/master^0\n' : ''),
    Buffer.from(tree(commit, layout, index + 1)),
  ])
  execFileSync('git', ['-C', directory, 'fast-import', '--quiet'], { input: Buffer.concat(stream) })
}

const blob = ({ bytes }: Commit, mark: number) => [
  Buffer.from(`blob\nmark :${mark}\ndata ${bytes.length}\n`),
  bytes,
  Buffer.from('\n'),
]

function tree({ bytes, deleted }: Commit, layout: Layout, mark: number): string {
  if (layout === 'v2') return `deleteall\nM 100644 :${mark} ${deleted ? 'd' : 'm'}\n\n`
  const hash = createHash('sha1').update(messageIdOf(bytes).id).digest('hex')
  const path = `${hash.slice(0, 2)}/${hash.slice(2)}`
  return deleted ? `D ${path}\n\n` : `M 100644 :${mark} ${path}\n\n`
}
