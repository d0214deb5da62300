// npm run soak -- --minutes 30 --rate 50: a real `serve` takes mail at this rate while five readers look at the pages.
// Prints memory, lag, errors and page times every minute; fails when mails wait more than two seconds for their topic
// (99 of 100), when memory grows in a straight line, when anything was refused, or when the end is not in order.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuOf, cpuOfTree } from '../bench/cpu.ts'
import { type Fit, fitLine, growsWithoutBound, quantile, type Sample } from './figures.ts'
import { type Instance, startInstance } from './instance.ts'
import { type Readers, startReaders } from './readers.ts'
import { type Senders, startSenders } from './senders.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '50' } },
})
const minutes = Number(values.minutes)
const rate = Number(values.rate)
const lagMsMax = 2_000
const sampleMs = 5_000

async function soak(at: Instance): Promise<string[]> {
  const lags = listenForLags(at)
  const cpuBefore = cpu(at)
  const began = performance.now()
  const senders = startSenders(at.smtpPort, at.address, rate, Math.round(minutes * 60 * rate))
  const readers = startReaders(`${at.web}/${at.list}`, senders.recent)
  const memory = await watch(at, senders, readers, lags)
  await senders.done
  await readers.stop()
  const seconds = (performance.now() - began) / 1000
  const cores = (cpu(at) - cpuBefore) / 1000 / seconds
  say(`${senders.acknowledged()} mails in ${Math.round(seconds)} s, ${cores.toFixed(2)} cores busy`)
  await drained(at)
  const kept = Number(
    await metric(at, `threadwork_arrivals_total{road="smtp",result="kept"}`).catch(() => Number.NaN),
  )
  const ended = await at.stop()
  say(`ended ${ended.toFixed(1)} s after SIGTERM`)
  return [
    ...fitProblems('Node', memory.node),
    ...fitProblems('PostgreSQL', memory.postgres),
    ...lagProblems(lags.all),
    ...[...senders.errors, ...readers.errors].slice(0, 20),
    ...(kept === senders.acknowledged()
      ? []
      : [`${senders.acknowledged()} mails were answered 250, ${kept} were kept`]),
    ...(ended > 10 ? [`the end took ${ended} s`] : []),
  ]
}

interface Lags {
  readonly all: number[]
  /** Since the last report. */
  lately: number[]
}

/** The log says for each round how many mails it sorted and how long the oldest had waited; that counts for all of them. */
function listenForLags(at: Instance): Lags {
  const lags: Lags = { all: [], lately: [] }
  at.onLine(({ msg, mails, lagMs }) => {
    if (msg !== 'Sorted mails') return
    const round = Array(Number(mails)).fill(Number(lagMs))
    lags.all.push(...round)
    lags.lately.push(...round)
  })
  return lags
}

/** Takes samples of memory until all mails are sent; a report each minute. */
async function watch(at: Instance, senders: Senders, readers: Readers, lags: Lags) {
  const memory: { node: Sample[]; postgres: Sample[] } = { node: [], postgres: [] }
  const began = performance.now()
  let over = false
  void senders.done.finally(() => {
    over = true
  })
  let reported = 0
  while (!over) {
    await sleep(sampleMs)
    const now = at.memory()
    const minute = (performance.now() - began) / 60_000
    memory.node.push({ at: minute, bytes: now.node })
    memory.postgres.push({ at: minute, bytes: now.postgres })
    if (minute < reported + 1) continue
    reported++
    report(`minute ${reported}`, now, senders, readers, lags.lately)
    lags.lately = []
    senders.times.length = 0
    for (const times of readers.times.values()) times.length = 0
  }
  return memory
}

function report(
  head: string,
  { node, postgres, buffers }: ReturnType<Instance['memory']>,
  senders: Senders,
  readers: Readers,
  lags: readonly number[],
): void {
  const pages = [...readers.times].map(([kind, times]) => `${kind} ${spread(times)}`)
  say(
    `${head}: ${senders.acknowledged()} mails; Node ${mb(node)}, PostgreSQL ${mb(postgres)} and ${mb(buffers)} of buffers; ` +
      `lag ${spread(lags)}; 250 after ${spread(senders.times)}; ${senders.errors.length + readers.errors.length} errors; ` +
      `pages ${pages.join(', ')}`,
  )
}

const spread = (times: readonly number[]) =>
  `${Math.round(quantile(times, 0.5))}/${Math.round(quantile(times, 0.99))} ms`
const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** The start is left out: code is compiled and caches fill up. */
function fitProblems(what: string, samples: readonly Sample[]): string[] {
  const fit = fitLine(samples.slice(Math.floor(samples.length / 3)))
  say(`${what}: ${showFit(fit)}`)
  return growsWithoutBound(fit) ? [`${what}'s memory grows: ${showFit(fit)}`] : []
}

const showFit = ({ bytesPerMinute, mean, explained }: Fit) =>
  `${mb(mean)} on average, ${(bytesPerMinute / 1e6).toFixed(2)} MB more each minute (R² ${explained.toFixed(2)})`

function lagProblems(lags: readonly number[]): string[] {
  say(
    `lag of ${lags.length} mails, p50/p99 ${spread(lags)}, at most ${lags.reduce((a, b) => Math.max(a, b), 0)} ms`,
  )
  if (lags.length === 0) return ['no mail was sorted']
  return quantile(lags, 0.99) > lagMsMax ? [`the lag is ${quantile(lags, 0.99)} ms at p99`] : []
}

async function drained(at: Instance): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Number(await metric(at, 'threadwork_unsorted_mails')) > 0 && Date.now() < deadline) await sleep(200)
}

async function metric(at: Instance, name: string): Promise<string> {
  const lines = (await (await fetch(at.metrics)).text()).split('\n')
  return lines.find(line => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '0'
}

const cpu = (at: Instance) => cpuOf(at.nodePid) + cpuOfTree(at.postmaster)

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

// At the end, when all constants above have their values.
const instance = await startInstance()
try {
  const problems = await soak(instance)
  for (const problem of problems) say(`FAILED: ${problem}`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  instance.remove()
}
