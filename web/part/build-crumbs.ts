// Where a page of builds is: below its list, else below the queue.
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'

interface Crumb {
  readonly text: string
  readonly path?: string
}

/** The last of `more` is the page itself. */
export const buildCrumbs = (list: ListRow | undefined, ...more: readonly Crumb[]): Crumb[] => [
  ...(list
    ? [
        { text: list.name, path: paths.list(list.name) },
        { text: 'Builds', path: paths.builds(list.name) },
      ]
    : [{ text: 'Builds', path: paths.queue() }]),
  ...more,
]
