// What one more live mail costs in threads of several sizes: its way from the append by its verdict to the topic on the
// pages, as the CPU time of Node and PostgreSQL together. A topic is folded whole each time, so this is where folding
// must stay cheap.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { makeLog } from '../../base/log.ts'
import { makeMetrics } from '../../base/metrics.ts'
import { startJudge } from '../../ingest/auth/judge.ts'
import { openKeyring } from '../../ingest/auth/keyring.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { startProjector } from '../../tracker/project/projector.ts'
import { type BenchDatabase, withBenchDatabase } from './database.ts'

const sizes = [10, 200, 2_000]
/** Answers that arrive one by one and are measured, after as many that warm the program. */
const arrivals = 30

export const benchArrivals = (): Promise<string[]> =>
  withBenchDatabase(async bench => {
    const [plain, followed] = await saveLists(
      bench.db,
      ['bench', 'followed'].map(name => ({ name, address: `${name}@lists.example.net` })),
    )
    if (plain === undefined || followed === undefined) throw new Error('no list')
    await followProject(bench.db, followed.id)
    const worker = startWorker(bench.db)
    const lines: string[] = []
    for (const size of sizes)
      lines.push(await measure(bench, mails => worker.arrive(plain.id, mails), size, ''))
    const words = ' of a list that follows a repository'
    lines.push(await measure(bench, mails => worker.arrive(followed.id, mails), 200, words))
    await worker.close()
    return lines
  })

/** A .mailmap, a branch, and a MAINTAINERS file that changed now and then. */
async function followProject(db: Kysely<Tables>, list: ListId): Promise<void> {
  const person = (number: number) => ({ name: `Role ${number}`, address: `role${number}@example.com` })
  const mailmap = Array.from({ length: 1_000 }, (_, at) => ({
    address: `old${at}@example.com`,
    name: null,
    person: person(at),
  }))
  await db
    .updateTable('list')
    .set({ mailmap: JSON.stringify(mailmap) })
    .where('id', '=', list)
    .execute()
  await db
    .insertInto('branch')
    .values({ list_id: list, name: 'main', place: 0, head: 'f'.repeat(40), since: new Date(0), version: 1 })
    .execute()
  const roles = Array.from({ length: 1_000 }, (_, at) => ({
    person: person(at),
    role: 'maintainer',
    paths: [`area${at}/`],
  }))
  for (let day = 0; day < 50; day++) {
    const people = JSON.stringify(roles.slice(day))
    await db
      .insertInto('roster')
      .values({ list_id: list, since: new Date(day * 86_400_000), people })
      .execute()
  }
}

type Arrive = (mails: readonly Buffer[]) => Promise<void>

/** The worker of `serve`; `arrive` appends live mails and resolves when they are on their pages. */
function startWorker(db: Kysely<Tables>): {
  arrive(list: ListId, mails: readonly Buffer[]): Promise<void>
  close(): Promise<void>
} {
  const log = makeLog('error', false)
  const metrics = makeMetrics({ backlog: async () => undefined, pools: () => ({}) })
  const judge = startJudge({
    db,
    log,
    keyring: openKeyring(null),
    // No mail is signed here, and SPF may not ask the world.
    resolve: () => Promise.reject(Object.assign(new Error('No such name'), { code: 'ENOTFOUND' })),
    trustedServers: () => [],
  })
  const projector = startProjector(db, log, metrics, () => judge.look())
  const shown = async () => {
    const { values } = await metrics.lag.get()
    const counts = values.filter(({ metricName }) => metricName?.endsWith('_count'))
    return counts.reduce((sum, { value }) => sum + value, 0)
  }
  return {
    async arrive(list, mails) {
      const wanted = (await shown()) + mails.length
      const trace = new Date().toISOString()
      const envelope = { road: 'smtp', from: 'ada@example.org', to: ['bench@lists.example.net'], trace }
      await append(
        db,
        list,
        mails.map(bytes => ({ bytes, envelope })),
      )
      projector.poke()
      while ((await shown()) < wanted) await sleep(5)
    },
    async close() {
      await projector.close()
      await judge.close()
    },
  }
}

async function measure(bench: BenchDatabase, arrive: Arrive, size: number, words: string): Promise<string> {
  const from = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => writeMail(size, first + index))
  // The last of those that are measured is the mail after a thread of this size.
  const before = Math.max(10, size + 1 - 2 * arrivals)
  for (let first = 0; first < before; first += 200) await arrive(from(first, Math.min(200, before - first)))
  for (const mail of from(before, arrivals)) await arrive([mail])
  const node = process.cpuUsage()
  const database = bench.databaseCpu()
  const began = performance.now()
  for (const mail of from(before + arrivals, arrivals)) await arrive([mail])
  const { user, system } = process.cpuUsage(node)
  const nodeMs = (user + system) / 1000 / arrivals
  const databaseMs = (bench.databaseCpu() - database) / arrivals
  const wall = (performance.now() - began) / arrivals
  return `one mail into a thread of ${size}${words}: ${(nodeMs + databaseMs).toFixed(1)} ms of CPU (Node ${nodeMs.toFixed(1)}, PostgreSQL ${databaseMs.toFixed(1)}), on its page after ${wall.toFixed(0)} ms`
}

/** A word for each thread, and a day: like patches of one person would be one thread, and so would numbered ones of one hour. */
const areas: Readonly<Record<number, string>> = { 10: 'cache', 200: 'network', 2000: 'scheduler' }

/** A series of five patches, and answers to it and to each other, five levels deep. */
function writeMail(thread: number, number: number): Buffer {
  const id = (at: number) => `${thread}-${at}@example.org`
  const isPatch = number >= 1 && number <= 5
  const parents: number[] = []
  for (let at = number; at > 0; at = at <= 5 ? 0 : at % 5 === 0 ? 1 + (at % 3) : at - 1) parents.unshift(at)
  const above = [0, ...parents.slice(0, -1)].map(id)
  const area = areas[thread] ?? ''
  const title = `${area} things of ${thread}`
  const subject =
    number === 0
      ? `[PATCH 0/5] ${title}`
      : isPatch
        ? `[PATCH ${number}/5] ${area}: part ${number}`
        : `Re: [PATCH 0/5] ${title}`
  const person =
    number <= 5 ? 'Ada Marsh <ada@example.org>' : `Person ${number % 40} <p${number % 40}@example.com>`
  return Buffer.from(
    [
      `From: ${person}`,
      'To: bench@lists.example.net',
      `Subject: ${subject}`,
      `Date: ${new Date(Date.UTC(2024, 0, sizes.indexOf(thread) + 1) + number * 60_000).toUTCString()}`,
      `Message-ID: <${id(number)}>`,
      ...(number === 0 ? [] : [`References: ${above.map(at => `<${at}>`).join('\n ')}`]),
      '',
      isPatch ? patchText(area, number) : answerText(number),
    ].join('\n'),
  )
}

const patchText = (area: string, number: number) => `Keep them together.

Signed-off-by: Ada Marsh <ada@example.org>
---
diff --git a/${area}/part${number}.c b/${area}/part${number}.c
index 1111111..2222222 100644
--- a/${area}/part${number}.c
+++ b/${area}/part${number}.c
@@ -1,3 +1,4 @@ int ${area}${number}(void)
 int first;
-int ${area} = ${number};
+int ${area} = ${number + 1};
+int ${area}Third;
 int fourth;
`

const answerText = (number: number) => `On Monday somebody wrote:
> Keep them together.
> ---
> +int second;

${Array.from({ length: 12 }, (_, line) => `Sentence ${line} of answer ${number} says what is thought of it.`).join('\n')}
`
