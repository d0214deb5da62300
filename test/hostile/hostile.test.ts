// Every case of every rule: what a hostile mail may not do, tried in both orders of arrival and after a rebuild.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { rules } from './rules.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig.close())

describe.each(rules.map(one => [one.rule, one.cases] as const))('%s', (rule, cases) => {
  it.each(cases.map(one => [one.name, one] as const))('%s', async (name, one) => {
    const place = `${rules.findIndex(other => other.rule === rule)}-${cases.indexOf(one)}`
    expect(await rig.run(one, place), name).toEqual([])
  })
})
