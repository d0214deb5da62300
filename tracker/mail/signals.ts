// What the words of a thread's first mail hint at: a bug, a question, an announcement, or nothing of the project.
// Each is a weak sign; the fold judges them together with who sent the mail and whether anybody answered.
import { limits } from '../../base/limits.ts'
import type { Signals, SubjectFact } from './facts.ts'

/**
 * Reads the subject and the own lines of a mail that answers nothing; a trace may stand in a code fence. `plain`: it has a
 * plain text.
 */
export function signalsOf(
  subject: SubjectFact,
  lines: readonly string[],
  fenced: readonly string[] = [],
  plain = true,
): Signals {
  const question =
    /\?\s*$|^(?:how|what|why|where|question|help|seeking|request|doubts?|call|proposal|idea|rfc)\b/i.test(
      subject.title,
    )
  const own = lines.slice(0, limits.signalLinesMax).map(line => line.slice(0, 400))
  const shown = (question ? [] : fenced).slice(0, limits.signalLinesMax).map(line => line.slice(0, 400))
  const text = own.join('\n')
  const asks = plain && isShortQuestion(subject.title, question, text)
  const bug = [
    ...(subject.tags.some(tag => /^(?:bug|regression|report|problem|crash)/i.test(tag)) ||
    marked.test(subject.title)
      ? ['tag']
      : []),
    ...(problemWord.test(subject.title) ? ['words'] : []),
    ...([...own, ...shown].some(line => trace.test(line)) ? ['trace'] : []),
    ...(phrase.test(text) ? ['phrase'] : []),
  ]
  return {
    bug,
    question,
    proposal:
      proposed.test(subject.title) ||
      subject.rfc ||
      subject.tags.some(tag => /^(?:rf[cd]|discuss\w{0,4}|proposal)$/i.test(tag)),
    ...(asks ? { asks } : {}),
    help: own.some(line => help.test(line)) || help.test(subject.title) || helpSubject.test(subject.title),
    announcement:
      subject.tags.some(tag => /^(?:announce|cfp)/i.test(tag)) ||
      announced.test(subject.title) ||
      (gathering.test(subject.title) && technicalCount(`${subject.text}\n${text}`) > 0),
    technical: technicalCount(`${subject.text}\n${text}`),
    foreign: foreignShare(`${subject.text}\n${text}`),
  }
}

/** Begins with the word, or is the kernel's own headline. */
const marked =
  /^(?:bug|regression|problem(?= ?:)|report(?= ?:)|crash(?= ?:))\b\??|\bkernel BUG at\b|\bKASAN: |general protection fault|\bNULL pointer dereference/i

const problemWord =
  /\b(?:bugs?|issues?|errors?|fail(?:s|ed|ing|ures?)?|broken|breaks?|crash(?:es|ed)?|panic|oops|regress(?:ion|ed)?|typos?|wrong(?:ly)?|incorrect(?:ly)?|inaccura\w{2,6}|missing|mistakes?|warnings?|leaks?|deadlocks?|hangs?|hung|stuck|corrupt\w{0,4}|unable to|cannot|can't|doesn't|does not|do not|don't|not work\w{0,3}|null pointer|dereference|segfault\w{0,3}|segmentation|overflow|out-of-bounds|use-after-free|undefined|unexpected|misleading|outdated|depends on|slow(?:er)?|TFAIL|TBROK|BUG|WARNING|KASAN|UBSAN|RIP|EIP|ENOSPC|UB|oops(?:es)?|hang|freezes?|lock(?:s|ed)? up|lockups?|data loss|loses? data|use after free|double free|out of bounds|assert(?:ion)?s?|abort(?:s|ed)?|races?|high cpu|memory usage|spin(?:s|ning)?)\b/i

const trace =
  /^\s{0,8}(?:\[\s{0,6}\d{1,8}\.\d{3,6}\]|BUG:|WARNING:|INFO: task|Oops|Call Trace|Unable to handle|Kernel panic|RIP: |EIP: |Segmentation fault|Traceback |==\d{1,8}==|ERROR: \w+Sanitizer|(?:thread|panicked at)\b.{0,80}panicked|goroutine \d|\s+at [\w.$]+\(|\S+Error: |\S+Exception: |File "[^"]{1,200}", line \d|#\d{1,3}\s{1,3}0x[0-9a-f]{6,16}|Program received signal|\S{1,80}:\d{1,6}: (?:TFAIL|TBROK|TWARN|error|warning|fatal error|undefined reference)|(?:not ok|FAILED?|ERROR)\b)/i

const phrase =
  /reproduc|should (?:be|not|say|read|have)|shouldn't|expected|instead of|(?:is|are|seems?|looks?) (?:wrong|incorrect|broken|missing|outdated)|without further ado|following (?:issue|typo|error|problem|bug)|\btypos?\b|(?:i|we) (?:found|noticed|noticing|see|saw|hit|get|got|observed?|encountered|ran into)\b|(?:fails?|failed|crash\w{0,2}) (?:with|to|on|in|when|for|due)|steps? to|does ?n[o']t (?:work|exist|match|mention|build|compile|behave)|there is (?:a|an) (?:bug|error|typo|mistake|problem)|\bbug\b.{0,80}\b(?:report|found|in)\b|regression|reported-by:|log:|no longer/i

/** Somebody wants to be helped with his own machine: a question, whatever trace he shows. */
const help =
  /\b(?:how (?:can|do|should|would) i\b|is there (?:a|any|some) (?:way|chance|hope|method)|any (?:help|advice)\b|(?:please|kindly) advi[sc]e|help me\b|(?:correct|right|proper) way to|need (?:some )?(?:help|advice)|should i\b|recover (?:my|the|from|data|files)|troubles? (?:with|removing|mounting))/i
const helpSubject = /^(?:can'?t|cannot|unable to|trouble)/i

/**
 * Who writes to sell or to lure asks, too ("are you interested?"); his letters speak of money, of companies, or of the reader's
 * own person, in any language, and are rarely as short as a question about the project.
 */
function isShortQuestion(title: string, titled: boolean, text: string): boolean {
  const said = text.replace(/\n-- ?\n[\s\S]*$/, '').trim()
  if (said.length > questionCharactersMax || (said.match(/https?:\/\/|www\./gi) ?? []).length > 1)
    return false
  return (titled || /[?？]/.test(said)) && said !== '' && !lure.test(`${title}\n${said}`)
}

const questionCharactersMax = 300

const lure = new RegExp(
  [
    // Money.
    '[$€£¥₹]|\\b\\d[\\d.,]{2,}\\s?(?:usd|eur|gbp|dollars?|euros?)\\b|\\b(?:million|billion|donation|donat\\w+|spende\\w*|donaci|doa[cç]|loans?|kredit\\w*|cr[eé]dit\\w*|préstamo|prêt|funds?|invest\\w*|inherit\\w*|beneficiar\\w*|begünstigt\\w*|lotter\\w*|winner|ganador|prizes?|bitcoin|crypto\\w*|wallets?|atm|bank\\w*|salary|income|profit\\w*)\\b',
    // Trade.
    '\\b(?:offers?|offering|ofert\\w*|angebot\\w*|offres?|offert[ae]|nabíd\\w*|oferuj\\w*|discount\\w*|rabat\\w*|prices?|pricing|preis\\w*|precios?|prix|prezz\\w*|suppl(?:y|ier)\\w*|manufactur\\w*|products?|produ[kc]t\\w*|catalog\\w*|quotation|resell\\w*|cooperat\\w*|cooperaci\\w*|partner\\w*|współprac\\w*|sponsor\\w*|guest post|seo|rank\\w*|backlink\\w*|marketing|advert\\w*|banner|customers?|clients?|kunden|clientes?|klient\\w*|sales|sprzeda\\w*|sell|buy|purchas\\w*|compan(?:y|ies)|business\\w*|firm[aęy]?|empresa\\w*|entreprise\\w*|aziend\\w*|bedrijf|unternehmen|website design|(?:your|our) (?:web ?site|site|firm|team of|services?|experts?))\\b|pa[nń]stw|máte zájem|měli byste|zainteresowan|interested in|interesad[oa]s?\\b|proponować|przedstawić|presentarle|present to you|ihnen vorstell|vous présenter|presentarvi|apresentar-lhe|\\b(?:mercado|market|markt|marché|mercato|rynku|trhu)\\b|casino|viagra|pharmac|invoice|rechnung|factur|parcel|shipment',
    // The reader.
    '\\bmy name is\\b|\\bi am (?:a |an )?(?:mr|mrs|miss|ms|dr|barrister|lawyer|widow|single)\\b|\\bmrs?\\.|\\burgent|\\bcrucial|asunto|\\bget back to me|\\bcontact (?:me|him|her|us)\\b|\\breply (?:to )?me\\b|permission to share|\\bpictures\\b|relationship|dear (?:friend|sir|madam|beneficiary|one)\\b|hello dear|\\bhow are you\\b|\\bhow do you do\\b|whatsapp|telegram|(?:last|previous|earlier) (?:mail|e-?mail|message|letter)\\b|correo electrónico|(?:your|this) e-?mail (?:account|address|active)|e-?mail aktiv|password|verify|confirm your|bonus|\\bdate\\b.{0,20}\\b(?:me|you)\\b',
    'прода|предлага|компани|цен[аы]|скидк|заказ|клиент|发票|發票|优惠|公司|客户|客戶|合作|报价|報價|微信|产品|產品|株式会社|お客様|アカウント|無料|광고|대출|할인',
  ].join('|'),
  'iu',
)

const proposed =
  /^(?:proposal|idea|ideas|thoughts|planning|plans?|roadmap|discuss(?:ion)?|brainstorm\w{0,3}|should|let's|rfc|what to do|meeting|agenda)\b/i

/** Of people, not of a release: it needs a word of the trade or a known sender, since spammers invite, too. */
const gathering =
  /\b(?:call for (?:papers|proposals|participation|talks|sessions)|cfp|conference|summit|workshop|hackathon|meet-?up|devroom|developer days?|office hours|bug squash\w{0,3}|sprint)\b/i

const announced =
  /\b(?:has been released|released\b|is out|now available|\d\.\d{1,4}\S{0,10} (?:is )?available$|available for testing|release candidate|announc(?:e|ing|ement))\b|^\S{2,40}(?: \S{2,20})? release v?\d{1,4}\.\d{1,4}\S{0,10}$|^\S{2,40}(?: \S{2,20})? (?:version )?v?\d{1,4}\.\d{1,4}(?:\.\d{1,5})?(?:[-.~]?(?:rc|alpha|beta|pre)\.?\d{0,3})?(?: released)?$/i

/** Different signs of software: names with underscores, calls, manual pages, files, options, versions, its words. */
function technicalCount(text: string): number {
  const seen = new Set<string>()
  for (const [token] of text.slice(0, 20_000).matchAll(technical)) {
    seen.add(token.toLowerCase())
    if (seen.size >= limits.technicalSignsMax) break
  }
  return seen.size
}
const technical =
  /\b[A-Za-z]\w{0,40}_\w{1,40}\b|\b\w{2,40}\(\w{0,3}\)|\b[\w-]{1,40}\.(?:c|h|cc|cpp|rs|py|sh|go|ts|js|pl|md|rst|txt|conf|ko|so|S|patch|diff|po|\d)\b|(?:^|\s)--?[a-z][\w-]{1,30}\b|\b0x[0-9a-f]{2,16}\b|\b[0-9a-f]{10,40}\b|\bv?\d{1,4}\.\d{1,4}\.\d{1,6}\b|#include|\b(?:patch(?:es|set)?|bugs?|kernel|linux|unix|posix|glibc|gcc|git|commits?|compil\w{1,5}|build|makefile|branch|repo(?:sitory)?|source code|function|struct|syscalls?|system call|driver|librar(?:y|ies)|module|man[ -]?pages?|manpage|manual page|documentation|API|ABI|macro|pointer|buffer|thread|mutex|malloc|stdin|stdout|ELF|btrfs|ext[234]|xfs|zfs|nfs|raid ?\d?|file ?systems?|snapshots?|subvol\w{0,6}|SSDs?|solid state|dmesg|syslog|sysfs|procfs|kasan|netfilter|iptables|io_uring|x86|arm64|aarch64|riscv|debian|ubuntu|fedora|maintainers?|upstream|release[sd]?|mailing list|bugzilla|test ?suite|testcase)\b/gi

/** Share of letters beyond ASCII, 0 to 1. */
function foreignShare(text: string): number {
  const letters = text.slice(0, 5_000).match(/\p{L}/gu) ?? []
  if (letters.length === 0) return 0
  return letters.filter(letter => letter > '\u007f').length / letters.length
}
