// What docs/urls.md and docs/api.md promise, line by line, asked of a server on a socket: a line that is added without an example here
// is red, and so is an example whose line is gone.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listId } from '../../base/ids.ts'
import { addToken } from '../../sql/tokens.ts'
import { startInboxes } from '../../tracker/export/inboxes.ts'
import type { Listener } from '../../web/listen.ts'
import { startWeb } from '../../web/serve.ts'
import { until } from '../ingest/until.ts'
import { Project } from '../tracker/branch/project.ts'
import { patchBody, series, write } from './archive.ts'
import { BuildYard, resultOf, stepOf } from './builds.ts'

const page = 'text/html; charset=UTF-8'
const plain = 'text/plain; charset=UTF-8'
const gzip = 'application/gzip'
const atom = 'application/atom+xml; charset=UTF-8'
const json = 'application/json'
const mbox = 'application/mbox'
const lead = page

/** An address (after `POST ` when it is posted), its status, and the type of what comes; null for none. */
type Example = readonly [path: string, status: number, type: string | null]

/** By the first cell of the line in docs/urls.md. Capital words in braces are numbers and names of the test's own things. */
const urls: Readonly<Record<string, readonly Example[] | 'elsewhere'>> = {
  '`/`': [
    ['/', 200, page],
    ['/?q=wal', 302, lead],
  ],
  '`/LIST/`': [
    ['/tarn/', 200, page],
    ['/tarn', 301, lead],
  ],
  '`/LIST/MID/`': [
    ['/tarn/v2-0@example.org/', 200, page],
    ['/tarn/v2-1@example.org/', 200, page],
    ['/tarn/tear@example.com/', 200, page],
    ['/tarn/v2-1@example.org', 301, lead],
    ['/tarn/nobody@example.org/', 404, page],
  ],
  '`/MID/`': [
    ['/v2-1@example.org/', 302, lead],
    ['/v2-1@example.org', 302, lead],
  ],
  '`/LIST/MID/raw`': [
    ['/tarn/v2-1@example.org/raw', 200, plain],
    ['/tarn/v2-1%40example.org/raw', 200, plain],
    ['/tarn/a%2Fb+c=@example.org/raw', 200, plain],
    ['/tarn/a%2fb%2Bc%3D%40example.org/raw', 200, plain],
    ['/tarn/a/b+c=@example.org/raw', 301, lead],
    ['/tarn/nobody@example.org/raw', 404, page],
  ],
  '`/LIST/MID/d/`': [
    ['/tarn/v2-1@example.org/d/', 200, page],
    ['/tarn/v2-1@example.org/d', 301, lead],
  ],
  '`/LIST/MID/2-NAME`': [['/tarn/part@example.org/2-log.bin', 200, 'application/octet-stream']],
  '`/LIST/MID/T/`': [
    ['/tarn/v2-1@example.org/T/', 200, page],
    ['/tarn/v2-1@example.org/T', 301, lead],
  ],
  '`/LIST/MID/t/`': [
    ['/tarn/v2-1@example.org/t/', 200, page],
    ['/tarn/v2-1@example.org/t', 301, lead],
  ],
  '`/LIST/MID/t.mbox.gz`, `t.mbox`': [
    ['/tarn/v2-1@example.org/t.mbox.gz', 200, gzip],
    ['/tarn/v2-1@example.org/t.mbox', 200, gzip],
    ['/tarn/a%2Fb+c=@example.org/t.mbox.gz', 200, gzip],
    ['/tarn/nobody@example.org/t.mbox.gz', 404, null],
  ],
  '`/LIST/MID/t.atom`': [['/tarn/v2-1@example.org/t.atom', 200, atom]],
  '`/LIST/new.atom`, `/LIST/atom.xml`': [
    ['/tarn/new.atom', 200, atom],
    ['/tarn/atom.xml', 200, atom],
  ],
  '`/LIST/?q=QUERY&x=A`': [
    ['/tarn/?q=wal&x=A', 200, atom],
    ['/tarn/?q=nobodysaidthis&x=A', 404, plain],
  ],
  'POST `/LIST/?q=QUERY&x=m`': [
    ['POST /tarn/?q=wal&x=m', 200, gzip],
    ['POST /tarn/?q=wal&x=m&t=1', 200, gzip],
    ['POST /tarn/?q=nobodysaidthis&x=m', 404, plain],
    ['POST /tarn/?q=d:nonsense..&x=m', 400, plain],
    ['/tarn/?q=wal&x=m', 200, page],
  ],
  'POST `/LIST/MID/?q=QUERY&x=m`': [
    ['POST /tarn/v2-1@example.org/?q=rt:1000000..&x=m', 200, gzip],
    ['POST /tarn/v2-1@example.org/?q=rt:4000000000..&x=m', 404, plain],
  ],
  '`/LIST/all.mbox.gz`': [['/tarn/all.mbox.gz', 200, gzip]],
  '`/LIST/description`': [['/tarn/description', 200, plain]],
  '`/LIST/_/text/help/`, `mirror`, `config`, `color`': ['help', 'mirror', 'config', 'color'].flatMap(
    (name): Example[] => [
      [`/tarn/_/text/${name}/`, 200, page],
      [`/tarn/_/text/${name}/raw`, 200, plain],
      [`/all/_/text/${name}/`, 200, page],
    ],
  ),
  '`/LIST/OID/s/`, `/LIST/OID/s/NAME`': [
    ['/tarn/{OID}/s/', 200, page],
    ['/tarn/{OID}/s/wal.c', 200, plain],
    ['/tarn/0123456789/s/', 404, page],
  ],
  '`/LIST/git/0.git`, `/LIST/0`': [
    ['/tarn/git/0.git/info/refs?service=git-upload-pack', 200, 'application/x-git-upload-pack-advertisement'],
    ['/tarn/0/info/refs?service=git-upload-pack', 200, 'application/x-git-upload-pack-advertisement'],
  ],
  '`/LIST/git/notes.git`': [
    [
      '/tarn/git/notes.git/info/refs?service=git-upload-pack',
      200,
      'application/x-git-upload-pack-advertisement',
    ],
  ],
  '`/manifest.js.gz`, `/LIST/manifest.js.gz`': [
    ['/manifest.js.gz', 200, gzip],
    ['/tarn/manifest.js.gz', 200, gzip],
  ],
  '`/robots.txt`': [['/robots.txt', 200, plain]],
  '`/_b4_submit`': [['/_b4_submit', 200, page]],
  '`/LIST/MID/` of a cover letter, or of the first patch without one': [
    ['/tarn/v2-0@example.org/', 200, page],
  ],
  '`/LIST/MID/` of another patch': [['/tarn/v2-2@example.org/', 200, page]],
  '`/LIST/about/`': [['/tarn/about/', 200, page]],
  '`/LIST/applied/`': [['/tarn/applied/', 200, page]],
  '`/LIST/statistics/`': [['/tarn/statistics/', 200, page]],
  '`/LIST/take-part/`': [['/tarn/take-part/', 200, page]],
  '`/LIST/waits/`': [
    ['/tarn/waits/', 200, page],
    ['/tarn/waits', 301, lead],
  ],
  '`/LIST/people/ADDRESS/`': [['/tarn/people/ines@example.org/', 200, page]],
  '`/LIST/MID/am.mbox`': [['/tarn/v2-0@example.org/am.mbox', 200, mbox]],
  '`/LIST/MID/v1..v2`': [['/tarn/v2-0@example.org/v1..v2', 200, page]],
  '`/LIST/bugs/`': [
    ['/tarn/bugs/', 200, page],
    ['/tarn/bugs/?state=closed', 200, page],
  ],
  '`/LIST/milestones/`': [['/tarn/milestones/', 200, page]],
  '`/LIST/milestone/NAME/`': [['/tarn/milestone/1.0/', 200, page]],
  '`/LIST/triage/`': [['/tarn/triage/', 200, page]],
  '`/builds/`': [['/builds/', 200, page]],
  '`/builds/?state=STATE`': ['running', 'queued', 'waiting', 'ended'].map(
    (state): Example => [`/builds/?state=${state}`, 200, page],
  ),
  '`/builds/?repository=NAME&branch=BRANCH`': [['/builds/?repository=tarn&branch=main', 200, page]],
  '`/builds/N`': [['/builds/{BUILD}', 200, page]],
  '`/builds/N/log`': [['/builds/{BUILD}/log', 200, page]],
  '`/builds/N/log.txt`': [['/builds/{BUILD}/log.txt', 200, 'text/plain; charset=utf-8']],
  '`/builds/N/log/STEP`': [['/builds/{BUILD}/log/make', 200, page]],
  '`/builds/N/log/STEP/raw`': [['/builds/{BUILD}/log/make/raw', 200, 'text/plain; charset=utf-8']],
  '`/builds/N/tail`': [['/builds/{BUILD}/tail', 200, 'text/plain; charset=utf-8']],
  '`/builds/N/artefacts.tar`': [['/builds/{BUILD}/artefacts.tar', 404, plain]],
  '`/LIST/pending.json`': [['/tarn/pending.json', 200, json]],
  // Needs a policy: test/web/git.test.ts.
  '`/-/git/ci.git`': 'elsewhere',
  '`/-/git/NAME.git`': 'elsewhere',
  '`/LIST/builds/`': [['/tarn/builds/', 200, page]],
  '`/LIST/builds/?branches=all`': [['/tarn/builds/?branches=all', 200, page]],
  '`/LIST/builds/?patchset=MID`': [['/tarn/builds/?patchset=v2-0@example.org', 200, page]],
  '`/LIST/badge.svg`': [['/tarn/badge.svg', 200, 'image/svg+xml; charset=utf-8']],
  '`/LIST/?state=all`': [['/tarn/?state=all', 200, page]],
  '`/LIST/?state=ready`, `review`, `author`, `waiting`': ['ready', 'review', 'author', 'waiting'].map(
    (state): Example => [`/tarn/?state=${state}`, 200, page],
  ),
  '`/LIST/?state=closed`': [['/tarn/?state=closed', 200, page]],
  '`/LIST/?state=spam`': [['/tarn/?state=spam', 200, page]],
  '`/LIST/?q=QUERY`': [
    ['/tarn/?q=wal', 200, page],
    ['/tarn/?q=nobodysaidthis', 200, page],
    ['/tarn/?q=v2-1@example.org', 302, lead],
  ],
}

/** The same of docs/api.md, below its heads `address`. */
const programs: typeof urls = {
  '`/api/projects/`, `/api/projects/ID/`': [
    ['/api/projects/', 200, json],
    ['/api/projects/tarn/', 200, json],
  ],
  '`/api/patches/`, `/api/patches/ID/`': [
    ['/api/patches/', 200, json],
    ['/api/patches/{PATCH}/', 200, json],
    ['/api/1.2/patches?project=tarn', 301, page],
  ],
  '`/api/patches/ID/comments/`, `/api/covers/ID/comments/`': [
    ['/api/patches/{PATCH}/comments/', 200, json],
    ['/api/covers/{COVER}/comments/', 200, json],
  ],
  '`/api/patches/ID/checks/`': [['/api/patches/{PATCH}/checks/', 200, json]],
  '`/api/series/`, `/api/series/ID/`': [
    ['/api/series/', 200, json],
    ['/api/series/{SERIES}/', 200, json],
  ],
  '`/api/covers/`, `/api/covers/ID/`': [
    ['/api/covers/', 200, json],
    ['/api/covers/{COVER}/', 200, json],
  ],
  '`/api/events/`': [['/api/events/', 200, json]],
  '`/api/people/`, `/api/users/`': [
    ['/api/people/', 403, json],
    ['/api/users/', 403, json],
    ['TOKEN /api/people/', 200, json],
    ['TOKEN /api/users/', 200, json],
  ],
  '`/api/bundles/`': [['/api/bundles/', 200, json]],
  '`/patch/ID/mbox/`, `/patch/ID/raw/`, `/series/ID/mbox/`, `/cover/ID/mbox/`': [
    ['/patch/{PATCH}/mbox/', 302, page],
    ['/patch/{PATCH}/raw/', 302, page],
    ['/series/{SERIES}/mbox/', 200, 'text/plain; charset=utf-8'],
    ['/cover/{COVER}/mbox/', 302, page],
  ],
  '`/project/NAME/patch/MID/`, `/project/NAME/list/?series=ID`': [
    ['/project/tarn/patch/v2-1@example.org/', 302, page],
    ['/project/tarn/list/?series={SERIES}', 302, page],
  ],
  '`/api/v1/LIST/topics`': [['/api/v1/tarn/topics', 200, json]],
  '`/api/v1/LIST/topics/MID`': [['/api/v1/tarn/topics/v2-1@example.org', 200, json]],
  '`/api/v1/LIST/topics/MID/revisions/N`': [['/api/v1/tarn/topics/v2-1@example.org/revisions/2', 200, json]],
  '`/api/v1/LIST/patches/MID`': [['/api/v1/tarn/patches/v2-1@example.org', 200, json]],
  '`/api/v1/LIST/bugs/NUMBER`': [['/api/v1/tarn/bugs/1', 200, json]],
  '`/api/v1/LIST/mails/MID`': [['/api/v1/tarn/mails/v2-1@example.org', 200, json]],
  '`/api/v1/LIST/people`': [['/api/v1/tarn/people', 200, json]],
  '`/api/v1/LIST/people/ADDRESS`': [['/api/v1/tarn/people/ines@example.org', 200, json]],
  '`/api/v1/LIST/search?q=`': [['/api/v1/tarn/search?q=wal', 200, json]],
}

const files = [
  { file: 'urls.md', examples: urls },
  { file: 'api.md', examples: programs },
]

let project: Project
let web: Listener
let inboxes: { close(): Promise<void> }
let token = ''
const values: Record<string, string> = {}

beforeAll(async () => {
  project = await Project.start({ branches: ['main'], webSubmission: true })
  values.OID = project.git('rev-parse', 'main:wal.c').trim()
  const letters = [
    ...series,
    { id: 'a/b+c=@example.org', subject: 'A slash' },
    { id: 'tear@example.com', subject: '[BUG] The log tears', body: 'It tears.\n\nTarget: 1.0\n' },
    {
      id: 'blob@example.org',
      subject: '[PATCH] wal: more',
      body: patchBody('wal.c').replace('1111111', values.OID.slice(0, 10)),
      minute: 200,
    },
  ].map(write)
  await project.receive(...letters, partMail)
  const { db, dir: data } = project
  const { id } = await db.selectFrom('list').select('id').where('name', '=', 'tarn').executeTakeFirstOrThrow()
  const yard = new BuildYard(db, data, listId(id))
  const build = { result: resultOf('success', stepOf('make', 'success')), logs: { make: 'cc wal.c\n' } }
  values.BUILD = await yard.build('success', build)
  token = (await addToken(db, { name: 'test', scopes: ['check'], expiresAt: null })) ?? ''
  const log = { info() {}, debug() {}, warn() {}, error: console.error }
  inboxes = startInboxes({ db, data, log: log as never })
  web = await startWeb({
    ...{ host: '127.0.0.1', port: 0, db, data, log },
    builds: { queue: {} as never, data },
  })
  const numberIn = async (noun: string) => {
    const answer = await fetch(`http://127.0.0.1:${web.port}/api/1.3/${noun}/?order=id&per_page=1`)
    return String(((await answer.json()) as { id: number }[])[0]?.id)
  }
  for (const [name, noun] of Object.entries({ PATCH: 'patches', SERIES: 'series', COVER: 'covers' }))
    values[name] = await numberIn(noun)
  // It is written behind the epochs.
  await until(async () => (await ask('/tarn/git/notes.git/info/refs?service=git-upload-pack')).status === 200)
}, 60_000)
afterAll(async () => {
  await inboxes?.close()
  await web?.close()
  await project?.end()
})

const partMail = Buffer.from(`From: Ines Oduya <ines@example.org>
To: tarn@lists.example.org
Subject: A log
Date: Mon, 02 Mar 2026 15:00:00 +0000
Message-ID: <part@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Here it is.
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename=log.bin
Content-Transfer-Encoding: base64

AAECAw==
--b--
`)

/** `POST /...`, `HEAD /...`, or `TOKEN /...` for a GET with one. */
async function ask(request: string): Promise<{ status: number; type: string | null }> {
  const [path = '', word] = request.split(' ').toReversed()
  const answer = await fetch(`http://127.0.0.1:${web.port}${path}`, {
    method: word === 'POST' || word === 'HEAD' ? word : 'GET',
    redirect: 'manual',
    headers: word === 'TOKEN' ? { Authorization: `Token ${token}` } : {},
  })
  await answer.body?.cancel()
  return { status: answer.status, type: answer.headers.get('Content-Type') }
}

/** The first cells of the tables whose first head is `address`. */
function promised(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8')
  return text
    .split(/^\| address \|.*\n\|[-|]+\|\n/m)
    .slice(1)
    .flatMap(part => part.split('\n\n')[0]?.split('\n') ?? [])
    .map(line => /^\| (.*?) \|/.exec(line)?.[1] ?? '')
    .filter(cell => cell !== '' && !cell.startsWith('`#'))
}

describe.each(files)('docs/$file', ({ file, examples }) => {
  test('has an example for each of its addresses, and no other', () => {
    expect(Object.keys(examples).toSorted()).toEqual([...new Set(promised(file))].toSorted())
  })

  const asked = Object.values(examples).flatMap(one => (one === 'elsewhere' ? [] : one))
  test.each(asked)('%s is answered with %i and %s', async (request, status, type) => {
    const filled = request.replace(/\{([A-Z]+)\}/g, (_, name) => values[name] ?? '')
    expect(await ask(filled)).toEqual({ status, type })
    if (!/^[A-Z]/.test(filled)) expect(await ask(`HEAD ${filled}`)).toEqual({ status, type })
  })
})
