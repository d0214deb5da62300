// Server and runners are killed -9 at random moments while builds run: each build ends once, is told once, and nothing is
// left of any. KILLS=long (npm run torture:builds) has a hundred builds and fifty kills in the middle of one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { cgroupBase } from '../../ci/cgroup.ts'
import { roomName } from '../../ci/room.ts'
import { until } from '../ingest/until.ts'
import { Instance, killed, processes } from './instance.ts'

const long = process.env.KILLS === 'long'
const [buildsMin, killsMin] = long ? [100, 50] : [12, 6]

/** Which are killed at one moment. */
const victims = [
  ['server'],
  ['child'],
  ['remote'],
  ['server', 'child', 'remote'],
  ['server', 'remote'],
] as const

test(
  'kill -9 of server and runners while builds run: each build ends once, is told once, and nothing is left of it',
  async () => {
    const instance = await Instance.open()
    onTestFinished(() => instance.close())
    const { db } = instance
    await rememberStates(instance)
    await instance.start()
    await instance.startRemote()
    const add = builder(instance)
    for (let count = 0; count < buildsMin; count++) await add()
    const figures = await killWhileBuilding(instance, add)
    console.log(
      `${figures.kills} kills, ${figures.inFlight} of them with a build in flight, ${figures.struck} attempts struck`,
    )
    expect(figures.inFlight).toBeGreaterThanOrEqual(killsMin)

    // As long as that takes: the test has its time.
    while ((await open(instance)) > 0) await sleep(100)
    expect(await instance.stop()).toEqual([0, 0])
    const rows = await db.selectFrom('build').selectAll().orderBy('number').execute()
    expect(rows.length).toBeGreaterThanOrEqual(buildsMin)
    const told = await toldOf(instance)
    for (const row of rows) {
      const attempts = await db
        .selectFrom('build_attempt')
        .selectAll()
        .where('build', '=', row.number)
        .execute()
      // One that could not be built for a reason of ours is tried again like one that was lost.
      const ours = attempts.filter(attempt => outcomeOf(attempt) === 'error')
      const done = attempts.filter(attempt => attempt.how === 'done' && !ours.includes(attempt))
      const lost = attempts.filter(attempt => attempt.how === 'lost' || ours.includes(attempt))
      for (const { result } of ours)
        console.log(`build ${row.number} was tried again: ${JSON.stringify(result)}`)
      const ends = await endsOf(instance, row.number)
      const outcome = { number: row.number, ends, done: done.length, told: told.get(row.key)?.length ?? 0 }
      // What was lost three times is given up: ours, and so nobody's mail.
      const expected =
        row.state === 'error'
          ? { ends: ['error'], done: 0, told: 1 }
          : { ends: ['failure'], done: 1, told: 1 }
      expect(outcome).toEqual({ number: row.number, ...expected })
      if (row.state === 'error') expect(lost).toHaveLength(3)
      else expect(instance.log(row.number, done[0]?.number)).toBe(`begun ${row.number}\nended\n`)
    }
    const ids = [...told.values()].flat()
    expect(new Set(ids).size).toBe(ids.length)
    console.log(
      `${rows.filter(row => row.state === 'failure').length} built, ${ids.length} results, ${rows.filter(row => row.state === 'error').length} given up after three losses`,
    )

    // What the last kill left goes with the next start.
    await instance.startRemote()
    await instance.stop()
    expect(remains(instance)).toEqual([])
  },
  long ? 3_600_000 : 240_000,
)

const outcomeOf = ({ result }: { readonly result: unknown }): unknown =>
  typeof result === 'object' && result !== null && 'outcome' in result ? result.outcome : null

const openMin = 4

/** Answers what adds another one. Each ref has its own build, so that each of them is news. */
function builder(instance: Instance): () => Promise<void> {
  const commit = instance.repository.commit({
    '.ci/build': '#!/bin/sh\necho begun $CI_BUILD\nsleep 0.$(($CI_BUILD % 8 + 2))\necho ended\nexit 1\n',
  })
  let count = 0
  return async () => {
    const ref = `refs/heads/t${++count}`
    await instance.add(commit, `push:tarn:${ref}:${commit}`, { ref })
  }
}

async function killWhileBuilding(instance: Instance, add: () => Promise<void>) {
  const figures = { kills: 0, inFlight: 0, struck: 0 }
  while (figures.inFlight < killsMin) {
    // Builds go on while what was killed comes back, so there must be some left.
    while ((await open(instance)) < openMin) await add()
    await until(async () => (await begun(instance)) > 0)
    await sleep(Math.random() * 300)
    const flying = await begun(instance)
    await strike(instance, victims[figures.kills % victims.length] ?? ['server'])
    figures.kills++
    figures.struck += flying
    if (flying > 0) figures.inFlight++
  }
  return figures
}

async function strike(instance: Instance, names: readonly string[]): Promise<void> {
  const child = names.includes('child') ? instance.child() : null
  if (child !== null) process.kill(child, 'SIGKILL')
  await Promise.all([
    names.includes('remote') ? killed(instance.remote) : null,
    names.includes('server') ? killed(instance.serve) : null,
  ])
  if (names.includes('server')) await instance.start()
  if (names.includes('remote')) await instance.startRemote()
}

async function open({ db }: Instance): Promise<number> {
  const rows = await db.selectFrom('build').select('number').where('ended_at', 'is', null).execute()
  return rows.length
}

/** Attempts whose script has said something and that have not ended. */
async function begun(instance: Instance): Promise<number> {
  const rows = await instance.db
    .selectFrom('build_attempt')
    .select(['build', 'number'])
    .where('ended_at', 'is', null)
    .execute()
  return rows.filter(({ build, number }) => instance.log(build, number).startsWith('begun')).length
}

/** Each state that a build ever had, from the database itself. */
async function rememberStates({ db }: Instance): Promise<void> {
  await sql`create table build_past (id bigint generated always as identity, number bigint, state text, ended boolean)`.execute(
    db,
  )
  await sql`
    create function remember_build() returns trigger language plpgsql as $$ begin
      insert into build_past (number, state, ended) values (new.number, new.state, new.ended_at is not null);
      return null;
    end $$`.execute(db)
  await sql`create trigger remember_build after insert or update on build for each row execute function remember_build()`.execute(
    db,
  )
}

async function endsOf({ db }: Instance, number: string): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`
    select state from build_past where number = ${number} and ended order by id`.execute(db)
  return rows.map(({ state }) => state)
}

/** The Message-IDs of the results, by the key of the build. */
async function toldOf({ db }: Instance): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('outbox')
    .select(['key', 'message_id'])
    .where('kind', '=', 'result')
    .execute()
  const told = new Map<string, string[]>()
  for (const { key, message_id } of rows) {
    const [, build = ''] = /^result (\S+)/.exec(key) ?? []
    told.set(build, [...(told.get(build) ?? []), message_id])
  }
  return told
}

/** Directories, control groups, mounts and processes of builds. */
function remains({ rooms, directory }: Instance): string[] {
  const base = cgroupBase()
  const groups = base === null ? [] : base.version === 2 ? [base.directory] : Object.values(base.directories)
  const names = Array.from({ length: 20 }, (_, number) => roomName(join(rooms, String(number))))
  return [
    ...(existsSync(rooms) ? readdirSync(rooms) : []),
    ...groups.flatMap(group => readdirSync(group).filter(each => names.includes(each))),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter(line => line.includes(directory)),
    ...processes().flatMap(({ command }) => (command.includes(directory) ? [command] : [])),
  ]
}
