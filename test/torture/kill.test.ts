import { expect, test } from 'vitest'
import { torture } from './torture.ts'

test('kill -9 of any process under SMTP load loses no mail that was answered 250 and doubles none', async () => {
  const said: string[] = []
  const figures = await torture({
    kills: 3,
    acknowledgedMin: 300,
    connections: 4,
    say: line => said.push(line),
  })
  expect(said).toHaveLength(3)
  expect(figures).toMatchObject({ lost: [], doubled: [], wrong: [] })
  expect(figures.acknowledged).toBeGreaterThanOrEqual(300)
  expect(figures.inLog).toBe(figures.acknowledged)
}, 240_000)
