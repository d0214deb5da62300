// Mails that say of themselves that a program wrote them: by RFC 3834's field, by the name or address they come from, or
// in their first or last words. Only a plain word counts: people speak of automatic tests, too.
import type { Header } from '../decode/mail.ts'

/** What is looked at. */
interface Said {
  readonly sender: { readonly name: string; readonly address: string }
  /** As decoded, with its brackets. */
  readonly subject: string
  readonly headers: readonly Header[]
  readonly answers: boolean
  readonly lines: readonly string[]
}

export function isAutomatic({ headers, sender, subject, answers, lines }: Said): boolean {
  if (headers.some(({ name, value }) => name === 'auto-submitted' && /^\s*auto-/i.test(value))) return true
  if (!answers) return false
  if (programAddress.test(sender.address) || programName.test(sender.name)) return true
  if (resultSubject.test(subject.slice(0, 200)) || saysAway(subject)) return true
  return (
    outerLines(lines).some(saysAutomatic) &&
    !lines.slice(0, 8).some(line => forwarded.test(line.slice(0, 200)))
  )
}

/** A title that a mail server writes for who is away, in the language of its user. */
export const saysAway = (subject: string): boolean => awaySubject.test(subject.slice(0, 100))
const awaySubject =
  /^\s{0,3}(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|abwesenheitsnotiz|automatische antwort|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|risposta automatica|fuori sede|resposta automática|automatisch antwoord|afwezig|autosvar|automatiskt? svar|automaattinen vastaus|poissaoloviesti|odpowiedź automatyczna|autoodpowiedź|automatická odpověď|automatikus válasz|otomatik yanıt|автоматический ответ|автоответ|自動応答|自動返信|自动回复|自動回覆|자동 회신)\s?[:：]/iu

/** The first and the last few that are not blank. */
function outerLines(lines: readonly string[]): string[] {
  const first: string[] = []
  const last: string[] = []
  for (let at = 0; at < lines.length && first.length < outerMax; at++) addSaid(first, lines[at])
  for (let at = lines.length - 1; at >= 0 && last.length < outerMax; at--) addSaid(last, lines[at])
  return [...first, ...last]
}

const outerMax = 4
const addSaid = (to: string[], line = '') => {
  const start = line.slice(0, 200)
  if (/\S/.test(start)) to.push(start)
}

const programAddress =
  /^(?:[^@]{0,60}[._+-])?(?:(?:ro)?bot|ci|jenkins|buildbot|no-?reply|donotreply|builder|autobuild(?:er)?|autotest|zuul|gerrit|patchwork|patchew|patchtest)(?:[._+-][^@]{0,60})?@/
const programName = /\b(?:ro)?bot\b|\bjenkins\b|\bbuildbot\b|\bCI$|^patch(?:work|ew|test)$/i
/** "✗ CI.build: failure for x", "|SUCCESS| pw123 x": a result as the title. Who answers such a mail writes a reply word. */
const resultSubject =
  /^(?:[✓✔✅✗✘❌⚠]\ufe0f?\s?[\w.-]{2,60}: |\|[A-Z]{4,8}\|\s?(?:pw)?\d|[\w.-]{2,60}: (?:success|failure|warning|pending) for )/u

/** "The human sending this has read the review": then it is that person's word. */
const forwarded =
  /\b(?:human|person) (?:who |that )?(?:is )?send(?:s|ing)\b|\bi (?:have )?(?:read|checked|verified) (?:it|this|the review)\b/i

const saysAutomatic = (line: string): boolean =>
  mayTell.test(line) && (english.some(one => one.test(line)) || elsewhere.test(line))

/** Nearly no line holds one of these, and is not looked at further. */
const mayTell =
  /auto|otomatik|genera|\bbot\b|robot|monitored|unread|not (?:be )?(?:read|reply|respond|answer)|\bno (?:human|person)|by a (?:human|person)|(?:mail|message|report|review|reply|answer|notification|notice) (?:is|was|has|comes)|géné|envoy|gerad|wygener|автомат|自動|自动|자동/i

const mail = '(?:e-?mail|mail|message|reply|answer|report|review|notification|notice|response|comment)'
const program =
  '(?:script|program|tool|machine|software|system|service|server|bot|robot|ci|pipeline|farm|ai|llm|language model|cron ?job)'

const english: readonly RegExp[] = [
  /\bthis (?:is|was) an? (?:automated|automatic(?:ally generated)?|auto-?generated|computer[ -]generated|machine[ -]generated|robot)\b/i,
  /\bthis is (?:automated|automatic)\b/i,
  new RegExp(`\\b(?:automatically|auto|computer|machine)[ -]generated (?:${mail}|by)\\b`, 'i'),
  new RegExp(`^\\W{0,8}(?:an? )?automat(?:ed|ic) (?:[a-z]{1,12} )?${mail}\\b`, 'i'),
  new RegExp(
    `\\b(?:this|the above|the following) (?:[a-z]{1,12} )?${mail} (?:is|was|has been|comes) (?:automatically )?(?:generated|produced|created|written|made|done|sent|posted)(?: automatically| (?:automatically )?(?:by|from) (?:an? |the |our )?(?:[\\w-]{1,20} ){0,3}${program}\\b)`,
    'i',
  ),
  /\b(?:sent|generated|posted) (?:automatically )?by (?:an? |the |our )?(?:[\w-]{1,20} ){0,2}(?:ci|bot|robot)\b/i,
  /\b(?:please )?do not (?:reply|respond|answer) to this\b/i,
  /\bunmonitored (?:mailbox|address|account|inbox)\b|\b(?:mailbox|address|account|inbox) (?:is|which is) not (?:monitored|read)\b/i,
  /\b(?:repl(?:y|ies)|answers?) (?:to (?:it|this (?:mail|message|address)) )?(?:is|are|will) not (?:be )?(?:read|monitored)\b/i,
  /\bno (?:human|person|human being) (?:wrote|has written|has seen|was involved|sent)\b|\bnot (?:written|sent) by a (?:human|person)\b/i,
  /\bi(?:'m| am) an? (?:automated |friendly )?(?:ro)?bot\b/i,
]

/** The same in the languages of the field. */
const elsewhere =
  /\bautomatisch (?:erzeugt|generiert|erstellt|versandt|versendet|gesendet|verzonden|gegenereerd|aangemaakt)|\bautomatische (?:nachricht|e-?mail|mitteilung)|\bautomatiskt? (?:genere|skapa|send|skicka|melding|meddelande|besked)|g[ée]n[ée]r[ée]e? automatiquement|envoy[ée]e? automatiquement|\b(?:message|courriel) automatique|generad[oa] autom[áa]ticamente|enviad[oa] autom[áa]ticamente|\b(?:mensaje|correo|mensagem) autom[áa]tic[oa]|gerad[oa] automaticamente|(?:generat[oa]|inviat[oa]) automaticamente|\bmessaggio automatico|wygenerowan[aeoy] automatycznie|automatycznie wygenerowan|automaticky (?:vygenerov|odesl)|automaattisesti|automatikusan|otomatik olarak|автоматически|自動(?:的に)?(?:送信|生成|配信)|自动(?:发送|生成|回复)|자동(?:으로)? ?(?:발송|생성)/iu
