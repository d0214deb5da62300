// What the verb of a notice takes. Without an object the patch is meant; "Committed memory grows" and "Pushed the button"
// speak of something else, and there are more such things than anybody can list, so those that are patches are listed.

/** `behind`: what stands behind the verb. `subject`: of the mail; "the page" is what "Add page" adds. */
export function isOtherObject(behind: string, subject: string): boolean {
  const clause = behind.slice(0, 200).split(/[.,;:!?()[\]—–"]|\s--?\s/)[0] ?? ''
  const words = clause.split(/\s+/).filter(Boolean)
  const end = words.findIndex(word => endsObject.test(word))
  const object = end < 0 ? words : words.slice(0, end)
  const last = object.at(-1)
  if (last === undefined || standsAlone.test(object[0] ?? '')) return false
  if (object.some(word => patchWord.test(word)) || standsForPatch.test(last)) return false
  return !(isDefinite.test(object[0] ?? '') && wordsOf(subject).includes(last.toLowerCase()))
}

const wordsOf = (subject: string): readonly string[] => subject.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

const oneOf = (words: string) => new RegExp(`^(?:${words.trim().replace(/\s+/g, '|')})$`, 'i')

/** Prepositions, conjunctions, adverbs and thanks: the object is over, or there is none. */
const endsObject = oneOf(`
  to into onto in on for from with without by as at via through over under behind before after during since until because so
  and but or then than while where which who that's though although however anyway nevertheless except plus minus modulo like
  per using including up out back off down along together ahead now too also already again here there upstream downstream
  today tonight yesterday earlier later ago just only even still \\w+day \\w+ly is are was were has have will should
  & \\+ w/ thank thanks thx tnx ty tyvm ta cheers danke merci gracias tack takk kiitos dank grazie obrigad[oa]
`)

/** What patches are called, whatever else is said of them. */
const patchWord = oneOf(`
  \\S*patch(?:es|sets?|series)? \\S*series set lot commits? fix(?:es|ups?)? changes? hotfix(?:es)? cleanups? updates?
  revisions? rev versions? pull prs? mrs? requests? work parts? bits? pieces? half halves hunks? diffs? rest remainder
  branch(?:es)? trees? queue stack stuff thing
`)

const standsAlone = oneOf('it them everything')

/** A pronoun, a number, a time, or anything with the shape of a branch, a version, a commit or a title in quotes. */
const standsForPatch = oneOf(`
  this that these those it them both all each ones? others? some most any mine yours same following way
  two three four five six seven eight nine ten first second third fourth fifth last
  main master trunk mainline devel next staging testing stable weeks? months? days? years? morning evening night
  \\S*[\\d/_\`'#@-]\\S*
`)

const isDefinite = oneOf('the this these your')
