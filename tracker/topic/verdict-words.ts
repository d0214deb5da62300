// The words for what verdict.ts keeps as codes: the one place where a verdict becomes English.
import { methods } from './methods.ts'
import type { CheckResult, How, Note, NoteCode } from './verdict.ts'

/** One clause: "DKIM of example.org", "only From: it is not signed". */
export const howWords = (how: How): string =>
  onlyFrom(how) ? `only From: ${reasonWords(how)}` : reasonWords(how)

const onlyFrom = ({ code }: How): boolean => code === 'unsigned' || code === 'unclear' || code === 'uncounted'

/** The same for a place that has said "only From" already. */
export const reasonWords = (how: How): string => sentence(how).slice(0, sentenceCharactersMax)

/** A seal may name twenty domains. */
const sentenceCharactersMax = 400

function sentence(how: How): string {
  switch (how.code) {
    case 'pending':
      return 'not checked yet'
    case 'imported':
      return 'imported'
    case 'unsigned':
      return 'it is not signed'
    case 'token':
      return 'confirmed by token'
    case 'noted':
      return `by token ${how.token}`
    case 'brought':
      return `imported from ${how.from}`
    case 'astray':
      return 'it is signed for other recipients, and not for this list'
    case 'signed':
      return how.check.method === 'patatt' ? `patatt ${signerWords(how.check)}` : checkName(how.check)
    case 'first':
      return `${checkName(how.check)}, first seen`
    case 'sealed':
      return `${checkName(how.check)}, which ${noteWords(how.check.note)}`
    case 'uncounted': {
      const { result, note } = how.check
      return `${checkName(how.check)} ${resultWords[result]}${note ? `, ${noteWords(note)}` : ''}`
    }
    case 'uncovered':
      return `no signature covers its ${how.field}`
    case 'unclear':
      return noteWords(how.note)
    default:
      return how satisfies never
  }
}

const checkName = (check: CheckResult): string => `${methods[check.method].of} ${signerWords(check)}`

const resultWords: Record<CheckResult['result'], string> = {
  pass: 'holds',
  fail: 'does not hold',
  unknown: 'is unknown',
  unused: 'does not count',
}

export function signerWords({ signer, method, note }: CheckResult): string {
  if (signer !== null) return signer
  return note?.code === 'threw' ? 'something broken' : methods[method].nameless
}

/** A clause; empty without a note. */
export function noteWords(note: Note | undefined): string {
  if (note === undefined) return ''
  const words = notes[note.code]
  return typeof words === 'string' ? words : words(note.of ?? '')
}

const notes: Record<NoteCode, string | ((of: string) => string)> = {
  'header-damaged': 'the header is damaged or too long',
  'field-doubled': field => `the header has more than one ${field[0]?.toUpperCase()}${field.slice(1)}`,
  'from-several': 'From names several addresses',
  'from-none': 'From names no address',
  'from-rewritten-unclear': 'it is unclear who wrote it before From was rewritten',
  'author-unclear': 'it is unclear who wrote it',
  said: words => words,
  threw: words => words,
  'too-many': most => `more than ${most} signatures, none is tried`,
  'dns-silent': 'DNS did not answer',
  'body-part': 'it covers a part of the body only (l=)',
  'test-key': 'its key is marked as a test',
  'subject-uncovered': 'it does not cover the Subject',
  'key-unknown': 'the key is not in the keyring',
  'key-of-another': address => `its key is not one of ${address}`,
  'text-outside': 'text stands outside of what is signed',
  'text-below': 'text stands below what is signed (l=)',
  'body-changed': 'the body is not the one that was signed',
  'header-changed': 'the header is not the one that was signed',
  'header-uncovered': 'From and Subject are not signed',
  'signature-large': 'the signature is too large',
  'signature-wrong': 'the signature does not hold',
  'algorithm-unknown': name => `the algorithm "${name}" is unknown`,
  'time-missing': 'it does not say when it was signed (t=)',
  'results-uncovered': 'its DKIM does not cover what it says',
  'results-several': 'it is there more than once',
  'sealer-untrusted': 'not in trusted_servers',
  'chain-long': 'the chain is too long',
  'chain-broken': 'the chain does not hold',
  'chain-of-another': 'its message signature is by another domain',
  'dkim-unseen': 'it saw no DKIM pass',
  'dkim-seen': domains => `saw DKIM of ${domains}`,
  'address-other': address => `it is not of ${address}`,
  'address-unnamed': address => `it does not name ${address}`,
  'domain-other': 'From is of another domain',
  'from-rewritten': 'a list rewrote From',
  undated: 'no signed field says when it was sent',
  late: days => `it was signed ${days} days before it arrived`,
  early: 'it was signed in the future',
  replayed: 'this signature came with another mail before',
  information: 'for information',
}
