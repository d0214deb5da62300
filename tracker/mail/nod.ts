// "Sure.", "Looks good", "Ah, I see, thank you both": words that ask for nothing. Nobody has to answer them.

/** The whole text of a mail or a remark; white space does not matter. */
export function isNod(text: string): boolean {
  const words = text.replace(/\s+/g, ' ').trim().replace(closing, '')
  if (words.length >= charactersMax) return false
  const rest = words.replace(lead, '')
  return rest === '' || nod.test(rest)
}

const charactersMax = 80

/** How letters end in any language's mail program: "Best regards, Ruth", "Sent from my phone". */
const closing =
  /(?:[\s,.!]\s?(?:(?:(?:best|kind|warm|many) )?(?:regards|wishes|greetings)|cheers|best|(?:mit )?(?:viele|beste|freundlichen) grüßen?|vg|mfg|mvh|cordialement|saludos)[,.!]{0,2}(?: \p{Lu}[\p{L}.-]{0,20}){0,3}|(?:^|[\s,.!]\s?)(?:sent from|get outlook for|von meinem) .{1,60})$/iu

/** What leads to a review below it: "Other than that:", "For the whole series:", "Ah, I see,". */
const lead =
  /^(?:(?:other than that|otherwise|apart from (?:that|this|it)|except (?:for )?that|besides that|with (?:that|this|these)(?: (?:change|fix|fixe|comment)s?)?(?: (?:fixed|changed|addressed|done))?|for the (?:(?:whole|entire|full) )?(?:series|patch ?set)|a+h+|oh|hm+|well|i see|got it|understood)[\s,.:;!]{0,3}){1,3}/i

const nod =
  /^(?:(?:this |patch |otherwise |overall |that |it |all |(?:the )?rest )?(?:looks|look|seems|is) (?:good|great|fine|ok|okay|nice|reasonable|right|correct)|lgtm|ack|acked|nice|good|great|ok|okay|fine|thanks|thank you|applied|pushed|merged|queued|agreed?|sure|yes|yep|done|fixed|\+1|will do)\b[^?]{0,30}$/i
