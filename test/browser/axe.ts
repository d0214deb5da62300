// What axe finds against WCAG 2.2 A and AA and its own best practice, each with its first place.
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** The page must have been opened without our policy, which forbids every script, axe's too. */
export async function accessFaults(tab: Page): Promise<string[]> {
  await tab.evaluate(`globalThis.axe === undefined && (() => { ${axe.source} })()`)
  const found = await tab.evaluate<{ id: string; target: string }[]>(
    `axe.run({ runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] }).then(result =>
      result.violations.map(({ id, nodes }) => ({ id, target: String(nodes[0]?.target) })))`,
  )
  return found.map(({ id, target }) => `${id} at ${target}`)
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
