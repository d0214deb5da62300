// What a company's mail gateway writes above or below the text of mails from outside: "CAUTION: This email originated from
// outside of the organization. Do not click links ..." Nobody says it, least of all the sender.

/** The lines that are such a banner; empty for nearly every mail. */
export function bannerLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>()
  for (const block of blocksOf(lines))
    for (let at = block.from; at < bannerEnd(lines, block); at++) found.add(at)
  return found
}

interface Block {
  readonly from: number
  readonly end: number
}

/** The first and the last stretches without a blank line; a banner is near the end that it was put at. */
function blocksOf(lines: readonly string[]): Block[] {
  const isBlank = (at: number) => (lines[at] ?? '').trim() === ''
  const blocks: Block[] = []
  const top = Math.min(lines.length, nearLinesMax)
  for (let at = 0; at < top && blocks.length < 3; at++) {
    if (isBlank(at)) continue
    const from = at
    while (at < top && !isBlank(at)) at++
    blocks.push({ from, end: at })
  }
  const bottom = Math.max(top, lines.length - nearLinesMax)
  const below: Block[] = []
  for (let at = lines.length; at > bottom && below.length < 2; at--) {
    if (isBlank(at - 1)) continue
    const end = at
    while (at > bottom && !isBlank(at - 1)) at--
    below.unshift({ from: at, end })
  }
  return [...blocks, ...below]
}

const nearLinesMax = 40

/** The line behind the banner that a block begins with; its first line when it begins with none. */
function bannerEnd(lines: readonly string[], { from, end }: Block): number {
  let at = from
  let text = ''
  while (at < Math.min(end, from + linesMax)) {
    const line = lines[at] ?? ''
    if (isOver(text) && !isRule(line) && !advice.test(line)) break
    text = `${text} ${bare(line)}`.trim()
    if (text.length > 0 && !isRule(line) && !opens(text)) return from
    at++
  }
  return warning.test(text) ? at : from
}

const linesMax = 10
/** Without the marks of a table or of Markdown. */
const bare = (line: string) => line.replace(/[*_[\]|<>]/g, ' ').trim()
const opens = (text: string) => opening.test(text.replace(/^(?:[-=~#!\s]|⚠|\ufe0f){1,200}/u, ''))
const isRule = (line: string) => /^[\s*_=~#|+-]{3,200}$/.test(line)
const isOver = (text: string) => /[.!]\s?$/.test(text) && warning.test(text)

/** How such a banner begins. */
const opening =
  /^(?:(?:caution|warning|attention|notice|important|alert|security notice|external|ext|external (?:e-?mail|sender|message)|vorsicht|achtung|hinweis|warnung|extern\w{0,2}|atenci[oó]n|aten[cç][aã]o|avertissement|prudence|attenzione|let op|advarsel|varning|uwaga|注意|外部)\b|(?:外部|注意)|this (?:e-?mail|message) (?:has )?(?:originated|came|comes|was sent|is) from|(?:e-?mail|message) (?:received )?from outside|diese (?:e-?mail|nachricht)|ce (?:message|courriel|mail)|cet e-?mail)/iu

/** What it says: the mail is from outside. */
const warning =
  /\b(?:outside (?:of )?(?:[\w&.'-]{1,30} ){0,3}(?:organi[sz]ation|company|network|domain|institution|university|agency|enterprise|firm|group|inc|ltd|corp\w{0,8})\b|(?:originat|sent|came|comes|received)\w{0,4} from outside|external (?:e-?mail|sender|source|message|address|party)|from (?:an )?external|not from (?:within|inside)|extern\w{0,2} (?:e-?mail|absender|mail|nachricht|afzender)|au(?:ß|ss)erhalb|ext[eé]rieur|externe?s?\b|externo|esterno|esterna|buiten|udefra|utanför|zewn[aą]trz|do not click)|组织外部|外部邮件|社外|組織外/iu

/** Lines that go on with it. */
const advice =
  /\b(?:click|links?|attachments?|recogni[sz]e|sender|safe|unless|verify|suspicious|phishing|trusted|report|anh[aä]ng\w{0,3}|anlagen|absender|vertrau\w{0,6}|pi[eè]ces? jointes?|liens?|exp[eé]diteur|enlaces|adjuntos|remitente|bijlagen|afzender)\b|链接|附件|添付/iu
