// `Recheck-request: iol-testing, github-robot`, DPDK's way to ask its labs for another run. `rebase=main` among the names
// asks for another base: the base of a run is found anew anyway.
import { type OwnLine, otherWords, type Reading } from './reading.ts'
import { valuesOf } from './value.ts'

export function recheckLine(lines: readonly OwnLine[], index: number): Reading | null {
  const line = lines[index]?.line.trimEnd() ?? ''
  const [, value] = line.slice(0, 600).match(/^Recheck-request:[ \t]{0,10}(\S.{0,500})$/i) ?? []
  if (value === undefined) return null
  const names = value.split(',').flatMap(word => word.trim().match(/^(?!rebase=)\S.*$/) ?? [])
  const [tag] = valuesOf('CI', ['retest', names.join(', ')].join(' ').trim()) ?? []
  return tag ? { tags: [{ ...tag, ...otherWords('Recheck-request', line) }], lines: 1 } : null
}
