// The endpoint with a database, a name server and people who have keys; what it owes is looked at in the outbox.
import type { Hono } from 'hono'
import { openKeyring } from '../../../ingest/auth/keyring.ts'
import { makeResolver } from '../../../ingest/auth/resolver.ts'
import { submissionRoutes } from '../../../ingest/submission/submission.ts'
import { saveInstance } from '../../../sql/instance.ts'
import { saveLists } from '../../../sql/lists.ts'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { testDatabase } from '../../database.ts'
import { startDns } from '../../dns.ts'
import { publicKeyOf, withPatatt } from '../../hostile/patatt.ts'

export const url = 'https://lists.example.org/_b4_submit'

export interface Answered {
  readonly status: number
  readonly result: string
  readonly message: string
}

export interface Patch {
  readonly id?: string
  readonly from?: string
  readonly to?: string
  readonly subject?: string
  readonly name?: string
  readonly lines?: readonly string[]
  readonly headers?: readonly string[]
  readonly date?: Date
  readonly type?: string
}

export type Desk = Awaited<ReturnType<typeof makeDesk>>

export async function makeDesk({ keyring = null as string | null, relayed = true } = {}) {
  const { db } = await testDatabase()
  const dns = await startDns()
  await saveInstance(db, 'threadwork@lists.example.org')
  await saveLists(db, [
    {
      name: 'tarn',
      address: 'tarn@lists.example.org',
      webSubmission: true,
      people: [
        { address: 'ruth@example.net', role: 'maintainer' },
        { address: 'robot@example.net', role: 'robot' },
      ],
    },
    { name: 'other', address: 'other@lists.example.org', webSubmission: true },
    { name: 'shut', address: 'shut@lists.example.org' },
  ])
  const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }
  const app: Hono = submissionRoutes({
    ...{
      db,
      relayed,
      log: silent as never,
      keyring: openKeyring(keyring),
      resolve: makeResolver(dns.server),
    },
    ...{ mailBytesMax: 1_000_000, url: () => url },
  })

  let asked = 0
  async function post(
    body: unknown,
    { headers = {}, raw }: { headers?: Record<string, string>; raw?: string } = {},
  ) {
    const response = await app.request('/', {
      method: 'POST',
      // Nobody asks twice, where a test does not say who asks.
      headers: {
        'Content-Type': 'application/json',
        'X-Forwarded-For': `203.0.113.${++asked % 250}`,
        ...headers,
      },
      body: raw ?? JSON.stringify(body),
    })
    const { result, message } = (await response.json()) as Omit<Answered, 'status'>
    return { status: response.status, result, message }
  }

  async function owed() {
    const rows = await db.selectFrom('outbox').selectAll().orderBy('id').execute()
    return rows.map(({ kind, recipient: to, message_id: id, bytes, return_host: host }) => ({
      ...{ kind, to, id, host, text: (bytes ?? Buffer.alloc(0)).toString().replaceAll('\r\n', '\n') },
      body: decodeMail(bytes ?? Buffer.alloc(0)).body,
    }))
  }

  const ask = (identity: string, more: object = {}, headers: Record<string, string> = {}) =>
    post(
      { action: 'auth-new', identity, selector: 'default', pubkey: publicKeyOf(identity), ...more },
      { headers },
    )

  /** The word of the newest challenge to the address. */
  async function wordFor(address: string): Promise<string> {
    const mails = (await owed()).filter(({ kind, to }) => kind === 'challenge' && to === address)
    return /--web-auth-verify ([0-9a-f]+)/.exec(mails.at(-1)?.body ?? '')?.[1] ?? ''
  }

  const verify = (identity: string, word: string, key = identity) =>
    post({ action: 'auth-verify', msg: verifying(identity, word, key) })

  return {
    ...{ db, dns, post, owed, ask, wordFor, verify },
    /** What left for lists and people, or back. */
    passed: async () => (await owed()).filter(({ kind }) => kind !== 'challenge'),
    async confirm(identity: string) {
      await ask(identity)
      return verify(identity, await wordFor(identity))
    },
    receive: (...messages: readonly string[]) => post({ action: 'receive', messages }),
    reflect: (...messages: readonly string[]) => post({ action: 'reflect', messages }),
    close: () => dns.close(),
  }
}

/** As b4 makes it: without a Message-ID. */
const verifying = (identity: string, word: string, key: string) =>
  withPatatt(
    Buffer.from(
      `From: ${identity}\nSubject: b4-send-verify\nContent-Type: text/plain; charset="utf-8"\n\nverify:${word}\n`,
    ),
    key,
    { h: ['from', 'subject'], identity },
  ).toString()

/** A patch as b4 writes it, unsigned. */
export function patch({
  id = 'p1@example.com',
  from = 'ada@example.com',
  to = 'tarn@lists.example.org',
  subject = '[PATCH] wal: unlock first',
  name = 'Ada Example',
  lines = ['The lock is held too long.', ''],
  headers = [],
  date = new Date(),
  type = 'text/plain; charset="utf-8"',
}: Patch = {}): string {
  const diff = [
    '---',
    'diff --git a/wal.c b/wal.c',
    '--- a/wal.c',
    '+++ b/wal.c',
    '@@ -1 +1 @@',
    '-lock',
    '+unlock',
    '',
  ]
  return [
    `From: ${name} <${from}>`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: 7bit',
    `Message-Id: <${id}>`,
    `To: ${to}`,
    ...headers,
    'X-Mailer: b4 0.12.0',
    '',
    ...lines,
    ...diff,
  ].join('\n')
}

export const signed = (
  mail: string,
  key = 'ada@example.com',
  how: Parameters<typeof withPatatt>[2] = {},
): string => withPatatt(Buffer.from(mail), key, { h: ['from', 'subject', 'message-id'], ...how }).toString()
