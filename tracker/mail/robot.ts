// Mails of robots, told by sender and form. None of them marks itself reliably (Auto-Submitted stands on one in
// six), so the table names them; a robot is never answered.
import type { Header } from '../decode/mail.ts'
import type { Person, SubjectFact } from './facts.ts'

interface Seen {
  readonly sender: Person
  readonly subject: SubjectFact
  readonly id: string
  readonly headers: readonly Header[]
  readonly answers: boolean
}

/** The robot's class by the sorter table, or null for a person's mail. */
export function robotOf(seen: Seen): string | null {
  return rules.find(([, rule]) => rule(seen))?.[0] ?? null
}

/** The first that fits names the class. Sender addresses are claims; the facts these mails state are marked so. */
const rules: readonly (readonly [string, (s: Seen) => boolean])[] = [
  ['vacation', s => /^auto-replied/i.test(header(s, 'auto-submitted'))],
  ['bounce', s => /^(?:mailer-daemon|postmaster)@/.test(s.sender.address) || isDeliveryReport(s)],
  ['syzbot-reply', s => isSyzbot(s) && (s.answers || /^syzbot\+ci/.test(s.sender.address))],
  ['syzbot-report', s => isSyzbot(s)],
  ['patchwork-bot', s => /^patchwork-bot\+/.test(s.sender.address)],
  ['pr-tracker-bot', s => /^pr-tracker-bot@/.test(s.sender.address)],
  ['tip-bot2', s => /^tip-bot2?@/.test(s.sender.address)],
  ['bpf-ci', s => /^bot\+bpf-ci@/.test(s.sender.address)],
  ['b4-ty', s => /\.b4-ty@/.test(s.id)],
  ['kernel-test-robot', s => isTestRobot(s)],
  ['lkft', s => /^lkft@/.test(s.sender.address)],
  ['bugzilla-new', s => /^new$/i.test(header(s, 'x-bugzilla-type'))],
  ['bugzilla-changed', s => /^changed$/i.test(header(s, 'x-bugzilla-type'))],
  ['bugzilla-admin', s => header(s, 'x-bugzilla-type') !== '' || /^bugzilla-daemon@/.test(s.sender.address)],
]

const isSyzbot = (s: Seen) => /^syzbot\+[0-9a-z]{10,60}@/.test(s.sender.address)

/** The robot signs with its own name or with the people who run it. */
function isTestRobot(s: Seen): boolean {
  return (
    /^kernel test robot$/i.test(s.sender.name) ||
    /^(?:lkp|oliver\.sang|rong\.a\.chen|yujie\.liu)@intel\.com$/.test(s.sender.address)
  )
}

const isDeliveryReport = (s: Seen) => /^multipart\/report\b/i.test(header(s, 'content-type'))

const header = (s: Seen, name: string) => s.headers.find(h => h.name === name)?.value.trim() ?? ''
