// Tests that cannot run on a bare machine, each file with its reason. `.ci/run` says BARE=1 there; nowhere else is any test
// left out.
const files: Readonly<Record<string, string>> = {
  'test/ci/sandbox.test.ts':
    'a chroot may make no user namespaces (unshare(2), EPERM), which each sandbox does',
  'test/ci/runner-end.test.ts': 'the same',
  'test/ci/escape/escape.test.ts': 'the same',
}

export function leftOut(): string[] {
  if (process.env.BARE !== '1') return []
  for (const [file, reason] of Object.entries(files)) console.log(`BARE=1 leaves out ${file}: ${reason}`)
  return Object.keys(files)
}
