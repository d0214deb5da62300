import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until it is so; throws after 40 seconds. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 40_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('It did not come true within 40 seconds')
    await sleep(20)
  }
}
