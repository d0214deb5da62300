// The one stylesheet. Its address carries a hash of its text, so a browser may keep it for ever and still gets the
// next one at once.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('./style.css', import.meta.url), 'utf8')
const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)

export const stylesheet = { text, hash, path: `/style.${hash}.css` } as const
