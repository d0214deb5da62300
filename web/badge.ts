// A badge: one word about a branch as a picture, for a README.
import type { BuildState } from '../base/build-state.ts'

const words: Readonly<Partial<Record<BuildState, readonly [word: string, colour: string]>>> = {
  success: ['passing', '#17633a'],
  warning: ['warnings', '#744900'],
  failure: ['failing', '#9c2613'],
  timeout: ['failing', '#9c2613'],
}

/** `label` is any text; null for a branch that nobody built. */
export function badge(label: string, state: BuildState | null): string {
  const [word, colour] = (state === null ? undefined : words[state]) ?? ['unknown', '#4d545d']
  const name = [...label].slice(0, labelCharactersMax).join('')
  const [left, right] = [widthOf(name), widthOf(word)]
  const text = (x: number, value: string) => `<text x="${x}" y="14">${escaped(value)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escaped(name)}: ${word}"><title>${escaped(name)}: ${word}</title><rect width="${left + right}" height="20" rx="3" fill="${colour}"/><path d="M3 0h${left - 3}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#1c1f23"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(left / 2, name)}${text(left + right / 2, word)}</g></svg>\n`
}

const labelCharactersMax = 40
/** Wide enough for any font of that size: a letter takes 7 px. */
const widthOf = (text: string) => 12 + 7 * [...text].length

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')
    .replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
