import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** By path: a text, executable when it begins with #!, or where a symbolic link leads. */
export type Files = Readonly<Record<string, string | { readonly link: string }>>

export const script = (text: string): string => `#!/bin/sh\n${text}\n`

export class Repository {
  readonly path: string

  constructor(path: string) {
    this.path = path
    this.git('init', '--quiet')
  }

  git(...words: readonly string[]): string {
    const people = ['AUTHOR', 'COMMITTER'].flatMap(who => [
      [`GIT_${who}_NAME`, 'Ada'],
      [`GIT_${who}_EMAIL`, 'ada@example.org'],
    ])
    const none = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
    const env = { PATH: process.env.PATH, HOME: this.path, ...none, ...Object.fromEntries(people) }
    return execFileSync('git', ['-C', this.path, ...words], { env, encoding: 'utf8' }).trim()
  }

  /** Returns the commit's id. */
  commit(files: Files): string {
    for (const [path, content] of Object.entries(files)) this.write(join(this.path, path), content)
    this.git('add', '--all', '--force')
    this.git('commit', '--quiet', '--allow-empty', '--message', 'change')
    return this.git('rev-parse', 'HEAD')
  }

  private write(file: string, content: Files[string]): void {
    mkdirSync(dirname(file), { recursive: true })
    if (typeof content !== 'string') symlinkSync(content.link, file)
    else writeFileSync(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
  }
}
