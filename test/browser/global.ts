// Runs once for all files: the one server and the one browser that they share.
import type { TestProject } from 'vitest/node'
import { openSite } from './site.ts'

declare module 'vitest' {
  interface ProvidedContext {
    site: {
      readonly url: string
      readonly database: string
      readonly browser: string
      /** One address for each kind of page, by name. */
      readonly pages: readonly (readonly [string, string])[]
    }
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const { url, database, pages, chromium, close } = await openSite({ more: true })
  project.provide('site', { url, database, browser: chromium.wsEndpoint(), pages: [...pages] })
  return close
}
