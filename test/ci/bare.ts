// A bare repository that is pushed to, beside the clone of somebody who pushes, each with real git and nobody's configuration.
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export class Bare {
  readonly directory: string
  readonly path: string
  readonly clone: string
  /** Of whoever pushes, and so of the hook. */
  env: Record<string, string | undefined>

  constructor(format: 'sha1' | 'sha256' = 'sha1') {
    this.directory = mkdtempSync(join(tmpdir(), 'threadwork-push-'))
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }))
    // Other accounts pass through where a test is about one.
    chmodSync(this.directory, 0o755)
    this.path = join(this.directory, 'tarn.git')
    this.clone = join(this.directory, 'clone')
    const who = ['AUTHOR', 'COMMITTER'].flatMap(role => [
      [`GIT_${role}_NAME`, 'Ada'],
      [`GIT_${role}_EMAIL`, 'ada@example.org'],
    ])
    const none = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
    this.env = { PATH: process.env.PATH, HOME: this.directory, ...none, ...Object.fromEntries(who) }
    mkdirSync(this.clone)
    const init = ['init', '--quiet', '--initial-branch=main', `--object-format=${format}`]
    this.run(this.directory, ...init, '--bare', this.path)
    this.git(...init)
    this.git('remote', 'add', 'origin', this.path)
  }

  /** In the clone. */
  git(...words: readonly string[]): string {
    return this.run(this.clone, ...words)
  }

  /** In the bare repository. */
  there(...words: readonly string[]): string {
    return this.run(this.path, ...words)
  }

  /** Returns the commit's id; options such as `-S` go to git commit. */
  commit(text: string, ...options: readonly string[]): string {
    writeFileSync(join(this.clone, 'text'), `${text}\n`)
    this.git('add', '--all')
    this.git('commit', '--quiet', '--allow-empty', '--message', text, ...options)
    return this.git('rev-parse', 'HEAD')
  }

  /** What git said, whatever it said. */
  push(...words: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync('git', ['-C', this.clone, 'push', 'origin', ...words], {
      env: this.env,
      encoding: 'utf8',
    })
  }

  private run(directory: string, ...words: readonly string[]): string {
    return execFileSync('git', ['-C', directory, ...words], {
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  }
}
