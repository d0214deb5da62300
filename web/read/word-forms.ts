// All that English makes of one word: who looks for `leak` means `leaks` and `leaking`, too. Xapian, under public-inbox,
// keeps every word a second time for that, by its stem; here the query asks for each form, so that an import pays nothing.
import { keepRecent } from '../../base/recent.ts'
import { stemOf } from '../../tracker/project/word-stem.ts'

/** The words with the stem of this one, and itself. */
export function wordForms(word: string): ReadonlySet<string> {
  const stem = stemOf(word)
  const all = recent.get(stem) ?? formsOf(stem)
  recent.keep(stem, all, formBytes * all.size)
  return all.has(word) ? all : new Set([word, ...all])
}

/** A word costs up to half a millisecond, and the next page of hits asks for the same. */
const recent = keepRecent<ReadonlySet<string>>(1024 * 1024)
const formBytes = 60

function formsOf(stem: string): ReadonlySet<string> {
  const forms = new Set<string>()
  for (const [root, endings] of rootsOf(stem)) {
    const last = root.slice(-1)
    // Where a stem ends and an ending begins no word has the same vowel twice.
    for (const ending of endings)
      if ((last !== 'e' && last !== 'i') || !ending.startsWith(last))
        if (stemOf(root + ending) === stem) forms.add(root + ending)
  }
  return forms
}

/** What endings stand behind: `configur`; `us` for use and using; `stud` for study; `capab` for capability; `stopp`. */
function* rootsOf(stem: string): Generator<[string, readonly string[]]> {
  yield [stem, endings]
  if (/[eil]$/.test(stem)) yield [stem.slice(0, -1), endings]
  if (/[^aeiouy]$/.test(stem)) yield [stem + stem.slice(-1), endingsOfDoubled]
}

/** All that a vocabulary of 80,000 words from lists of patches had more than once. */
const endings = [
  ...[
    '',
    's',
    'e',
    'es',
    'ed',
    'eds',
    'ing',
    'ings',
    'er',
    'ers',
    'ered',
    'ering',
    'ly',
    'ely',
    'edly',
    'ingly',
  ],
  ...['y', 'ys', 'ying', 'ies', 'ied', 'ility', 'ilities', 'd', 'l', 'ls', 'ness', 'ful', 'fully', 'fulness'],
  ...['al', 'als', 'ally', 'ality', 'alities', 'alize', 'alizes', 'alized', 'alizing', 'alizer', 'alization'],
  ...['ate', 'ates', 'ated', 'ating', 'ation', 'ations', 'ational', 'ative', 'atives', 'atively', 'ately'],
  ...['ator', 'ators', 'or', 'ors', 'ic', 'ics', 'ical', 'ically', 'icate', 'icated', 'ication', 'ications'],
  ...['able', 'ables', 'ably', 'ability', 'abilities', 'eable', 'ible', 'ibly', 'ibility', 'ibilities'],
  ...['ent', 'ents', 'ented', 'enting', 'ently', 'ence', 'ences', 'ency', 'encies'],
  ...[
    'ant',
    'ants',
    'antly',
    'ance',
    'ances',
    'ancy',
    'ancies',
    'ment',
    'ments',
    'mented',
    'ement',
    'ements',
  ],
  ...['ion', 'ions', 'ional', 'ionally', 'ioned', 'ioning', 'ive', 'ives', 'ively', 'ivity', 'eness'],
  ...['ize', 'izes', 'ized', 'izing', 'izer', 'izers', 'ization', 'izations', 'ity', 'ities', 'ism', 'isms'],
  ...['ous', 'ously', 'ousness', 'eous', 'eously', 'eer', 'eers', 'eering'],
]
const endingsOfDoubled = ['ed', 'ing', 'ings', 'er', 'ers', 'ation', 'ations']
