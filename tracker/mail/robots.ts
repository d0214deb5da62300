// Robots: how each is known and how its mails are taken. A new one is an entry of `robots`; whoever treats robots asks for
// its traits. None of them marks itself reliably (Auto-Submitted stands on one in six), so the table names them.
import type { PatchState } from '../../base/state-words.ts'
import { headerValue } from '../decode/headers.ts'
import type { Header } from '../decode/mail.ts'
import { isAutomatic, saysAway } from './automatic.ts'

/** What a robot is known by. A sender's address is a claim; the facts that these mails state are marked so. */
export interface Seen {
  readonly sender: { readonly name: string; readonly address: string }
  /** As decoded, with its brackets. */
  readonly subject: string
  readonly id: string
  readonly headers: readonly Header[]
  /** It answers a mail. */
  readonly answers: boolean
  /** What it says, without quotes and footers. */
  readonly lines: readonly string[]
  /** The last lines of its text, whatever they are. */
  readonly end: string
}

export interface Traits {
  /** Who speaks: a person through it, the program, or nobody, as in a vacation answer. */
  readonly behind: 'person' | 'program' | 'nobody'
  /** Are its tags read? Robots that we know quote commands as help; one that a list names may state what it did. */
  readonly tags: boolean
  /** The field that names this person. */
  readonly personIn: string | null
  /** Addresses of well-known installations, which may name him on any list. */
  readonly relays: RegExp | null
  /** The form in which its text says what changed. */
  readonly changes: 'bugzilla' | null
  /** May its mail be a patch or a cover letter? */
  readonly posts: boolean
  /** Its mail reports a bug, by this sign. */
  readonly bugSign: string | null
  /** What a thread is that begins with its mail, when no line says otherwise. */
  readonly begins: 'bug' | 'report' | null
  /**
   * Its answer is a check with this result unless one of a few phrases in it (check.ts) says success: for programs that write a
   * report and no result. Null: the result is looked for in subject, fields, tables and sentences (result.ts).
   */
  readonly check: 'fail' | 'warning' | null
  /** It is one program, and its checks bear the entry's name; else each bears the name that it signs with. */
  readonly named: boolean
  /** Each of its reports has an address of its own, which a `Reported-by:` names. */
  readonly reportAddress: RegExp | null
  /** The states that it may set on a list that has it among its people: it tells what was done. */
  readonly states: readonly PatchState[]
  /** Does what it told in an archive stay, where the list names other people since? It must be known by more than its own words. */
  readonly history: boolean
  /** Was it written for another tracker? Then no line of it is one of ours: it gives and changes nothing. */
  readonly foreign: boolean
  /** May a mail go to it? Two robots that answer each other end only when somebody notices. */
  readonly answered: boolean
}

/** Of a robot that only the people of a list name. */
const usual: Traits = {
  behind: 'program',
  tags: false,
  personIn: null,
  relays: null,
  changes: null,
  posts: false,
  bugSign: null,
  begins: null,
  check: null,
  named: false,
  reportAddress: null,
  states: ['accepted', 'superseded', 'not-applicable'],
  history: true,
  foreign: false,
  answered: false,
}

interface Robot extends Partial<Traits> {
  /** As the export has it. */
  readonly name: string
  readonly is: (mail: Seen) => boolean
}

const header = (mail: Seen, name: string) => headerValue(mail.headers, name)?.trim() ?? ''
const from = (address: RegExp) => (mail: Seen) => address.test(mail.sender.address)
const says = (name: string, value: RegExp) => (mail: Seen) => value.test(header(mail, name))

const has = (name: string) => (mail: Seen) => header(mail, name) !== ''

/** Many programs set no field. */
const isVacation = (mail: Seen) => says('auto-submitted', /^auto-replied/i)(mail) || saysAway(mail.subject)

const syzbot = /^syzbot\+[0-9a-z]{10,60}@/
const isSyzbot = from(syzbot)
const bugzilla = {
  behind: 'person',
  tags: true,
  personIn: 'x-bugzilla-who',
  relays:
    /^(?:bugzilla-daemon@(?:bugzilla\.)?kernel\.org|gcc-bugzilla@gcc\.gnu\.org|sourceware-bugzilla@sourceware\.org|bugzilla-noreply@freebsd\.org)$/,
  history: false,
} as const

/** Lists and gateways drop fields that they do not know; subject and text of these programs are like nobody's. */
const lostFields = (mail: Seen): boolean =>
  header(mail, 'x-bugzilla-type') === '' && /^\[bug \d{1,9}\]\s/i.test(mail.subject)
const hasLine = ({ lines }: Seen, form: RegExp): boolean =>
  lines.slice(0, 60).some(line => form.test(line.slice(0, 200)))
const isNewBug = (mail: Seen): boolean =>
  hasLine(mail, /^\s{0,30}Bug ID: \d/) && hasLine(mail, /^\s{0,30}(?:Product|Summary|Component): \S/)
const isChangedBug = (mail: Seen): boolean =>
  hasLine(mail, /^-{2,10} Comment #\d{1,6} from \S/i) ||
  hasLine(mail, /^\s{0,30}What\s{1,30}\|Removed\s{1,30}\|Added/i)
/** "Change in tarn[main]: title", with fields of its own below the text. */
const writtenByGerrit = (mail: Seen): boolean =>
  /\bGerrit-(?:MessageType|Change-Id|Change-Number|Project): /.test(mail.end)

/** Of the mails that an import makes of what people wrote elsewhere: from which tracker, and what it was there. */
export const originField = 'X-Threadwork-Origin'

/** The first that fits is it. */
const robots = [
  // Before all others: a title or a name of a stranger may look like any of them.
  {
    name: 'moved-posting',
    is: says(originField.toLowerCase(), /^\S{1,20} pull /),
    behind: 'person',
    foreign: true,
    posts: true,
    states: [],
    history: false,
  },
  {
    name: 'moved',
    is: has(originField.toLowerCase()),
    behind: 'person',
    foreign: true,
    begins: 'bug',
    states: [],
    history: false,
  },
  { name: 'vacation', is: isVacation, behind: 'nobody', history: false },
  {
    name: 'bounce',
    is: mail =>
      from(/^(?:mailer-daemon|postmaster)@/)(mail) || says('content-type', /^multipart\/report\b/i)(mail),
    behind: 'nobody',
    history: false,
  },
  {
    name: 'syzbot-reply',
    is: mail => isSyzbot(mail) && (mail.answers || from(/^syzbot\+ci/)(mail)),
    begins: 'report',
    check: 'fail',
    reportAddress: syzbot,
  },
  { name: 'syzbot-report', is: isSyzbot, begins: 'report', reportAddress: syzbot },
  { name: 'patchwork-bot', is: from(/^patchwork-bot\+/) },
  { name: 'pr-tracker-bot', is: from(/^pr-tracker-bot@/) },
  // It repeats the patch that it tells is applied.
  { name: 'tip-bot2', is: from(/^tip-bot2?@/) },
  { name: 'bpf-ci', is: from(/^bot\+bpf-ci@/), check: 'warning' },
  {
    name: 'b4-ty',
    is: mail => /\.b4-ty@/.test(mail.id),
    behind: 'person',
    tags: true,
    posts: true,
    history: false,
  },
  {
    // It signs with its own name or with the people who run it.
    name: 'kernel-test-robot',
    is: mail =>
      /^kernel test robot$/i.test(mail.sender.name) ||
      from(/^(?:lkp|oliver\.sang|rong\.a\.chen|yujie\.liu)@intel\.com$/)(mail),
    begins: 'report',
    check: 'fail',
  },
  { name: 'lkft', is: from(/^lkft@/), begins: 'report' },
  {
    name: 'bugzilla-new',
    is: mail => says('x-bugzilla-type', /^new$/i)(mail) || (lostFields(mail) && isNewBug(mail)),
    bugSign: 'Bugzilla',
    ...bugzilla,
  },
  {
    name: 'bugzilla-changed',
    is: mail => says('x-bugzilla-type', /^changed$/i)(mail) || (lostFields(mail) && isChangedBug(mail)),
    begins: 'bug',
    changes: 'bugzilla',
    ...bugzilla,
    history: true,
  },
  {
    name: 'bugzilla-admin',
    is: mail => header(mail, 'x-bugzilla-type') !== '' || from(/^bugzilla-daemon@/)(mail),
    ...bugzilla,
  },
  {
    name: 'gerrit',
    is: mail => has('x-gerrit-messagetype')(mail) || writtenByGerrit(mail),
    begins: 'report',
    named: false,
  },
  {
    name: 'coverity',
    is: mail =>
      from(/^scan-admin@coverity\.com$/)(mail) ||
      /^New Defects reported by Coverity Scan/i.test(mail.subject),
    begins: 'report',
    history: false,
  },
  { name: 'jenkins', is: has('x-jenkins-job'), begins: 'report', named: false },
  // git's own hook and git-multimail, and the mails that forges send of a push, a comment or an issue.
  {
    name: 'forge',
    is: mail =>
      mail.headers.some(({ name }) =>
        /^x-(?:git-(?:refname|reftype|repo)|github-|gitlab-|gitea-|forgejo-)/.test(name),
      ),
    begins: 'report',
    named: false,
  },
  // No table knows all programs; this one says itself that it is one. Its mail may still be a patch.
  { name: 'automatic', is: isAutomatic, posts: true, tags: true, history: false, named: false },
] as const satisfies readonly Robot[]

export type RobotName = (typeof robots)[number]['name']

export const robotNames: readonly RobotName[] = robots.map(({ name }) => name)

/** Null for a person's mail. */
export const robotOf = (mail: Seen): RobotName | null => robots.find(({ is }) => is(mail))?.name ?? null

const traits = new Map<string, Traits>(
  robots.map(({ name, is, ...own }) => [name, { ...usual, named: true, ...own }]),
)

/** Null: a robot that only the people of a list name. */
export const traitsOf = (robot: RobotName | null): Traits => traits.get(robot ?? '') ?? usual

/** The address of the person behind its mail, as the bridge names it. */
export function personBehind(robot: RobotName, headers: readonly Header[]): string | null {
  const { personIn } = traitsOf(robot)
  const who = personIn === null ? '' : (headerValue(headers, personIn)?.trim().toLowerCase() ?? '')
  return /^[^@\s<>]{1,100}@[^@\s<>]{1,100}$/.test(who) ? who : null
}

/** The address in lower case when it is that of one report of a robot. */
export function reportAddress(address: string): string | null {
  const lower = address.toLowerCase()
  return [...traits.values()].some(own => own.reportAddress?.test(lower)) ? lower : null
}

/** Robots that people command with lines of their own: in their threads these are their business and only shown here. */
export const commanded = {
  syzbot: {
    /** Found in To, Cc or From. */
    address: /\bsyzbot\+|\bsyzkaller-bugs@/i,
    /** It knows its bug also by the address in a `Reported-by:`, quoted or not. */
    line: /\bsyzbot\+[0-9a-f]{20}@/,
  },
  regzbot: { address: /\bregressions@|\bregzbot@/i, line: null },
} as const satisfies Record<string, { readonly address: RegExp; readonly line: RegExp | null }>
export type Commanded = keyof typeof commanded
