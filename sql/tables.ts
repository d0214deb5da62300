// Row types, one for each table of sql/migrations, in their order and with their columns. Values come as `pg` gives them: bigint
// is a string. What a row is and why stands with the tables.
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { BuildState } from '../base/build-state.ts'
import type { ClusterId, IndexKey, Seq } from '../base/ids.ts'
import type { ListConfig } from '../base/list-settings.ts'
import type { MailFacts } from '../tracker/mail/facts.ts'
import type { CommitFacts } from '../tracker/topic/commit.ts'
import type { Landing } from '../tracker/topic/landing.ts'
import type { Sketch } from '../tracker/topic/likeness.ts'
import type { Mailmap } from '../tracker/topic/mailmap.ts'
import type { ItemData, ItemKind } from '../tracker/topic/patchwork-items.ts'
import type { Roster } from '../tracker/topic/rules.ts'
import type { TopicSummary } from '../tracker/topic/summary.ts'
import type { Check, Statement, Topic, Turn } from '../tracker/topic/topic.ts'
import type { How, VerdictData } from '../tracker/topic/verdict.ts'

/** Where a mail came from, kept beside its bytes. */
export interface Envelope {
  /** smtp, import, deliver ... */
  readonly road: string
  /** MAIL FROM; empty for the null sender, absent on roads without one. */
  readonly from?: string
  readonly to?: readonly string[]
  /** When a live mail reached us, ISO 8601: the newest Received of all. Absent for imports. */
  readonly trace?: string
  /** Of an import: the mail is no history of the list, and its sender is judged as that of a live one. */
  readonly later?: true
  /** What the mbox says above a mail without a Date, ISO 8601. */
  readonly posted?: string
  /** The address of the SMTP client that handed it over, and the name it gave itself. */
  readonly client?: string
  readonly helo?: string
}

/** A mail of a patchset that is built, and the SHA-256 of the text that was taken, in hex. */
export interface BuiltMail {
  readonly id: string
  readonly hash: string
}

/** What happened. */
export type EventName =
  | 'bug'
  | 'bug-status'
  | 'patch-state'
  | 'cover'
  | 'patch'
  | 'patch-complete'
  | 'series'
  | 'series-complete'
  | 'comment'
  | 'check'
  | 'delegate'

/** What a check said. */
export type EventData = Pick<Check, 'context' | 'state' | 'description' | 'url'>

export interface Tables {
  // 0001_log.sql
  list: {
    id: GeneratedAlways<number>
    name: string
    settings: JSONColumnType<ListConfig, string>
    mailmap: JSONColumnType<Mailmap, string | undefined>
    mailmap_hash: GeneratedAlways<string>
    maintainers: JSONColumnType<Roster, string | undefined>
    /** Grows when the dressing under which mails are read changes. */
    dressing_version: Generated<number>
    /** Digest of the settings that they are read under. */
    read_under: string | null
    history_until: Date | null
    version: Generated<string>
  }
  raw: { hash: Buffer; bytes: Buffer; encoding: 'plain' | 'zstd' | 'purged'; size: number }
  mail: {
    list_id: number
    seq: GeneratedAlways<Seq>
    message_id: string
    message_key: IndexKey
    raw_hash: Buffer
    envelope: JSONColumnType<Envelope>
    known_at: Generated<Date>
    hidden: Generated<boolean>
    /** Threadwork wrote it, and it was not on the list. */
    note: Generated<boolean>
  }
  /** `late`: it has facts already. */
  unsorted: { list_id: number; seq: Seq; late: Generated<boolean> }
  import_progress: { list_id: number | null; source: string; position: string }
  tombstone: {
    id: GeneratedAlways<string>
    list_id: number | null
    message_id: string
    message_key: IndexKey
    raw_hash: Buffer | null
    kind: 'hidden' | 'purged'
    who: string
    reason: Generated<string>
    at: Generated<Date>
    lifted_at: Date | null
    lifted_by: string | null
    lifted_reason: string | null
  }
  // 0002_people.sql
  roster: {
    id: GeneratedAlways<string>
    list_id: number
    since: Generated<Date>
    people: JSONColumnType<Roster, string>
    file: 'unread' | 'read' | null
    hash: GeneratedAlways<string>
  }
  verdict: {
    list_id: number
    seq: Seq
    grade: 'A' | 'B' | 'C' | 'I'
    how: JSONColumnType<How>
    identity: string | null
    data: JSONColumnType<VerdictData, string | undefined>
    made_at: Generated<Date>
  }
  judged: { list_id: number; target_key: IndexKey; mail_key: IndexKey; raw_hash: Buffer }
  verdict_due: {
    list_id: number
    seq: Seq
    tries: Generated<number>
    next_at: Generated<Date>
    arrived_at: Generated<Date>
  }
  signature_use: { signature: Buffer; used_with: Buffer; at: Generated<Date> }
  token_mail: {
    token_hash: Buffer
    list_id: number
    seq: Seq
    address: string
    headed: boolean
    made_at: Generated<Date>
    expires_at: Date
    used_at: Date | null
    answered_by: string | null
  }
  held: {
    list_id: number
    seq: Seq
    message_key: IndexKey
    person: string
    since: Generated<Date>
    released_at: Date | null
    released_by: string | null
  }
  let_in: { list_id: number; person: string }
  release_line: { list_id: number; seq: Seq; message_key: IndexKey; obeyed: boolean | null }
  // 0003_projection.sql
  cluster: {
    id: GeneratedAlways<ClusterId>
    list_id: number
    mails: Generated<number>
    dirty: Generated<boolean>
    /** Its mails are the same: it waits behind others. */
    late: Generated<boolean>
    folded: Generated<number>
  }
  fact: {
    list_id: number
    seq: Seq
    message_key: IndexKey
    cluster: ClusterId
    version: number
    /** `list.dressing_version` when it was read. */
    dressing_version: Generated<number>
    said: Date
    data: JSONColumnType<MailFacts>
  }
  cluster_key: { list_id: number; key: IndexKey; cluster: ClusterId }
  sketch: { list_id: number; seq: Seq; said: Date; data: JSONColumnType<Sketch> }
  revision_hint: { list_id: number; key: IndexKey; said: Date; seq: Seq }
  topic: {
    list_id: number
    id: string
    id_key: IndexKey
    cluster: ClusterId
    kind: Topic['kind']
    title: string
    author: string
    state: string | null
    open: boolean
    turn: Turn | null
    mails: number
    said: Date
    last_said: Date
    /** All of the topic but its mails. */
    data: JSONColumnType<Omit<Topic, 'mails'>>
    /** Its mails (topic-row.ts). */
    mail_data: Buffer
    /** What lists show of it. */
    summary: JSONColumnType<TopicSummary>
    digest: string
    version: Generated<string>
  }
  topic_mail: {
    list_id: number
    message_key: IndexKey
    topic_key: IndexKey
    cluster: ClusterId
    shown: Buffer | null
  }
  statement: {
    list_id: number
    topic_key: IndexKey
    target_key: IndexKey
    mail_key: IndexKey
    what: Statement['what']
    data: JSONColumnType<Statement>
    digest: string
    unconfirmed: boolean
    said: string
  }
  established: { list_id: number; person: string }
  stranger: { list_id: number; person: string; cluster: ClusterId }
  robot_line: { list_id: number; effect: boolean; address: string; cluster: ClusterId }
  mail_mark: { list_id: number; mark: string; person: string; seq: Seq }
  mark_count: { list_id: number; mark: string; people: number; mails: number; learnt: Generated<boolean> }
  search: { list_id: number; seq: Seq; message_key: IndexKey; said: Date; words: string; beside: Buffer }
  // 0004_git.sql
  repository: { list_id: number; read_at: Date; problem: string | null }
  branch: {
    list_id: number
    name: string
    place: number
    head: string | null
    since: Date | null
    version: number
  }
  git_commit: {
    list_id: number
    id: string
    at: Date
    data: JSONColumnType<CommitFacts>
    release: string | null
    tags: string | null
  }
  branch_commit: { list_id: number; branch: string; commit: string }
  commit_key: { list_id: number; key: string; commit: string }
  landing: {
    list_id: number
    message_key: IndexKey
    commit: string
    branch: string
    release: string | null
    at: Date
    how: Landing['how']
    reverted_by: string | null
    data: JSONColumnType<Landing>
  }
  // 0005_outbox.sql
  instance: {
    one: Generated<boolean>
    secret: string
    address: Generated<string>
    quiet_until: Date | null
    signing_key: string | null
  }
  outbox: {
    id: GeneratedAlways<string>
    key: IndexKey
    hash: string
    message_id: string
    kind: string
    list_id: number | null
    thread: IndexKey | null
    recipient: string
    bytes: Buffer | null
    state: Generated<'owed' | 'sent' | 'kept' | 'dead' | 'bounced'>
    attempts: Generated<number>
    made_at: Generated<Date>
    next_at: Date
    give_up_at: Date
    ended_at: Date | null
    reply: string | null
    return_host: string | null
    told: Generated<boolean>
  }
  unsubscribed: { list_id: number; address: string; at: Generated<Date> }
  bug_number: {
    list_id: number
    number: number
    message_id: string
    message_key: IndexKey
    given_at: Generated<Date>
  }
  event: {
    id: GeneratedAlways<string>
    list_id: number
    topic_key: IndexKey
    topic_id: string
    at: Generated<Date>
    mail: string
    on_mails: JSONColumnType<readonly string[]>
    what: EventName
    was: string | null
    became: string
    notified_at: Date | null
    data: JSONColumnType<EventData> | null
    hooked_at: Date | null
  }
  error_due: { list_id: number; message_key: IndexKey; due_at: Date }
  event_due: { list_id: number; seq: Seq }
  statement_due: { list_id: number; topic_key: IndexKey; target_key: IndexKey; pending: boolean }
  topic_before: { list_id: number; topic_key: IndexKey; data: JSONColumnType<Topic> | null }
  // 0006_build.sql
  token: {
    id: GeneratedAlways<number>
    name: string
    hash: string
    scopes: string[]
    list_id: number | null
    made_at: Generated<Date>
    expires_at: Date | null
    revoked_at: Date | null
    used_at: Date | null
    address: string | null
  }
  runner: {
    id: GeneratedAlways<number>
    token_id: number
    local: boolean
    health: JSONColumnType<object, string | undefined>
    seen_at: Date | null
  }
  build: {
    number: GeneratedAlways<string>
    key: IndexKey
    kind: 'push' | 'patchset' | 'nightly'
    repository: string
    list_id: number | null
    ref: string
    commit: string | null
    base: string | null
    topic_key: IndexKey | null
    topic_id: string | null
    version: number | null
    mails: JSONColumnType<readonly BuiltMail[], string | undefined>
    digest: string | null
    submitter: string
    state: BuildState
    why: string | null
    evidence: JSONColumnType<object, string | undefined>
    terms: JSONColumnType<object, string | undefined>
    result: JSONColumnType<object> | null
    made_at: Generated<Date>
    queued_at: Date | null
    started_at: Date | null
    ended_at: Date | null
    cancel_at: Date | null
    superseded_by: string | null
  }
  build_attempt: {
    build: string
    number: number
    runner_id: number
    fence: GeneratedAlways<string>
    lease_until: Date
    started_at: Generated<Date>
    ended_at: Date | null
    how: 'done' | 'lost' | 'returned' | null
    result: JSONColumnType<object> | null
    why: string | null
  }
  application: {
    id: GeneratedAlways<string>
    list_id: number
    topic_key: IndexKey
    version: number
    digest: string
    repository: string
    branch: string | null
    base: string
    found_by: string
    outcome: 'applied' | 'already' | 'conflict' | 'unknown-base' | 'ambiguous' | 'error'
    commit: string | null
    file: string | null
    said: string | null
    at: Generated<Date>
  }
  // 0007_inbox.sql
  inbox: { list_id: number; reached: Seq }
  inbox_change: {
    list_id: number
    place: Seq
    seq: Seq
    kind: 'hidden' | 'shown' | 'purged'
    at: Generated<Date>
  }
  inbox_epoch: { list_id: number; epoch: number; since: Seq }
  // 0009_events.sql
  webhook_call: {
    id: GeneratedAlways<string>
    event_id: string
    list_id: number
    url: string
    state: Generated<'owed' | 'sent' | 'dead'>
    attempts: Generated<number>
    made_at: Generated<Date>
    next_at: Generated<Date>
    ended_at: Date | null
    reply: string | null
  }
  // 0010_patchwork.sql
  api_person: { id: GeneratedAlways<number>; person: string }
  api_item: {
    kind: ItemKind
    id: string
    list_id: number
    topic_key: IndexKey
    parent: string | null
    message_key: IndexKey
    message_id: string
    said: Date
    known_at: Date
    name: string
    person: number
    state: string | null
    delegate: number | null
    archived: Generated<boolean>
    hash: string | null
    checked: string | null
    data: JSONColumnType<ItemData>
    digest: string
  }
  // 0011_submission.sql
  submission_challenge: {
    word_hash: Buffer
    identity: string
    selector: string
    algorithm: 'ed25519' | 'openpgp'
    key: string
    network: string
    made_at: Generated<Date>
    expires_at: Date
    used_at: Date | null
  }
  submission_key: {
    id: GeneratedAlways<number>
    identity: string
    selector: string
    algorithm: 'ed25519' | 'openpgp'
    key: string
    verified_at: Generated<Date>
    used_at: Date | null
    revoked_at: Date | null
  }
  submission: {
    list_id: number
    message_key: IndexKey
    message_id: string
    identity: string
    selector: string
    text_hash: string
    at: Generated<Date>
  }
  // 0018_pushed_series.sql
  pushed_series: {
    list_id: number
    repository: string
    branch: string
    identity: string
    topic: string
    version: number
    head: string
    message_id: string
    at: Generated<Date>
  }
  // 0020_signed_notes.sql
  to_sign: { list_id: number; kind: 'verdict' | 'number' | 'note' | 'purge'; place: Seq }
  signed_note: { list_id: number; number: number; bytes: Buffer; version: Generated<number> }
}
