// Verdicts for tests that are about what is made of them.
import type { How, Verdict } from '../tracker/topic/verdict.ts'

/** As of a mail that this domain signed. */
export const dkimOf = (signer: string): How => ({
  code: 'signed',
  check: { method: 'DKIM', result: 'pass', signer },
})

/** As of a mail that this list server sealed. */
export const arcOf = (signer: string): How => ({
  code: 'sealed',
  check: { method: 'ARC', result: 'pass', signer, note: { code: 'dkim-seen', of: 'example.org' } },
})

export const onlyFrom: Verdict = { grade: 'C', how: { code: 'unsigned' } }
