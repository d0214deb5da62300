// A server with pages of every kind, for pictures and for what a browser tries: its own database, and Chromium beside it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserServer } from 'playwright-core'
import { openDatabase } from '../../sql/server.ts'
import { startWeb } from '../../web/serve.ts'
import { launchChromium } from './chromium.ts'
import { fillDemo, policy } from './demo.ts'
import { fillHostile } from './hostile-list.ts'
import { fillInvented } from './invented.ts'

export interface Site {
  readonly url: string
  readonly database: string
  /** One address for each kind of page, by the name of its picture. */
  readonly pages: ReadonlyMap<string, string>
  readonly chromium: BrowserServer
  close(): Promise<void>
}

/** `more`: beside the demo archive the lists that tests need. */
export async function openSite({ more = false } = {}): Promise<Site> {
  const data = mkdtempSync(join(tmpdir(), 'threadwork-site-'))
  // PostgreSQL runs under another account when we are root.
  chmodSync(data, 0o711)
  const log = { info: () => {}, warn: console.warn, error: console.error }
  const database = await openDatabase({ data, dataChosen: true, database: null }, log)
  const { db } = database
  const web = await startWeb({
    ...{ db, host: '127.0.0.1', port: 0, log, url: 'https://tracker.example.org' },
    ...{ builds: { queue: {} as never, data }, place: { policy: () => policy, data } },
  })
  const pages = await fillDemo(db, data)
  if (more) {
    await fillHostile(db, data)
    await fillInvented(db)
  }
  const chromium = await launchChromium()
  return {
    url: `http://127.0.0.1:${web.port}`,
    database: database.url,
    pages,
    chromium,
    close: async () => {
      await chromium.close()
      await web.close()
      await database.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
