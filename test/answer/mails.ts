import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A mail of fixtures/answer. */
export const answerMail = (name: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../../fixtures/answer', `${name}.eml`))
