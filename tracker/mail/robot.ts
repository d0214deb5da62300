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

const rules: readonly (readonly [string, (s: Seen) => boolean])[] = [
  [
    'vacation',
    s =>
      /^auto-(?:replied|generated)/i.test(header(s, 'auto-submitted')) &&
      /^auto-replied/i.test(header(s, 'auto-submitted')),
  ],
  [
    'bounce',
    s =>
      /^(?:mailer-daemon|postmaster)@/.test(s.sender.address) ||
      /multipart\/report/i.test(header(s, 'content-type')),
  ],
  ['syzbot-ci', s => /^syzbot\+ci/.test(s.sender.address)],
  ['syzbot-reply', s => /^syzbot\+/.test(s.sender.address) && s.answers],
  ['syzbot-report', s => /^syzbot\+/.test(s.sender.address)],
  ['patchwork-bot', s => /^patchwork-bot\+/.test(s.sender.address)],
  ['pr-tracker', s => /^pr-tracker-bot@/.test(s.sender.address)],
  ['tip-bot', s => /^tip-bot2?@/.test(s.sender.address)],
  ['b4-ty', s => /\.b4-ty@/.test(s.id)],
  ['lkp', s => /^kernel test robot$/i.test(s.sender.name) || /^lkp@/.test(s.sender.address)],
  ['lkft', s => /^lkft@/.test(s.sender.address)],
  ['bugzilla', s => header(s, 'x-bugzilla-type') !== ''],
]

const header = (s: Seen, name: string) => s.headers.find(h => h.name === name)?.value.trim() ?? ''
