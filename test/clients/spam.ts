// The mails that our archive keeps out of its search, from its own page of them.
import { paths } from '../../web/paths.ts'
import type { Sides } from './side-by-side.ts'

export async function spamOf({
  ours,
  list,
  mails,
}: Pick<Sides, 'ours' | 'list' | 'mails'>): Promise<ReadonlySet<string>> {
  const known = new Map([...mails.keys()].map(id => [paths.mail(list, id), id]))
  const spam = new Set<string>()
  for (let next: string | undefined = paths.topics(list, 'spam'); next !== undefined; ) {
    const page = await (await fetch(`${ours}${next}`)).text()
    for (const [, path = ''] of page.matchAll(/href="([^"]+)"/g)) {
      const id = known.get(path.replaceAll('&amp;', '&'))
      if (id !== undefined) spam.add(id)
    }
    next = /href="([^"]+)" rel="next"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
  }
  return spam
}
