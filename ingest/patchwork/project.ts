// The project at its server, and the newest version of the API that both sides speak.
import { objects } from './objects.ts'
import { pagesOf } from './pages.ts'
import type { PatchworkServer } from './server.ts'

export interface Project {
  readonly id: number
  readonly link: string
  /** The path that all of the API is below. */
  readonly api: string
}

/** By its link name. Throws when the server has none of that name. */
export async function findProject(server: PatchworkServer, name: string): Promise<Project> {
  for (const version of versions) {
    const api = `api/${version}/`
    const answer = await server.json(`${api}projects/${encodeURIComponent(name)}/`)
    const found = objects.project.safeParse(answer?.value)
    if (found.success) return { id: found.data.id, link: found.data.link_name, api }
  }
  const names: string[] = []
  for (const version of versions) {
    for await (const { items } of pagesOf(server, `api/${version}/projects/`, {}))
      for (const item of items) {
        const { data } = objects.project.safeParse(item)
        if (data?.link_name === name) return { id: data.id, link: name, api: `api/${version}/` }
        if (data && /^[\w.+-]{1,100}$/.test(data.link_name)) names.push(data.link_name)
      }
    if (names.length > 0) break
  }
  throw new Error(
    names.length === 0
      ? `${server.name} has no API of patchwork; allowed: the address of a patchwork of version 2.0 or newer`
      : `${server.name} has no project ${JSON.stringify(name)}; there are: ${names.slice(0, 50).join(', ')}`,
  )
}

const versions = ['1.3', '1.2', '1.1', '1.0'] as const
