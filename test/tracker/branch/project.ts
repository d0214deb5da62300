// A project for tests: a real git repository, a list in a database of its own, mails that the real git send-email
// writes, and commits that the real git am makes of them.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { indexKey } from '../../../base/key.ts'
import type { GivenList } from '../../../base/list-settings.ts'
import { makeLog } from '../../../base/log.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { follow } from '../../../tracker/branch/follow.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import type { Topic, TopicPatch } from '../../../tracker/topic/topic.ts'
import { readTopic } from '../../../web/read/topic.ts'
import { testDatabase } from '../../database.ts'
import { dkimOf } from '../../verdicts.ts'
import { judge } from '../project/judge.ts'

export const author = 'Ines Oduya <ines@example.org>'
export const committer = 'Marek Tolvanen <marek@example.org>'

export class Project {
  readonly dir = mkdtempSync(join(tmpdir(), 'threadwork-branch-'))
  readonly repository = join(this.dir, 'tarn')
  readonly db: Kysely<Tables>
  list: List
  #clock = Date.UTC(2026, 2, 2, 10) / 1_000
  #sent = 0

  private constructor(db: Kysely<Tables>, list: List) {
    this.db = db
    this.list = list
  }

  static async start(settings: Partial<GivenList> = {}): Promise<Project> {
    const { db } = await testDatabase()
    const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
    if (!list) throw new Error('No list was saved')
    const project = new Project(db, list)
    execFileSync('git', ['init', '-q', '-b', 'main', project.repository])
    project.file('wal.c', lines(1, 40))
    project.git('add', '.')
    project.commit('start')
    await project.configure(settings)
    return project
  }

  async configure(settings: Partial<GivenList>): Promise<void> {
    const list = { name: 'tarn', address: 'tarn@lists.example.org', repository: this.repository, ...settings }
    const [saved] = await saveLists(this.db, [list])
    if (saved) this.list = saved
  }

  async end(): Promise<void> {
    await this.db.destroy()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** An hour later each time, so that mails and commits have an order. */
  tick(): number {
    this.#clock += 3_600
    return this.#clock
  }

  git(...words: string[]): string {
    return this.gitAs(committer, this.tick(), ...words)
  }

  gitAs(person: string, seconds: number, ...words: string[]): string {
    const [, name = '', mail = ''] = person.match(/^(.*) <(.*)>$/) ?? []
    return execFileSync('git', ['-C', this.repository, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.dir,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: mail,
        GIT_AUTHOR_DATE: `${seconds} +0100`,
        GIT_COMMITTER_NAME: name,
        GIT_COMMITTER_EMAIL: mail,
        GIT_COMMITTER_DATE: `${seconds} +0100`,
      },
    }).trim()
  }

  file(name: string, text: string | Buffer): void {
    writeFileSync(join(this.repository, name), text)
  }

  /** Commits what is staged; answers the id. */
  commit(message: string, person = committer): string {
    this.gitAs(person, this.tick(), 'commit', '-q', '--allow-empty', '-m', message)
    return this.git('rev-parse', 'HEAD')
  }

  /** A topic branch with one commit for each change, made by the author; answers its name. */
  topicBranch(
    name: string,
    changes: readonly { title: string; files: Record<string, string> }[],
    base = 'main',
  ): string {
    this.git('checkout', '-q', '-b', name, base)
    for (const { title, files } of changes) {
      for (const [file, text] of Object.entries(files)) this.file(file, text)
      this.git('add', '.')
      this.gitAs(author, this.tick(), 'commit', '-q', '--signoff', '-m', title)
    }
    this.git('checkout', '-q', 'main')
    return name
  }

  /** Sends a branch with git send-email; answers the mails as they left, cover first where there is one. */
  send(range: string, ...words: string[]): { id: string; bytes: Buffer; file: string }[] {
    const out = join(this.dir, `sent-${++this.#sent}`)
    mkdirSync(out)
    const script = join(out, 'sendmail')
    writeFileSync(script, `#!/bin/sh\ncat > "${out}/$(ls "${out}" | wc -l | xargs printf %04d).eml"\n`)
    chmodSync(script, 0o755)
    this.gitAs(
      author,
      this.tick(),
      'send-email',
      `--sendmail-cmd=${script}`,
      `--from=${author}`,
      '--to=tarn@lists.example.org',
      '--suppress-cc=all',
      '--confirm=never',
      '--quiet',
      ...words,
      range,
    )
    const time = new Date(this.#clock * 1_000).toUTCString().replace('GMT', '+0000')
    return readdirSync(out)
      .filter(name => name.endsWith('.eml'))
      .sort()
      .map(name => {
        const file = join(out, name)
        // send-email takes the clock of the machine; the commits of these tests have their own.
        const text = readFileSync(file, 'latin1').replace(/^Date: .*$/m, `Date: ${time}`)
        writeFileSync(file, text, 'latin1')
        return {
          id: text.match(/^Message-I[dD]: <(.*)>$/m)?.[1] ?? '',
          bytes: Buffer.from(text, 'latin1'),
          file,
        }
      })
  }

  async receive(...mails: readonly (Buffer | string)[]): Promise<void> {
    await append(
      this.db,
      this.list.id,
      mails.map(mail => ({ bytes: Buffer.from(mail), envelope: { road: 'test' } })),
    )
    await sortAll(this.db, this.list.id)
  }

  /** They come live, each with its sender's signature. */
  async receiveLive(...mails: readonly (Buffer | string)[]): Promise<void> {
    const envelope = { road: 'smtp', trace: new Date().toISOString() }
    await append(
      this.db,
      this.list.id,
      mails.map(mail => ({ bytes: Buffer.from(mail), envelope })),
    )
    await sortAll(this.db, this.list.id)
    await this.db.deleteFrom('verdict_due').execute()
    await judge(this.db, this.list, { grade: 'A', how: dkimOf('example.org') })
  }

  /** One look at the repository, and what follows from it. */
  async follow(): Promise<string | null> {
    const { problem } = await follow(this.list, { db: this.db, data: this.dir, log: makeLog('error', false) })
    await sortAll(this.db, this.list.id)
    return problem
  }

  async topic(id: string): Promise<Topic> {
    const place = await this.db
      .selectFrom('topic_mail')
      .select('topic_key')
      .where('message_key', '=', indexKey(id))
      .executeTakeFirst()
    const topic = place && (await readTopic(this.db, this.list.id, place.topic_key))
    if (!topic) throw new Error(`No topic holds ${id}`)
    return topic
  }

  async patch(id: string): Promise<TopicPatch> {
    const { revisions } = await this.topic(id)
    const patch = revisions.flatMap(({ patches }) => patches).find(one => one.id === id)
    if (!patch) throw new Error(`${id} is no patch`)
    return patch
  }

  /** All topics and landings, for comparing. */
  async everything(): Promise<unknown> {
    const ids = await this.db.selectFrom('topic').select('id').orderBy('id').execute()
    const topics = await Promise.all(ids.map(({ id }) => this.topic(id)))
    const landings = await this.db
      .selectFrom('landing')
      .select(['message_key', 'commit', 'branch', 'release', 'how', 'reverted_by'])
      .orderBy('message_key')
      .orderBy('commit')
      .orderBy('branch')
      .execute()
    return { topics, landings }
  }
}

export const lines = (from: number, to: number, change: Record<number, string> = {}): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${change[from + i] ?? `int line_${from + i};`}\n`).join('')

export const mailText = (fields: Record<string, string>, body: string): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}\n${body}`

export const sentence = ({ standing }: Topic): string =>
  standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join('')
