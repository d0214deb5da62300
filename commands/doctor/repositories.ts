// Whether the repositories of the lists can be read from here.
import type { ListConfig } from '../../base/list-settings.ts'
import { reachRepository, withoutLogin } from '../../base/repository.ts'
import type { Finding } from './finding.ts'

/** Nothing for a list without one. */
export async function repositories(lists: readonly ListConfig[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, repository } of lists) {
    if (repository === null) continue
    const what = `repository of ${name}`
    try {
      findings.push({ well: true, what, found: await reachRepository(repository) })
    } catch (error) {
      const found = `${withoutLogin(repository)}: ${(error as Error).message}`
      const mend = 'correct repository of this list, or let the account that runs Threadwork read it'
      findings.push({ well: false, what, found, mend })
    }
  }
  return findings
}
