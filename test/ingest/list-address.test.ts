import { describe, expect, test } from 'vitest'
import { listsAt } from '../../ingest/list-address.ts'

const net = { name: 'net', address: 'net@lists.example.org', subscribed: 'net@tracker.example.net' }
const core = { name: 'core', address: 'core@example.com', subscribed: null }
const fs = { name: 'fs', address: 'fs@lists.example.org', subscribed: null }
const lists = [net, core, fs]
const named = (...addresses: string[]) => listsAt(lists, addresses).map(list => list.name)

describe('the lists at an address', () => {
  test.each([
    ['net@lists.example.org', ['net']],
    ['NET@Lists.Example.org', ['net']],
    ['net@tracker.example.net', ['net']],
    ['net+bug@lists.example.org', ['net']],
    ['bugs+fs@lists.example.org', ['fs']],
    ['net+r-abcdefghij234567@lists.example.org', ['net']],
    ['NET+R-ABCDEFGHIJ234567@lists.example.org', ['net']],
    ['fs+12-done@lists.example.org', ['fs']],
    ['12@example.com', ['core']],
    ['12-done@example.com', ['core']],
  ])('%s', (address, expected) => {
    expect(named(address)).toEqual(expected)
  })

  test.each([
    ['a number at a host of two lists', '12@lists.example.org'],
    ['an extension that means nothing', 'net+unsubscribe@lists.example.org'],
    ['another host', 'net@example.com'],
    ['a name without a host', 'net'],
    ['nothing', ''],
  ])('%s means none', (_, address) => {
    expect(named(address)).toEqual([])
  })

  test('one list by two of its addresses is one', () => {
    expect(named('net@lists.example.org', 'net@tracker.example.net', 'core@example.com')).toEqual([
      'net',
      'core',
    ])
  })
})
