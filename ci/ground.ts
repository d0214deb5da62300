import { join } from 'node:path'
import type { CiConfig } from '../base/config.ts'
import type { Ground } from './tier/tier.ts'

/**
 * Whoever builds by hand wants a sandbox, even where nobody said which. As root the rooms are in memory, and where the
 * accounts of builds may pass through; else in the data directory.
 */
export const groundOf = ({ sandbox, root, rooms }: CiConfig, data: string): Ground => ({
  sandbox: sandbox ?? 'best',
  root,
  rooms: rooms ?? (process.getuid?.() === 0 ? '/run/threadwork-ci' : join(data, 'ci')),
})
