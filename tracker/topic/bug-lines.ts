// What lines such as `Bug-Status: confirmed` in the mails of a thread do. Those about patches do nothing here.
import type { PatchTag } from '../mail/facts.ts'
import { valueText } from '../mail/tag/value.ts'
import { isBugType, type Planned } from './bug.ts'
import { duplicatesIn, isNarrowed } from './claims.ts'
import { delegateNamed } from './delegate.ts'
import { namedBy } from './history.ts'
import type { Line, LineHandler, LineOf } from './lines.ts'
import { lostReason } from './lost.ts'
import { resolve } from './reference.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import type { Bug } from './topic.ts'

export const bugLineHandler = (planned: Planned): LineHandler => ({
  obey: (mail, tag) => {
    if (planned.isLost(mail)) planned.change(mail, tag, { reason: lostReason })
    else obey(mail, tag, planned)
  },
  refuse: (mail, tag, refusal) => planned.change(mail, tag, refusal),
  miss: (mail, named, refusal) => planned.lines.tell(mail, planned.roleOf(mail), named, { refusal }),
  sendRefusal: mail => planned.sendRefusal(mail),
})

function obey(mail: SpeakingMail, tag: Line, planned: Planned): void {
  switch (tag.tag) {
    case 'Bug-Status':
      setStatus(mail, tag, planned)
      break
    case 'Type':
      setType(mail, tag, planned)
      break
    case 'Severity':
      plan(mail, tag, { severity: tag.severity }, planned)
      break
    case 'Labels':
      plan(mail, tag, { labels: labelled(planned.bug.labels, tag) }, planned)
      break
    case 'Target':
      plan(mail, tag, { target: tag.target?.slice(0, 60) ?? null }, planned)
      break
    case 'Title':
      setTitle(mail, tag, planned)
      break
    case 'Blocks':
      claimBlocked(mail, tag, planned)
      break
    case 'Delegate':
      setDelegate(mail, tag, planned)
      break
    case 'Undo':
      planned.change(mail, tag, planned.lines.undoing.refusal(mail, tag.mail))
      break
    case 'Link-Revision':
    case 'Unlink-Revision':
      planned.change(mail, tag, { reason: 'it answers no patch' })
      break
    case 'Unclear':
      unclear(mail, tag, planned)
      break
    default:
      tag satisfies LineOf<PatchTag>
  }
}

function setStatus(mail: SpeakingMail, tag: LineOf<'Bug-Status'>, planned: Planned): void {
  const { lines } = planned
  const value = valueText(tag).toLowerCase()
  const role = planned.roleOf(mail)
  if (planned.isRepeated(value)) {
    planned.repeat(mail, tag.status)
    lines.tell(mail, role, namedBy(tag), { refusal: null, effect: false })
  } else
    planned.change(mail, tag, planned.statusRefusal(tag.status, mail), () => {
      planned.setStatus(tag.status, value, mail, role)
      if (isNarrowed(tag)) lines.claims.push(...duplicatesIn(mail.id, [tag]))
    })
}

function setType(mail: SpeakingMail, tag: LineOf<'Type'>, planned: Planned): void {
  const { type } = tag
  planned.change(mail, tag, planned.planRefusal(mail, tag), () => {
    if (isBugType(type)) planned.bug = { ...planned.bug, type }
    planned.decided = isBugType(type) ? 'bug' : type
  })
}

function plan(mail: SpeakingMail, tag: Line, part: Partial<Bug>, planned: Planned): void {
  planned.change(mail, tag, planned.planRefusal(mail, tag), () => {
    planned.bug = { ...planned.bug, ...part }
  })
}

const labelled = (labels: readonly string[], { add, remove }: LineOf<'Labels'>): string[] =>
  [...new Set([...labels, ...add])]
    .filter(label => !remove.includes(label))
    .sort()
    .slice(0, 50)

function setTitle(mail: SpeakingMail, tag: LineOf<'Title'>, planned: Planned): void {
  planned.change(mail, tag, planned.planRefusal(mail, tag), () => {
    planned.title = tag.title.slice(0, 200)
  })
}

function claimBlocked(mail: SpeakingMail, tag: LineOf<'Blocks'>, planned: Planned): void {
  const { lines } = planned
  const found = resolve(tag.ref, mail.said, lines.numbers)
  const refusal = 'reason' in found ? found : planned.planRefusal(mail, tag)
  planned.change(mail, tag, refusal, () => {
    if ('id' in found) lines.claims.push({ mail: mail.id, what: 'blocks', target: found.id })
  })
}

function setDelegate(mail: SpeakingMail, tag: LineOf<'Delegate'>, planned: Planned): void {
  const named = delegateNamed(tag, planned.asker(mail))
  planned.change(mail, tag, 'reason' in named ? named : null, () => {
    if ('delegate' in named) planned.delegate = named.delegate
  })
}

function unclear(mail: SpeakingMail, tag: LineOf<'Unclear'>, planned: Planned): void {
  if (tag.name === 'Bug-Status') planned.change(mail, tag, { reason: `"${tag.written}" is no bug status` })
}
