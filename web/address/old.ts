// Addresses that lead on: those that public-inbox has or once had, and a Message-ID as people paste it.
import type { Context, Hono } from 'hono'
import { paths } from '../paths.ts'

/** Before the addresses of mails: public-inbox's pages of a list have names that a mail could have. */
export function addOldOfList(app: Hono): void {
  moved(app, '/:page{(?:new|index|topics_new|topics_active)\\.html}', name => paths.topics(name, 'all'))
  moved(app, '/:page{topics_(?:new|active)\\.atom}', name => `${paths.list(name)}new.atom`)
}

/** Behind all others. */
export function addOldOfMail(app: Hono): void {
  // As public-inbox leads them: what it once called a full message, and where its page speaks of answers.
  for (const end of ['', '/']) {
    moved(app, `/:mail/f${end}`, paths.mail)
    moved(app, `/:mail/R${end}`, (name, id) => `${paths.mail(name, id)}#R`)
  }
  app.get('/:list/:old{[mtf]}/:rest{.+}', c => c.redirect(modernAddress(c), 301))
  // A Message-ID with a bare slash, as people paste it.
  app.get('/:list/:rest{.+}', c => c.redirect(withSlashEncoded(c), 301))
}

const moved = (app: Hono, path: string, to: (list: string, id: string) => string) =>
  app.get(`/:list${path}`, c => c.redirect(to(c.req.param('list') ?? '', c.req.param('mail') ?? ''), 301))

/** public-inbox's addresses of before 2016. */
function modernAddress(c: Context): string {
  const { list = '', old = '', rest = '' } = c.req.param() as Record<string, string>
  const [, id = '', ending = ''] =
    /^(.+?)(\/raw|\/mbox(?:\.gz)?|\.mbox(?:\.gz)?|\.html|\.txt|\/)?$/.exec(rest) ?? []
  const base = paths.mail(list, id)
  if (old !== 't') return ending === '/raw' || ending === '.txt' ? `${base}raw` : base
  return /mbox/.test(ending) ? `${base}t.mbox.gz` : `${base}t/#u`
}

const mailEnding = /(?:\/|\/raw|\/[Ttd]\/?|\/t\.mbox(?:\.gz)?|\/t\.atom|\/am\.mbox)$/

function withSlashEncoded(c: Context): string {
  const rest = c.req.param('rest') ?? ''
  const ending = mailEnding.exec(rest)?.[0] ?? '/'
  const id = rest.endsWith(ending) ? rest.slice(0, -ending.length) : rest
  return paths.mail(c.req.param('list') ?? '', id).slice(0, -1) + ending
}
