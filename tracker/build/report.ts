// The end of a build -> the mails that tell it, owed in the transaction that writes the end. Who is told is the list's choice and,
// of a push, whoever made the commit, as far as somebody vouches for the address: an address that only a stranger's text names
// gets no mail from us.
import { type Kysely, sql } from 'kysely'
import { codeEnds } from '../../base/build-state.ts'
import { type IndexKey, type ListId, listId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { completeList, type ListConfig } from '../../base/list-settings.ts'
import { matchesAddress, matchesRef, type Policy } from '../../ci/policy.ts'
import type { Result } from '../../ci/result.ts'
import type { BuildRow } from '../../sql/builds.ts'
import { instanceAddress } from '../../sql/instance.ts'
import { type OwedMail, oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { answering, answeringList, copiesOf, situationOf, topicHolding } from '../answer/asker.ts'
import { type MailCopy, mayAnswer } from '../answer/may-answer.ts'
import { oneLine } from '../answer/one-line.ts'
import { peopleOf } from '../project/people.ts'
import { addressesOf } from '../topic/rules.ts'
import { headOf } from '../topic/summary.ts'
import { askedBy } from './asked.ts'
import { logTail } from './log-tail.ts'
import { type NamedCommit, readNamedCommit } from './named-commit.ts'
import { repeatLines } from './repeat.ts'
import { checkState, failedStep, resultText, type ToldBuild, together } from './result-text.ts'
import { sameFailure } from './same-failure.ts'
import { resultOf } from './stored-result.ts'

export interface ReportOptions {
  /** Of the pages, without a slash at its end; null when the configuration does not say. */
  readonly url: string | null
  /** The data directory, where the logs are. */
  readonly data: string
  /** As it is now. Throws what is wrong in it. */
  readonly policy: () => Policy | null
}

/** `build` as its row is now; `attempt`: the one that ended it. Does nothing for an end that is nobody's news. */
export async function reportBuild(
  trx: Kysely<Tables>,
  build: BuildRow,
  attempt: number | null,
  options: ReportOptions,
): Promise<void> {
  // Of what many wrote together the pages tell.
  if (checkState(build.state) === null || build.kind === 'nightly') return
  const mails =
    build.kind === 'push'
      ? await mailsOfPush(trx, build, attempt, options)
      : await mailsOfPatchset(trx, build, attempt, options)
  for (const mail of mails) await oweMail(trx, mail)
}

/** By which a build's mail is known; `resultKey(build.key)` is the key of its row in the outbox. */
export const resultKey = (key: IndexKey): string => `result ${key}`

async function mailsOfPatchset(
  trx: Kysely<Tables>,
  build: BuildRow,
  attempt: number | null,
  options: ReportOptions,
): Promise<OwedMail[]> {
  if (build.list_id === null) return []
  const list = listId(build.list_id)
  const head = await headOfBuild(trx, list, build)
  if (head === null) return []
  const settings = await settingsOf(trx, list)
  const asked = askedBy(build)
  const wanted = outcomeOf(build, settings)
  if (asked === null && (wanted === 'silent' || (await wasTold(trx, build)))) return []
  const reader = await readerOf(trx, list, asked?.mail ?? head, asked === null ? wanted : 'author')
  if (reader === null) return []
  const { facts, to } = reader
  return [
    {
      ...(await mailOf(trx, { build, attempt, head }, options)),
      key: resultKey(build.key),
      list,
      to,
      ...answering(facts, [to, await instanceAddress(trx)]),
      thread: build.topic_id ?? undefined,
      optional: to !== settings.address,
      replyTo: to === settings.address ? undefined : settings.address,
      notBefore: asked === null ? embargoOf(facts.said, settings) : undefined,
    },
  ]
}

const settingsOf = async (trx: Kysely<Tables>, list: ListId): Promise<ListConfig> => {
  const { settings } = await trx
    .selectFrom('list')
    .select('settings')
    .where('id', '=', list)
    .executeTakeFirstOrThrow()
  return completeList(settings)
}

function outcomeOf({ state }: BuildRow, { ci }: ListConfig): 'thread' | 'author' | 'silent' {
  if (state === 'success' || state === 'warning' || state === 'conflict') return ci[state]
  // It says nothing of the patches, and stands on the pages.
  if (state === 'error') return 'silent'
  return ci.failure
}

function embargoOf(posted: number, { ci }: ListConfig): Date | undefined {
  const until = posted + ci.embargo * 3_600_000
  return ci.embargo > 0 ? new Date(Math.max(until, Date.now())) : undefined
}

/**
 * A list hears of a revision once, however often it is built. Of two builds that end at once the second waits here until the
 * first is told, whichever has the lower number. What was asked for was told to whoever asked.
 */
async function wasTold(trx: Kysely<Tables>, { list_id, digest, number }: BuildRow): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${tellingLock}, hashtext(${`${list_id} ${digest}`}))`.execute(trx)
  const others = await trx
    .selectFrom('build')
    .select(['key', 'evidence'])
    .where('list_id', '=', list_id)
    .where('digest', '=', digest)
    .where('number', '!=', number)
    // A fault of ours said nothing of it.
    .where('state', '!=', 'error')
    .execute()
  const keys = others.flatMap(other => (askedBy(other) === null ? [indexKey(resultKey(other.key))] : []))
  if (keys.length === 0) return false
  const told = await trx.selectFrom('outbox').select('id').where('key', 'in', keys).executeTakeFirst()
  return told !== undefined
}

const tellingLock = 8_003

/** The cover letter of what was built, or the first patch of one that has none; null when it is not there any more. */
async function headOfBuild(trx: Kysely<Tables>, list: ListId, { mails }: BuildRow): Promise<string | null> {
  const first = mails[0]?.id
  const topic = first === undefined ? undefined : await topicHolding(trx, list, indexKey(first))
  const revision = topic?.revisions.find(({ patches, cover }) =>
    [cover, ...patches.map(({ id }) => id)].some(id => id === first),
  )
  return (revision && headOf(revision)) ?? first ?? null
}

/** The list, or whoever sent the mail; null when nobody vouches for that address, or a program may not write to it. */
async function readerOf(
  trx: Kysely<Tables>,
  id: ListId,
  mail: string,
  wanted: 'thread' | 'author' | 'silent',
): Promise<{ to: string; facts: MailCopy['facts'] } | null> {
  const key = indexKey(mail)
  const topic = await topicHolding(trx, id, key)
  const { copies } = await copiesOf(trx, id, key)
  const facts = copies[0]?.facts
  if (!topic || !facts || topic.kind === 'spam') return null
  const list = await answeringList(trx, id)
  if (wanted === 'thread') return { to: list.address, facts }
  const situation = await situationOf(trx, list, topic, { now: new Date(), mail, recent: false })
  const isKnown = (await knownAddresses(trx, id)).has(facts.sender.address)
  const asked = mayAnswer(copies, isKnown ? { ...situation, trust: 'from' } : situation)
  return 'to' in asked ? { to: asked.to, facts } : null
}

/** Of the people that the list's configuration, its MAINTAINERS or its .mailmap name. */
async function knownAddresses(trx: Kysely<Tables>, list: ListId): Promise<ReadonlySet<string>> {
  const { rules, mailmap } = await peopleOf(trx, list)
  const people = (rules.rosters.at(-1)?.people ?? []).filter(({ role }) => role !== 'robot')
  return new Set([
    ...people.flatMap(addressesOf),
    ...mailmap.flatMap(({ address, person }) => [address, person.address]),
  ])
}

async function mailsOfPush(
  trx: Kysely<Tables>,
  build: BuildRow,
  attempt: number | null,
  options: ReportOptions,
): Promise<OwedMail[]> {
  const before = await endBefore(trx, build)
  const broken = checkState(build.state) === 'fail'
  const ours = build.state === 'error'
  const fixed = !broken && !ours && before !== null && checkState(before.state) === 'fail'
  const repository = repositoryOf(options, build)
  if ((!broken && !fixed && !ours) || !repository || build.commit === null) return []
  const commit = await readNamedCommit(repository.path, build.commit)
  if (commit === null) return []
  const list = build.list_id === null ? null : listId(build.list_id)
  const known = list === null ? new Set<string>() : await knownAddresses(trx, list)
  const people = [commit.author.address, commit.committer.address].filter(
    address => known.has(address) || matchesAddress(repository.mail, address),
  )
  const told = await mailOf(trx, { build, attempt, commit }, options)
  const key = resultKey(build.key)
  const branch = build.ref.replace(/^refs\/heads\//, '')
  const word = ours ? 'could not be built' : fixed ? 'works again' : 'fails'
  const subject = `${build.repository} ${branch} ${word}: ${build.commit.slice(0, 12)} ${commit.subject}`
  const answered = fixed && before ? await messageIdOfResult(trx, before.key) : null
  return [...new Set(people)].map((to, at) => ({
    ...told,
    key: at === 0 ? key : `${key} ${to}`,
    ...(at === 0 ? {} : { copyOf: key }),
    list,
    to,
    subject,
    ...(answered === null ? {} : { inReplyTo: answered, references: [answered] }),
    optional: list !== null,
  }))
}

/** The last build of the same ref before this one that says something of the code. */
const endBefore = async (trx: Kysely<Tables>, build: BuildRow) =>
  (await trx
    .selectFrom('build')
    .select(['key', 'state'])
    .where('repository', '=', build.repository)
    .where('ref', '=', build.ref)
    .where('kind', '=', 'push')
    .where('number', '<', build.number)
    .where('state', 'in', codeEnds)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()) ?? null

async function messageIdOfResult(trx: Kysely<Tables>, key: IndexKey): Promise<string | null> {
  const row = await trx
    .selectFrom('outbox')
    .select('message_id')
    .where('key', '=', indexKey(resultKey(key)))
    .executeTakeFirst()
  return row?.message_id ?? null
}

interface Reported {
  readonly build: BuildRow
  readonly attempt: number | null
  /** Of a push. */
  readonly commit?: NamedCommit | null
  /** Of a patchset: its cover letter, or its first patch. */
  readonly head?: string | null
}

/** What is the same for all readers. */
async function mailOf(
  trx: Kysely<Tables>,
  { build, attempt, commit = null, head = null }: Reported,
  options: ReportOptions,
): Promise<Pick<OwedMail, 'subject' | 'body' | 'kind' | 'generated' | 'fields'>> {
  const { url, data } = options
  const result = resultOf(build)
  const step = failedStep(result)
  const page = url === null ? null : `${url}/builds/${build.number}`
  const branch = await branchUnder(trx, build)
  const told: ToldBuild = {
    number: build.number,
    state: build.state,
    why: build.why,
    result,
    page,
    what: whatWas(build, branch, commit),
    elsewhere: step && branch ? await sameFailure(trx, build.repository, branch, step.name) : null,
    tail: step && attempt !== null ? await logTail(data, build.number, attempt, step.name) : [],
    repeat: repeatLines({
      kind: build.kind,
      ref: build.ref,
      commit: build.commit,
      step: step?.name ?? 'build',
      from: offeredAt(build, options),
    }),
  }
  return {
    subject: '',
    body: resultText(told),
    kind: 'result',
    generated: true,
    fields: fieldsOf(build, result, page, head),
  }
}

function repositoryOf({ policy }: ReportOptions, { repository }: BuildRow) {
  try {
    return policy()?.repositories.find(({ name }) => name === repository)
  } catch {
    // What is wrong in it is said where it is read to build; the end of a build waits for nobody.
    return undefined
  }
}

/** Where everybody can fetch what was built; null when nowhere. */
function offeredAt(build: BuildRow, options: ReportOptions): string | null {
  if (options.url === null || build.commit === null) return null
  if (build.kind === 'patchset') return `${options.url}/-/git/ci.git`
  const offer = repositoryOf(options, build)?.offer ?? []
  return matchesRef(offer, build.ref) ? `${options.url}/-/git/${build.repository}.git` : null
}

function fieldsOf(
  build: BuildRow,
  result: Result | null,
  page: string | null,
  head: string | null,
): Record<string, string> {
  return {
    'X-CI-Status': build.state,
    'X-CI-Context': result?.steps.map(({ name }) => name).join(', ') || 'build',
    'X-CI-Build': page ?? build.number,
    ...(build.commit === null ? {} : { 'X-CI-Commit': build.commit }),
    ...(build.base === null ? {} : { 'X-CI-Base': build.base }),
    ...(head === null ? {} : { 'X-CI-Series': `<${head}>` }),
    // Patchwork would show it as a comment that waits for an answer.
    ...(build.state === 'success' ? { 'X-Patchwork-Hint': 'ignore' } : {}),
  }
}

function whatWas(build: BuildRow, branch: string | null, commit: NamedCommit | null): string {
  const on = build.base === null ? '' : ` on ${branch ?? 'a commit'} at ${build.base.slice(0, 12)}`
  if (build.kind === 'patchset') {
    const count = build.mails.length
    return `${count === 1 ? 'This patch' : `This series (v${build.version})`} was put${on || ' on no branch'}`
  }
  const subject = commit === null ? '' : `, ${together(`"${oneLine(commit.subject)}"`)}`
  const was = build.state === 'error' ? 'was to be built' : 'was built'
  return `${build.repository} ${was} at ${build.commit?.slice(0, 12) ?? 'no commit'}${subject}`
}

/** Of a patchset the branch whose commit it was put on. */
async function branchUnder(trx: Kysely<Tables>, build: BuildRow): Promise<string | null> {
  if (build.kind === 'push' || build.base === null || build.list_id === null) return null
  const row = await trx
    .selectFrom('application')
    .select('branch')
    .where('list_id', '=', build.list_id)
    .where('digest', '=', build.digest ?? '')
    .where('base', '=', build.base)
    .executeTakeFirst()
  return row?.branch ?? null
}
