// A sentence that ours wrote into a row, or a runner sent: why a build waits, was refused, ended so.
import { withoutAddresses } from './address.ts'
import { visible } from './text.ts'

/** With its full stop, and without anybody's address. */
export const sentence = (text: string): string =>
  `${visible(withoutAddresses(text.slice(0, charactersMax))).replace(/\.$/, '')}.`

const charactersMax = 500
