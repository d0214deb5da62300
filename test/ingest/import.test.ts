import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { importPaths } from '../../ingest/import.ts'
import type { ImportReport, Progress } from '../../ingest/progress.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { exportMbox } from '../../tracker/export/mbox.ts'
import { testDatabase } from '../database.ts'
import { all, mail, mboxOf } from './mails.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-import-'))
afterAll(() => rmSync(directory, { recursive: true }))

const file = (name: string, bytes: Buffer | string) => {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}
const mails = (count: number) => Array.from({ length: count }, (_, index) => mail(`mail-${index}`))

async function archive() {
  const { db, url } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (list === undefined) throw new Error('No list')
  return {
    db,
    url,
    list,
    /** `stopAt` interrupts behind so many mails. */
    async read(paths: string[], stopAt = Number.POSITIVE_INFINITY) {
      const stop = new AbortController()
      const said: string[] = []
      const progress: Progress = {
        show: ({ mails }) => void (mails >= stopAt && stop.abort()),
        say: text => void said.push(text),
        finish: () => {},
      }
      const report: ImportReport = await importPaths({ db, list, paths, signal: stop.signal, progress })
      expect(report.problems).toEqual(said)
      return report
    },
    exported: async () => Buffer.concat(await all(exportMbox(db, list.id))).toString(),
    unsorted: async () => (await db.selectFrom('unsorted').select('seq').execute()).length,
  }
}

const counts = ({ read, fresh, known, skipped }: ImportReport) => ({ read, fresh, known, skipped })

describe('an import', () => {
  test('what it brings from after the first mail of the list waits to be judged, of a trusted archive nothing does', async () => {
    const { read, db, list, exported } = await archive()
    const dated = (name: string, date: Date, received?: Date) =>
      Buffer.from(
        `${received ? `Received: by mx.example.net; ${received.toUTCString()}\n` : ''}${mail(name)
          .toString()
          .replace(/^Date: .*$/m, `Date: ${date.toUTCString()}`)}`,
      )
    const [past, later] = [new Date('2020-03-02'), new Date(Date.now() + 60_000)]
    await read([file('past.mbox', mboxOf([dated('old', past), dated('clock', later, past)]))])
    const waiting = async () => {
      const rows = await db
        .selectFrom('mail')
        .innerJoin('verdict_due', 'verdict_due.seq', 'mail.seq')
        .select('message_id')
        .orderBy('mail.seq')
        .execute()
      return rows.map(({ message_id }) => message_id.split('@')[0])
    }
    expect(await waiting()).toEqual([])
    const more = [dated('older', past), dated('new', later), dated('back', past, later)]
    const second = file('later.mbox', mboxOf(more))
    await read([second])
    expect(await waiting()).toEqual(['new', 'back'])
    expect(await exported()).toContain('Subject: back')
    const trusted = await archive()
    const [believing] = await saveLists(trusted.db, [{ ...list, trustedArchives: [directory] }])
    if (!believing) throw new Error('No list')
    const progress: Progress = { show: () => {}, say: () => {}, finish: () => {} }
    const { signal } = new AbortController()
    await importPaths({ db: trusted.db, list: believing, paths: [second], signal, progress })
    expect(await trusted.db.selectFrom('verdict_due').selectAll().execute()).toEqual([])
  })

  test('keeps every mail in the order of the file, sorted, and exports the same mbox', async () => {
    const { read, exported, unsorted, db } = await archive()
    const mbox = mboxOf([mail('one'), mail('two', '>>From here\n'), mail('three')])
    const report = await read([file('three.mbox', mbox)])
    expect(report).toMatchObject({
      read: 3,
      fresh: 3,
      known: 0,
      skipped: 0,
      interrupted: false,
      problems: [],
    })
    expect(await exported()).toBe(String(mbox))
    expect(await unsorted()).toBe(0)
    expect(await db.selectFrom('topic_mail').select('message_key').execute()).toHaveLength(3)
  })

  test('twice adds nothing and says so', async () => {
    const { read, exported } = await archive()
    const paths = [file('plain.mbox', mboxOf(mails(20))), file('packed.mbox.gz', gzipSync(mboxOf(mails(30))))]
    expect(counts(await read(paths))).toEqual({ read: 50, fresh: 30, known: 20, skipped: 0 })
    expect(counts(await read(paths))).toEqual({ read: 50, fresh: 0, known: 50, skipped: 0 })
    expect(await exported()).toBe(String(mboxOf(mails(30))))
  })

  test('that was interrupted goes on where it ended', async () => {
    const { read, exported } = await archive()
    const total = limits.commitMailsMax + 10
    const path = file('long.mbox.gz', gzipSync(mboxOf(mails(total))))
    const first = await read([path], 1)
    expect(first).toMatchObject({
      read: limits.commitMailsMax,
      fresh: limits.commitMailsMax,
      interrupted: true,
    })
    const second = await read([path])
    expect(counts(second)).toEqual({
      read: total - first.read,
      fresh: total - first.read,
      known: 0,
      skipped: 0,
    })
    expect(await exported()).toBe(String(mboxOf(mails(total))))
  })

  test('reads a file again that changed after an interruption', async () => {
    const { read, exported } = await archive()
    const path = file('changing.mbox', mboxOf(mails(260)))
    await read([path], 1)
    const changed = [mail('new'), ...mails(260)]
    file('changing.mbox', mboxOf(changed))
    expect(counts(await read([path]))).toEqual({
      read: 261,
      fresh: 261 - limits.commitMailsMax,
      known: limits.commitMailsMax,
      skipped: 0,
    })
    expect((await exported()).match(/^Message-ID/gm)).toHaveLength(261)
  })

  test('of a mail that came live before is not a second mail', async () => {
    const { db, list, read, exported } = await archive()
    await append(db, list.id, [{ bytes: mail('live'), envelope: { road: 'smtp' } }])
    const crlf = String(mboxOf([mail('live'), mail('other')])).replaceAll('\n', '\r\n')
    expect(counts(await read([file('crlf.mbox', crlf)]))).toEqual({ read: 2, fresh: 1, known: 1, skipped: 0 })
    expect(await exported()).toBe(String(mboxOf([mail('live'), mail('other')])))
  })

  test('keeps what could be read of a broken file, says what is wrong and goes on with the next', async () => {
    const { read, exported } = await archive()
    const packed = gzipSync(mboxOf(mails(300)))
    const cut = file('cut.mbox.gz', packed.subarray(0, packed.length - 100))
    const not = file('not.mbox', 'Dear all,\nthis is no mbox.\n')
    mkdirSync(join(directory, 'folder'), { recursive: true })
    const folder = join(directory, 'folder')
    const missing = join(directory, 'missing.mbox')
    const empty = file('empty.mbox', '')
    const last = file('last.mbox', mboxOf([mail('last')]))
    const report = await read([cut, not, folder, missing, empty, last])
    expect(report.problems).toEqual([
      expect.stringContaining(`Cannot import "${folder}": it holds no mail; allowed: mbox files`),
      expect.stringContaining(`Cannot import "${missing}": ENOENT`),
      `Cannot import "${cut}": Cannot unpack gzip: unexpected end of file`,
      `Cannot import "${not}": not an mbox: it does not begin with a "From " line`,
    ])
    expect(report.fresh).toBeGreaterThan(100)
    const whole = String(mboxOf([...mails(report.fresh - 1), mail('last')]))
    expect(await exported()).toBe(whole)
  })

  test('of an mbox that is cut keeps the last mail as it is', async () => {
    const { read, exported } = await archive()
    const cut = mboxOf([mail('one'), mail('two')]).subarray(0, -10)
    expect(counts(await read([file('cut.mbox', cut)]))).toEqual({ read: 2, fresh: 2, known: 0, skipped: 0 })
    expect(await exported()).toBe(`${cut}\n\n`)
  })

  test('takes the mails that were made to break it', async () => {
    const { read, unsorted } = await archive()
    const hostile = [
      'no header at all\n',
      '\n',
      'Message-ID: <nul@example.org>\nSubject: a\0b\n\n\0\0\n',
      'Message-ID: <date@example.org>\nDate: Mon, 99 Foo 99999 99:99:99 +9999\n\nx\n',
      `Message-ID: <words@example.org>\n\n${Array.from({ length: 150_000 }, (_, word) => `w${word}`).join(' ')}\n`,
      'Message-ID: <base64@example.org>\nContent-Transfer-Encoding: base64\n\n####\n',
    ].map(text => Buffer.from(text, 'latin1'))
    const report = await read([file('hostile.mbox', mboxOf(hostile))])
    expect(counts(report)).toEqual({ read: 6, fresh: 6, known: 0, skipped: 0 })
    expect(await unsorted()).toBe(0)
  })
})

describe('threadwork import', () => {
  const main = join(import.meta.dirname, '..', '..', 'main.ts')
  const run = (url: string, ...paths: string[]) => {
    const child = spawn(process.execPath, [main, 'import', '--database', url, '--list', 'demo', ...paths])
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    return { child, ended: once(child, 'exit').then(([code]) => ({ code, said })) }
  }

  test('ends with 0, or with 1 and a sentence when a file is broken', async () => {
    const { url, exported } = await archive()
    const whole = file('whole.mbox', mboxOf(mails(3)))
    const first = await run(url, whole).ended
    expect(first).toEqual({
      code: 0,
      said: expect.stringMatching(/^3 mails read: 3 new, 0 already there, 0 skipped; \d/m),
    })
    const second = await run(url, whole, file('broken.mbox', 'x')).ended
    expect(second.code).toBe(1)
    expect(second.said).toContain('broken.mbox": not an mbox')
    expect(second.said).toMatch(/^3 mails read: 0 new, 3 already there, 0 skipped; \d/m)
    expect(await exported()).toBe(String(mboxOf(mails(3))))
  })

  test('killed at any moment goes on with the same command and keeps every mail once', {
    timeout: 240_000,
  }, async () => {
    const { url, db, exported } = await archive()
    const long = mboxOf(
      Array.from({ length: 600 }, (_, index) => mail(`long-${index}`, `${'text '.repeat(100)}\n`)),
    )
    const path = file('killed.mbox', long)
    const kept = async () => (await db.selectFrom('mail').select('seq').execute()).length
    for (const goal of [1, limits.commitMailsMax + 1]) {
      const { child, ended } = run(url, path)
      while ((await kept()) < goal && child.exitCode === null)
        await new Promise(resolve => setTimeout(resolve, 10))
      child.kill('SIGKILL')
      await ended
    }
    const { code } = await run(url, path).ended
    expect(code).toBe(0)
    expect(await exported()).toBe(String(long))
  })
})
