// `import patchwork`: what a project of a patchwork has, taken over. First the mails that the log lacks; then what patchwork says of each
// patch, as notes with their dates, and its checks; then, where a patch stands otherwise all the same, that it stood so there today.
// Each step goes page by page and remembers which, so that the same command goes on after any end; nothing is written twice.
import type { Kysely } from 'kysely'
import type { z } from 'zod'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { noteBlock } from '../../tracker/mail/check.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { forgetPosition, savedPosition, savePosition } from '../import-position.ts'
import { type PatchHere, patchesHere, undecided } from './here.ts'
import { fetchLacking } from './mails.ts'
import { type NewNote, unnameable, writeNotes } from './notes.ts'
import { objects, type Patch, type PatchworkEvent } from './objects.ts'
import { pagesOf } from './pages.ts'
import { findProject, type Project } from './project.ts'
import type { PatchworkReport } from './report.ts'
import type { PatchworkServer } from './server.ts'
import {
  addressOf,
  isDone,
  type LastEvents,
  type StateMap,
  stateOf,
  statusLine,
  wishesFor,
} from './wishes.ts'

export interface PatchworkImport {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly server: PatchworkServer
  /** The link name of the project. */
  readonly project: string
  readonly states: StateMap
  /** What the mails say stays where patchwork does not say since when it is otherwise. */
  readonly keepOurs: boolean
  readonly report: PatchworkReport
  readonly say: (sentence: string) => void
  /** Until now. */
  readonly now: Date
}

/** Resolves when all is taken over; throws where it cannot go on. */
export async function importPatchwork(given: PatchworkImport): Promise<void> {
  const { db, list, server } = given
  const run: Run = { ...given, ...(await findProject(server, given.project)) }
  const place = { list: list.id, source: `patchwork ${server.name} ${run.link}` }
  const [done = '', page = '1'] = ((await savedPosition(db, place)) ?? '').split(' ')
  let skipping = steps.some(({ name }) => name === done)
  for (const { name, take } of steps) {
    if (skipping && name !== done) continue
    const from = skipping ? Number(page) : 1
    skipping = false
    await take(run, from, at => savePosition(db, place, `${name} ${at}`))
    await sortAll(db, list.id)
  }
  await forgetPosition(db, place)
}

type Run = PatchworkImport & Project

/** From a page on; each tells which it begins. */
type Step = (run: Run, from: number, save: (page: number) => Promise<void>) => Promise<void>

const steps: readonly { readonly name: string; readonly take: Step }[] = [
  { name: 'covers', take: (run, from, save) => takeMails(run, 'cover', from, save) },
  { name: 'patches', take: (run, from, save) => takeMails(run, 'patch', from, save) },
  { name: 'notes', take: takeNotes },
  { name: 'rest', take: takeRest },
]

async function takeMails(
  run: Run,
  kind: 'cover' | 'patch',
  from: number,
  save: (page: number) => Promise<void>,
): Promise<void> {
  for await (const { page, items } of itemsOf(
    run,
    kind === 'cover' ? 'covers' : 'patches',
    objects.cover,
    from,
  )) {
    await save(page)
    await fetchLacking(run, kind, items)
    run.say(`${kind === 'cover' ? 'cover letters' : 'mails of patches'}, page ${page}`)
  }
}

/** Pages of what belongs to the project. */
async function* itemsOf<T extends { id: number; project: { id: number } }>(
  run: Run,
  path: string,
  schema: z.ZodType<T>,
  from: number,
): AsyncGenerator<{ page: number; items: T[] }> {
  const { server, api, link, id } = run
  for await (const { page, items } of pagesOf(
    server,
    `${api}${path}/`,
    { project: link, order: 'id' },
    from,
  )) {
    const fit = readAll(run, path, schema, items)
    const own = fit.filter(item => item.project.id === id)
    for (const item of fit)
      if (item.project.id !== id) run.report.tell('strange', `${path}/${item.id}`, 'it is of another project')
    yield { page, items: own }
  }
}

function readAll<T>({ report }: Run, path: string, schema: z.ZodType<T>, items: readonly unknown[]): T[] {
  return items.flatMap(item => {
    const read = schema.safeParse(item)
    if (read.success) return [read.data]
    const [issue] = read.error.issues
    const id = (item as { id?: unknown } | null)?.id
    report.tell('strange', `${path}/${String(id)}`, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
    return []
  })
}

async function takeNotes(run: Run, from: number, save: (page: number) => Promise<void>): Promise<void> {
  const events = {
    states: await lastEvents(run, 'state-changed'),
    delegates: await lastEvents(run, 'delegated'),
  }
  for await (const { page, items } of itemsOf(run, 'patches', objects.patch, from)) {
    await save(page)
    run.report.counts.patches += items.length
    const here = await patchesHere(run.db, run.list, items)
    await takePatches(run, here, events)
    for (const patch of items)
      if (!here.has(patch)) run.report.tell('left', patch.msgid, 'its mail is no patch here')
    run.say(`states and checks, page ${page}`)
  }
}

async function lastEvents(
  run: Run,
  what: 'state-changed' | 'delegated',
): Promise<Map<number, PatchworkEvent>> {
  const last = new Map<number, PatchworkEvent>()
  const query = { project: run.link, category: `patch-${what}`, order: 'date' }
  for await (const { page, items } of pagesOf(run.server, `${run.api}events/`, query)) {
    for (const event of readAll(run, 'events', objects.event, items)) {
      const before = last.get(event.payload.patch.id)
      if (before === undefined || isLater(event, before)) last.set(event.payload.patch.id, event)
    }
    run.say(`events, page ${page}`)
  }
  return last
}

const isLater = (a: PatchworkEvent, b: PatchworkEvent) =>
  a.date > b.date || (a.date === b.date && a.id > b.id)

/** What is found beside the mails is told before anything is written: afterwards nobody can tell it. */
async function takePatches(run: Run, here: ReadonlyMap<Patch, PatchHere>, events: LastEvents): Promise<void> {
  const { report, states } = run
  const said: NewNote[] = []
  for (const [patch, standing] of here) {
    const { wishes, problems } = wishesFor(patch, events, states)
    const reason = unnameable(patch)
    for (const { kind, sentence } of problems) report.tell(kind, patch.msgid, sentence)
    if (reason !== null) {
      report.tell('left', patch.msgid, reason)
      continue
    }
    const notes = wishes.map(({ kind, lines, at, who }) => ({
      ...{ patch, who },
      name: [kind, at ?? '', ...lines].join('\n'),
      at: Math.min(at ?? run.now.getTime(), run.now.getTime()),
      body: lines.join('\n'),
    }))
    said.push(...notes)
    const state = stateOf(patch, states)
    if (state !== null && state !== standing.state)
      report.tell('differs', patch.msgid, `the mails say ${standing.state}, patchwork says ${patch.state}`)
  }
  report.counts.notes += (await writeNotes(run, said)).length
  for (const [patch, standing] of here) await takeChecks(run, patch, standing)
}

/** One request a patch, so those that are done with and stand as there are not asked. */
async function takeChecks(run: Run, patch: Patch, standing: PatchHere): Promise<void> {
  const { server, api, report } = run
  if (isDone(patch, run.states) && (patch.check ?? 'pending') === standing.checked) {
    if (standing.checked === 'pending') report.counts.unasked++
    return
  }
  for await (const { items } of pagesOf(server, `${api}patches/${patch.id}/checks/`, {})) {
    const checks = readAll(run, `patches/${patch.id}/checks`, objects.check, items)
    const notes = checks.map(({ id, user, date, state, context, target_url, description }) => ({
      ...{ patch, who: user },
      name: `check ${String(id).padStart(10, '0')}`,
      at: Math.min(date, run.now.getTime()),
      body: noteBlock({ context, state, description: description ?? '', url: target_url || null }),
    }))
    const written = await writeNotes(run, notes)
    report.counts.notes += written.length
    report.counts.checks += written.length
  }
}

/** Patches that stand otherwise than there though nobody decided anything since. Each value is said once. */
async function takeRest(run: Run, from: number, save: (page: number) => Promise<void>): Promise<void> {
  const told: Patch[] = []
  for await (const { page, items } of itemsOf(run, 'patches', objects.patch, from)) {
    await save(page)
    const here = await patchesHere(run.db, run.list, items)
    const differing = [...here].flatMap(([patch, standing]) => {
      const lines = linesFor(patch, standing, run.states)
      return lines.length === 0 || unnameable(patch) !== null ? [] : [{ patch, lines }]
    })
    const open = await undecided(
      run.db,
      run.list,
      differing.map(({ patch }) => patch),
    )
    const rest = differing.flatMap(({ patch, lines }) => {
      if (run.keepOurs || !open.has(patch)) return []
      const name = ['rest', ...lines].join('\n')
      return [{ patch, name, at: run.now.getTime(), who: null, body: lines.join('\n') }]
    })
    run.report.counts.notes += (await writeNotes(run, rest)).length
    told.push(...here.keys())
  }
  await sortAll(run.db, run.list.id)
  for (let at = 0; at < told.length; at += comparedMax)
    for (const [patch, standing] of await patchesHere(run.db, run.list, told.slice(at, at + comparedMax)))
      tellLeft(run, patch, standing)
}

const comparedMax = 1_000

function linesFor(patch: Patch, { state: standing, archived }: PatchHere, map: StateMap): string[] {
  const state = stateOf(patch, map)
  const status = state === standing ? null : statusLine(patch, state)
  return [
    ...(status === null ? [] : [status]),
    ...(archived === patch.archived ? [] : [`Archived: ${patch.archived ? 'yes' : 'no'}`]),
  ]
}

function tellLeft({ report, states }: Run, patch: Patch, here: PatchHere): void {
  const state = stateOf(patch, states)
  const sentences = [
    ...(state !== null && state !== here.state ? [`it is ${here.state} here, and ${patch.state} there`] : []),
    ...(patch.archived === here.archived ? [] : [`it is ${here.archived ? '' : 'not '}archived here`]),
    ...((patch.check ?? 'pending') === here.checked
      ? []
      : [`its checks say ${here.checked} here, and ${patch.check} there`]),
  ]
  if (sentences.length > 0) report.tell('left', patch.msgid, sentences.join('; '))
  const delegate = addressOf(patch.delegate)
  if (delegate !== here.delegate && (patch.delegate === null || delegate !== null))
    report.tell(
      'delegate',
      patch.msgid,
      `${here.delegate ?? 'nobody'} here, and ${delegate ?? 'nobody'} there`,
    )
}
