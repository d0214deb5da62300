// Whether the repositories of the lists can be read from here, and have what the lists want of them.

import { GitError, git } from '../../base/git.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import { reachRepository, standingRepository, withoutLogin } from '../../base/repository.ts'
import { followedBranches } from '../../tracker/branch/branches.ts'
import { parseMaintainers } from '../../tracker/topic/maintainers.ts'
import type { Finding } from './finding.ts'

/** Nothing for a list without one. Of an address the mirror below `data` is looked at, as it was fetched last. */
export async function repositories(lists: readonly ListConfig[], data: string): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const list of lists) {
    if (list.repository !== null) findings.push(...(await examine(list, list.repository, data)))
  }
  return findings
}

async function examine(list: ListConfig, repository: string, data: string): Promise<Finding[]> {
  const what = `repository of ${list.name}`
  try {
    const reached: Finding = { well: true, what, found: await reachRepository(repository) }
    const directory = standingRepository(repository, data)
    if (directory === null) return [reached]
    return [reached, ...(await branches(list, directory)), ...(await maintainers(list, directory))]
  } catch (error) {
    const found = `${withoutLogin(repository)}: ${(error as Error).message}`
    const mend = 'correct repository of this list, or let the account that runs Threadwork read it'
    return [{ well: false, what, found, mend }]
  }
}

/** A finding for each pattern that no branch has. */
async function branches({ name, branches: patterns }: ListConfig, directory: string): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const pattern of patterns) {
    if ((await followedBranches(directory, [pattern])).length > 0) continue
    const text = await git(
      directory,
      'for-each-ref',
      '--count=10',
      '--format=%(refname:short)',
      'refs/heads/',
    )
    const there = text.trim().split('\n').join(', ') || 'none'
    const found = `${JSON.stringify(pattern)} matches no branch; there are ${there}`
    findings.push({ well: false, what: `branches of ${name}`, found, mend: 'correct branches of this list' })
  }
  return findings
}

async function maintainers(
  { name, address, maintainers: file }: ListConfig,
  directory: string,
): Promise<Finding[]> {
  if (file === null) return []
  const what = `maintainers of ${name}`
  const mend = 'correct maintainers of this list'
  const text = await newest(directory, file)
  if (text === null)
    return [{ well: false, what, found: `the newest commit has no file ${JSON.stringify(file)}`, mend }]
  const count = parseMaintainers(text, address).length
  if (count > 0) return [{ well: true, what, found: `${count} people of ${JSON.stringify(file)}` }]
  const found = `${JSON.stringify(file)} names nobody for this list`
  return [
    { well: false, what, found, mend: `${mend}, or the file, which has the form of Linux' MAINTAINERS` },
  ]
}

async function newest(directory: string, file: string): Promise<string | null> {
  try {
    return await git(directory, 'cat-file', 'blob', `HEAD:${file}`)
  } catch (error) {
    if (error instanceof GitError) return null
    throw error
  }
}
