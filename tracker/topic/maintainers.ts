// A MAINTAINERS file in the form that Linux made and QEMU, U-Boot, Xen, DPDK and others took over: sections of lines
// such as `M: Ada Example <ada@example.org>` and `F: drivers/net/`. It gives people a role for their files.
import { limits } from '../../base/limits.ts'
import type { Person } from '../mail/facts.ts'
import type { RosterEntry } from './rules.ts'

/** The roles on the list with this address: when sections name it (`L:`), only those speak of it. */
export function parseMaintainers(text: string, address: string): RosterEntry[] {
  const sections = sectionsOf(text.split('\n'))
  const ours = sections.filter(section =>
    section.some(({ tag, value }) => tag === 'L' && names(value, address)),
  )
  return (ours.length > 0 ? ours : sections).flatMap(entriesOf).slice(0, limits.maintainersEntriesMax)
}

interface Line {
  readonly tag: string
  readonly value: string
}

/** Lines that belong together; whatever is no `X: value` ends a section, most often the title of the next. */
function sectionsOf(lines: readonly string[]): Line[][] {
  const sections: Line[][] = [[]]
  for (const text of lines) {
    const [, tag, value] = text.slice(0, 500).match(/^([A-Z]):\s{1,20}(\S.*)$/) ?? []
    if (tag !== undefined && value !== undefined) sections.at(-1)?.push({ tag, value: value.trim() })
    else if (sections.at(-1)?.length) sections.push([])
  }
  return sections
}

function entriesOf(section: readonly Line[]): RosterEntry[] {
  const paths = section.flatMap(pathsIn)
  // Without a file a section has no say in any patch.
  if (paths.length === 0) return []
  const everywhere = paths.some(path => path === '*' || path === '*/')
  const except = section.flatMap(({ tag, value }) => (tag === 'X' ? [value] : []))
  return section.flatMap(({ tag, value }) => {
    const person = tag === 'M' || tag === 'R' ? personOf(value) : null
    if (!person) return []
    return [
      {
        person,
        role: tag === 'M' ? ('maintainer' as const) : ('reviewer' as const),
        paths: everywhere ? [] : paths,
        ...(except.length > 0 ? { except } : {}),
      },
    ]
  })
}

/** `N:` is a regular expression of a stranger: only a plain word in it is understood, as Linux' `N: [^a-z]tegra`. */
function pathsIn({ tag, value }: Line): string[] {
  if (tag === 'F') return [value]
  const word = tag === 'N' ? value.replace(/^\[\^a-z\]|\[\^a-z\]$/g, '') : ''
  return /^[\w/-]{2,60}$/.test(word) ? [`*${word}*`] : []
}

function personOf(value: string): Person | null {
  const [, name = '', address = ''] = value.match(/^([^<>]{0,200})<([^<>\s]{1,320}@[^<>\s]{1,255})>/) ?? []
  return address === '' ? null : { name: name.trim().replace(/^"|"$/g, ''), address: address.toLowerCase() }
}

const names = (value: string, address: string) =>
  value
    .toLowerCase()
    .split(/[\s(<>]/)
    .includes(address.toLowerCase())
