import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sandboxes } from '../../commands/doctor/sandboxes.ts'
import { Machine } from './rig.ts'

test('doctor says of each sandbox whether it works, and what it would need', async () => {
  const machine = await Machine.open('none')
  onTestFinished(() => machine.remove())
  const { directory } = machine
  const rooms = join(directory, 'doctor')
  const silent = { policy: null, spool: null, runners: 1, launcher: null, keepDays: 90, root: null, rooms }
  expect(await sandboxes({ ...silent, sandbox: null }, directory)).toEqual([])
  const nothing = { ...silent, sandbox: 'nspawn', root: join(directory, 'no-root') } as const
  expect(await sandboxes(nothing, directory)).toEqual([
    { well: true, what: 'sandbox gvisor', found: '[ci] says sandbox = "nspawn"' },
    { well: true, what: 'sandbox nspawn', found: expect.stringContaining('there is no /bin/sh in') },
    { well: true, what: 'sandbox bwrap', found: '[ci] says sandbox = "nspawn"' },
    { well: false, what: 'sandboxes', found: 'none works, so no build runs here', mend: expect.any(String) },
    { well: true, what: 'limits of builds', found: expect.any(String) },
  ])
  const open = await sandboxes({ ...silent, sandbox: 'none' }, directory)
  expect(open.find(({ what }) => what === 'sandbox none')).toMatchObject({
    well: true,
    found: expect.stringMatching(/^works, starts in \d+ ms$/),
  })
})
