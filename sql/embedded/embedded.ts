// The embedded PostgreSQL of a data directory, shared by every process that uses the directory. Each process
// holds one connection with a shared advisory lock: the database itself counts its users, and a killed
// process stops counting because the kernel closes its socket. The last one to leave stops the server.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { limits } from '../../base/limits.ts'
import { type Account, serverAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { clusterMajor, makeCluster, makeDataDirectory } from './cluster.ts'
import { isUnreachable, runningPostmaster, startPostmaster, stopPostmaster } from './postmaster.ts'
import { socketDirectory } from './socket.ts'

/** As much of a logger as the server needs. */
export interface ServerLog {
  info(message: string): void
  warn(message: string): void
}

export interface Embedded {
  readonly url: string
  /** Rejects when the server is gone for good, because its files are. */
  readonly lost: Promise<never>
  /** Gives up our use of the server; stops it when nobody else uses it. */
  leave(): Promise<void>
}

// Any number that nobody else locks in this database.
const usersLock = 7_403_311
const patienceMs = limits.databaseStartSecondsMax * 1000
const stopMs = limits.databaseStopSecondsMax * 1000
// Two may lose against another process that starts the same server, or meet the end of an older one.
const failedStartsMax = 3
const againMs = { first: 1_000, longest: 30_000 }

export interface JoinOptions {
  /** Breaks off the wait for a server that starts; the join rejects then. */
  readonly stop?: AbortSignal | undefined
  /** What this process does, for whoever looks at the server's connections. */
  readonly as?: string | undefined
}

/**
 * Starts the server of the data directory or joins the running one, and starts it again whenever it dies, as long as its
 * files are there.
 */
export async function joinEmbedded(
  dataDirectory: string,
  log: ServerLog,
  { stop = new AbortController().signal, as = 'threadwork' }: JoinOptions = {},
): Promise<Embedded> {
  const files = { ...(await prepare(resolve(dataDirectory), log)), as }
  let membership: pg.Client | null = await enter(files, stop)
  if (membership === null) throw new Error('Ended before PostgreSQL was ready')
  const left = new AbortController()
  const { promise: lost, reject: lose } = Promise.withResolvers<never>()
  // Not everybody waits for it.
  lost.catch(() => {})
  let returning = Promise.resolve()

  const watch = (client: pg.Client | null): void => {
    membership = client
    client?.once('end', () => {
      if (left.signal.aborted) return
      log.warn('PostgreSQL ended; starting it again')
      returning = enterAgain(files, log, left.signal).then(watch, lose)
    })
  }
  watch(membership)

  return {
    url: urlOf(files, 'threadwork'),
    lost,
    leave: async () => {
      left.abort()
      await returning
      if (membership) await leave(files, membership, log)
    },
  }
}

interface ServerFiles {
  readonly data: string
  readonly database: string
  readonly logFile: string
  readonly socketDirectory: string
  readonly account: Account | null
  readonly binaries: Binaries
  readonly as: string
}

async function prepare(data: string, log: ServerLog): Promise<Omit<ServerFiles, 'as'>> {
  const database = join(data, 'postgres')
  const account = serverAccount(database)
  makeDataDirectory(data, account)
  const binaries = findBinaries(data, account, clusterMajor(database))
  if (clusterMajor(database) === null) {
    log.info(`Making a database in ${database}`)
    await makeCluster(binaries, database, account)
  }
  const logFile = join(data, 'postgres.log')
  return { data, database, logFile, socketDirectory: socketDirectory(data, account), account, binaries }
}

function urlOf(files: ServerFiles, name: string): string {
  return `postgres://threadwork@localhost/${name}?host=${encodeURIComponent(files.socketDirectory)}`
}

/**
 * Readiness is a query: a server that still recovers accepts the socket and refuses the session (57P03). Null when `stop`
 * came first; what we started is stopped then.
 */
async function enter(files: ServerFiles, stop: AbortSignal): Promise<pg.Client | null> {
  let deadline = Date.now() + patienceMs
  let starting = false
  let failedStarts = 0
  while (!stop.aborted) {
    const answer = await tryToEnter(files)
    if (answer instanceof pg.Client) return answer
    // A start on a busy machine and recovery after a crash take as long as they take.
    if (answer.code === '57P03' || starting) deadline = Date.now() + patienceMs
    if (!isAway(answer)) throw answer
    if (Date.now() > deadline) throw cannotStart(files, answer)
    const running = runningPostmaster(files.database)
    if (running !== null && isUnreachable(files.database, files.socketDirectory)) stopPostmaster(running)
    if (!starting && running === null) {
      if (failedStarts++ === failedStartsMax) throw cannotStart(files, answer)
      starting = true
      void startPostmaster(files).ended.then(() => {
        starting = false
      })
    }
    await sleep(starting ? 20 : 100)
  }
  const running = runningPostmaster(files.database)
  if (starting && running !== null) await stopServer(files, running)
  return null
}

async function tryToEnter(files: ServerFiles): Promise<pg.Client | NodeJS.ErrnoException> {
  const client = new pg.Client({ connectionString: urlOf(files, 'postgres'), application_name: files.as })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`select pg_advisory_lock_shared(${usersLock})`)
    await makeDatabase(client)
    return client
  } catch (error) {
    await client.end().catch(() => {})
    return error as NodeJS.ErrnoException
  }
}

async function makeDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(`select from pg_database where datname = 'threadwork'`)
  if (rowCount !== 0) return
  try {
    await client.query('create database threadwork')
  } catch (error) {
    // Another process made it, or makes it now and `create database` waited for it.
    const { code } = error as NodeJS.ErrnoException
    if (code !== '42P04' && code !== '23505') throw error
  }
}

/** Errors that a server gives which is not there, not yet there, or going away. */
function isAway(error: NodeJS.ErrnoException): boolean {
  const codes = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03']
  return codes.includes(error.code ?? '') || /Connection terminated/.test(error.message)
}

function cannotStart(files: ServerFiles, cause: Error): Error {
  const lines = readFileSync(files.logFile, { encoding: 'utf8', flag: 'a+' }).trim().split('\n')
  const reason = lines.findLast(line => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? ''
  return new Error(
    `Cannot start PostgreSQL in "${files.database}": ${reason || cause.message}; its log is "${files.logFile}"`,
    { cause },
  )
}

/** Tries for ever, because a disk that is full now has room again later; but never without the files. */
async function enterAgain(files: ServerFiles, log: ServerLog, stop: AbortSignal): Promise<pg.Client | null> {
  for (let wait = againMs.first; !stop.aborted; wait = Math.min(2 * wait, againMs.longest)) {
    if (clusterMajor(files.database) === null)
      throw new Error(
        `Cannot go on without the database in "${files.database}": it was moved or removed, or its disk is not mounted any more`,
      )
    try {
      return await enter(files, stop)
    } catch (error) {
      log.warn((error as Error).message)
    }
    await sleep(wait, undefined, { signal: stop }).catch(() => {})
  }
  return null
}

async function leave(files: ServerFiles, membership: pg.Client, log: ServerLog): Promise<void> {
  const pid = runningPostmaster(files.database)
  // Whoever comes in now waits for the lock until the server has ended, then starts it again.
  if (pid !== null && (await isLast(membership))) await stopForAll(files, pid, log)
  await membership.end().catch(() => {})
}

async function isLast(membership: pg.Client): Promise<boolean> {
  try {
    await membership.query(`select pg_advisory_unlock_shared(${usersLock})`)
    const { rows } = await membership.query(`select pg_try_advisory_lock(${usersLock}) as last`)
    return rows[0].last === true
  } catch {
    // The server is gone already.
    return false
  }
}

async function stopForAll(files: ServerFiles, pid: number, log: ServerLog): Promise<void> {
  try {
    await stopServer(files, pid)
  } catch (error) {
    log.warn(`Cannot stop PostgreSQL (process ${pid}): ${(error as Error).message}`)
  }
}

async function stopServer(files: ServerFiles, pid: number): Promise<void> {
  stopPostmaster(pid)
  const deadline = Date.now() + stopMs
  while (runningPostmaster(files.database) === pid && Date.now() < deadline) await sleep(20)
}
