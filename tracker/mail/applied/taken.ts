// Notices that are the whole sentence: "Taken, thanks." in English, and what "applied" is in the languages of the field. Each of
// these words says many other things in a longer sentence ("point taken", "the lock is taken"), so nothing may stand around
// them but thanks, the patches, and where they went.

/** Is this sentence nothing but such a notice? One word alone may answer a question, and is none. */
export const isTaken = (sentence: string): boolean => saysTaken(sentence) && !isOneWord.test(sentence)

/** The same, one word counting. */
export const saysTaken = (sentence: string): boolean =>
  sentence.length < charactersMax &&
  mayBe.test(sentence) &&
  (english.test(sentence) || elsewhere.test(sentence))

const isOneWord = /^\s{0,4}[a-z]{4,10}[\s.!]{0,4}$/i

/** Words by which a reader finds mails that may hold one. */
export const takenWords =
  'accepted|landed|angew[ae]n|übernommen|eingespielt|gepusht|gemergt|appliqu|pouss|fusion|intégr|aplicad|integrad|mesclad|applicat|integrat|toegepast|doorgevoerd|gemerged|tillämpad|anvendt|zastosowan|zaaplikowan|przyjęt|aplikován|alkalmazva|uygulandı|birleştirildi|примен|принят|залил|влил|смержил|適用|マージ|取り込み|已应用|已合并|已合入|已推送|已套用|已合併|적용|병합|반영'

const charactersMax = 160
const mayBe = new RegExp(`${takenWords}|taken|took|installed|checked in|staged`, 'i')

const thanks =
  '(?:many )?(?:thanks?(?: you)?|thx|cheers|danke(?: dir)?|vielen dank|merci(?: beaucoup)?|(?:muchas )?gracias|obrigad[oa]|grazie(?: mille)?|bedankt|dank je|tack|tak|takk|kiitos|dzięki|dziękuję|děkuji|díky|köszönöm|köszi|teşekkürler|спасибо|ありがとうございま(?:す|した)|谢谢|謝謝|감사합니다)(?: (?:a lot|very much|again|all|for (?:the|this|your) [\\w ]{2,30}|\\p{Lu}\\p{L}{1,20}))?'
const gap = '[\\s,.!:;，。！、–—-]{1,4}'
const patches =
  '(?:(?:the |this |these |your |my )?(?:whole |entire |full )?(?:patch(?:es|set)?|series|set|lot|pull request|pr|fix(?:es)?|changes?|commits?)(?: \\d{1,3}(?:[-, and]{1,5}\\d{1,3}){0,8})?|this(?: one)?|these|both|all(?: of (?:it|them|these))?|everything|\\d{1,3}(?:\\/\\d{1,3})?(?:(?:-|, | and )\\d{1,3}(?:\\/\\d{1,3})?){0,8})'
const where =
  '(?: (?:now|already|too|as well))?(?: (?:for|via|through|in|into|to) (?:my |the |our )?[\\w.+/:-]{2,40}(?: (?:tree|branch|queue))?)?(?: now)?'

const english = new RegExp(
  `^\\s{0,4}(?:(?:${thanks}|hi|hello|great|ok|okay|good|nice|perfect|lgtm|done|reviewed|acked|and|also|now)${gap}){0,4}(?:(?:${patches} )?(?:(?:is|are|was|were|has been|have been|been|now) ){0,2}(?:i |we |i've |we've |i have |we have )?(?:just |now )?(?:taken|accepted|installed|landed|checked in|staged)|(?:i |we )?took(?= ))(?: (?:${patches}|it|them))?${where}(?:${gap}${thanks})?[\\s.!]{0,4}$`,
  'iu',
)

const elsewhere = new RegExp(
  `^\\s{0,4}(?:${thanks}${gap})?(?:(?:ist|sind|est|sont|está|è|jest|je) )?(?:angewendet|angewandt|übernommen|eingespielt|gepusht|gemergt|appliquée?s?|poussée?s?|fusionnée?s?|intégrée?s?|aplicad[oa]s?|integrad[oa]s?|fusionad[oa]s?|mesclad[oa]s?|applicat[oaie]|integrat[oaie]|toegepast|doorgevoerd|gemerged|tillämpad|anvendt|zastosowan[eoay]|zaaplikowan[eoay]|przyjęt[eoay]|aplikován[oay]?|alkalmazva|uygulandı|birleştirildi|применен[оаы]?|применил[аи]?|применено|принято?|залил[аи]?|влил[аи]?|смержил[аи]?|適用しました|適用済みです|マージしました|取り込みました|已应用|已合并|已合入|已推送|已套用|已合併|적용했습니다|적용하였습니다|병합했습니다|반영했습니다)(?: (?:in|nach|auf|dans|sur|en|a|al|em|na|no|su|op|do|w|в|на) [\\w.+/-]{2,40})?(?:\\s?${gap}${thanks})?[\\s.!。！]{0,4}$`,
  'iu',
)
