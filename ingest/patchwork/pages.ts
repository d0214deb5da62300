// The pages of a list that patchwork hands out. Their numbers are counted here and nothing that the server names is followed; one
// that has pages without an end, or the same page again and again, is noticed by what they bring.
import { limits } from '../../base/limits.ts'
import type { PatchworkServer } from './server.ts'

export interface ListPage {
  readonly page: number
  readonly items: readonly unknown[]
}

/** `query` without a page; from page `from` on. Nothing where there is no such list. */
export async function* pagesOf(
  server: PatchworkServer,
  path: string,
  query: Readonly<Record<string, string>>,
  from = 1,
): AsyncGenerator<ListPage> {
  const seen = new Set<unknown>()
  for (let page = from; page < limits.patchworkPagesMax; page++) {
    const words = new URLSearchParams({ ...query, per_page: String(perPage), page: String(page) })
    words.sort()
    const answer = await server.json(`${path}?${words}`)
    // Behind the last page, as when patches were taken away meanwhile.
    if (answer === null) return
    if (!Array.isArray(answer.value))
      throw new Error(`${server.host} answers ${path} with something else than a list; is it a patchwork?`)
    const before = seen.size
    for (const item of answer.value) seen.add((item as { id?: unknown } | null)?.id)
    if (answer.value.length > 0 && seen.size === before)
      throw new Error(`${server.host} hands out the same page of ${path} again and again`)
    yield { page, items: answer.value.slice(0, pageItemsMax) }
    if (!answer.more || answer.value.length === 0) return
  }
  throw new Error(`${server.host} has more than ${limits.patchworkPagesMax} pages of ${path}`)
}

/** As many as patchwork gives at most. */
const perPage = 250
/** A page that holds more is none of patchwork's. */
const pageItemsMax = 1_000
