// The addresses of the server itself: its lists, its health, its builds, and what programs look for at the root.
import type { Context, Hono } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { addHealth } from '../health.ts'
import { allLists, paths } from '../paths.ts'
import { findListRows } from '../read/located-mail.ts'
import { addBuild, type BuildPages } from '../route/build.ts'
import { addBuilds } from '../route/builds.ts'
import { answerManifest } from '../route/inbox.ts'
import { answerLists } from '../route/lists.ts'
import { answerSubmission } from '../route/submission.ts'
import { answerRobots } from '../route/text.ts'
import { stylesheet } from '../stylesheet.ts'

export function addServer(
  app: Hono,
  db: Kysely<Tables>,
  builds: Omit<BuildPages, 'db'>,
  data: string | null,
): void {
  app.get('/', (c, next) => (c.req.query('q') === undefined ? next() : c.redirect(searchOfAll(c), 302)))
  app.get('/', c => answerLists(c, db))
  addHealth(app, db)
  app.get(stylesheet.path, c =>
    c.body(stylesheet.text, 200, {
      'Content-Type': 'text/css; charset=UTF-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
    }),
  )
  addBuilds(app, db)
  addBuild(app, { db, ...builds })
  app.get(paths.submission(), c => answerSubmission(c, db))
  app.get('/robots.txt', answerRobots)
  app.get('/manifest.js.gz', async c => answerManifest(c, await findListRows(db), data))
}

const searchOfAll = (c: Context): string => paths.list(allLists) + new URL(c.req.url).search
