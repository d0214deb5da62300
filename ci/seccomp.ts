// A filter of system calls for bubblewrap, which has none of its own: what an account without privileges may call, no build
// needs, and does not end at a namespace. The keys of the runner's session are read by keyctl, whatever the sandbox hides.

/** The kernel's numbers of architectures (linux/audit.h), and of calls that are not there for a build on each. */
const withheld: readonly { arch: number; calls: readonly number[] }[] = [
  // add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, syslog, io_uring_setup, _enter and _register
  { arch: 0xc000003e, calls: [248, 249, 250, 321, 298, 323, 103, 425, 426, 427] }, // x86_64
  { arch: 0x40000003, calls: [286, 287, 288, 357, 336, 374, 103, 425, 426, 427] }, // i386, which x86_64 runs, too
  { arch: 0xc00000b7, calls: [217, 218, 219, 280, 241, 282, 116, 425, 426, 427] }, // aarch64
  { arch: 0x40000028, calls: [309, 310, 311, 386, 364, 388, 103, 425, 426, 427] }, // arm, which aarch64 runs, too
]
/** On x86_64 the same calls once more, as x32. */
const x32 = 0x40000000

/** Classic BPF (linux/seccomp.h). Where nothing is known of an architecture every call is refused, so bwrap does not start. */
export function seccompFilter(): Buffer {
  const blocks = withheld.flatMap(({ arch, calls }) => block(arch, calls))
  return Buffer.concat([load(architecture), ...blocks, refuse])
}

function block(arch: number, calls: readonly number[]): Buffer[] {
  const checks = [
    load(callNumber),
    ...(arch === 0xc000003e ? [unless(atLeast, x32, 1), refuse] : []),
    ...calls.flatMap(call => [unless(equal, call, 1), refuse]),
    allow,
  ]
  return [unless(equal, arch, checks.length), ...checks]
}

/** Offsets in struct seccomp_data. */
const callNumber = 0
const architecture = 4

/** A struct sock_filter: code, jump if true, jump if false, operand. */
function instruction(code: number, ifFalse: number, operand: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(ifFalse, 3)
  bytes.writeUInt32LE(operand, 4)
  return bytes
}

const equal = 0x15
const atLeast = 0x35
const load = (offset: number): Buffer => instruction(0x20, 0, offset)
/** Goes on behind the next `skip` instructions where it does not hold. */
const unless = (test: number, operand: number, skip: number): Buffer => instruction(test, skip, operand)
const allow = instruction(0x06, 0, 0x7fff0000)
/** As if the kernel had no such call (ENOSYS), for which programs have another way. */
const refuse = instruction(0x06, 0, 0x00050000 | 38)
