#!/usr/bin/env -S node --max-semi-space-size=16
// Refuses a Node that is too old before anything is imported that such a Node cannot read.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`threadwork: cannot run on Node ${process.versions.node}; allowed: 22.19 or newer`)
  process.exitCode = 1
} else {
  await import('./main.ts')
}
