// npm run compare -- PATH...: reads every mail of these mboxes, files and directories beside mailparser and
// `git mailinfo`, and counts the classes of what is read differently. Ends with 1 when a class is no deliberate one.
// `--show CLASS` prints the Message-IDs of that class.
import { parseArgs } from 'node:util'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { againstMailinfo, deliberate as deliberateForGit } from './mailinfo.ts'
import { againstMailparser, deliberate } from './mailparser.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { show: { type: 'string' } } })
const parser = makeTally('mailparser', deliberate, values.show)
const git = makeTally('git mailinfo', deliberateForGit, values.show)
for await (const raw of corpus(positionals.length > 0 ? positionals : inventedPaths)) {
  const id = messageIdOf(raw).id
  parser.add(id, await againstMailparser(raw))
  const classes = await againstMailinfo(raw)
  if (classes !== null) git.add(id, classes)
}
const unwanted = [parser, git].map(tally => tally.print())
process.exitCode = unwanted.some(count => count > 0) ? 1 : 0

/** Counts mails and classes; `print` gives the number of differences that nobody wants. */
function makeTally(name: string, wanted: { readonly [name: string]: string }, show: string | undefined) {
  const counts = new Map<string, number>()
  let mails = 0
  let equal = 0
  return {
    add(id: string, classes: readonly string[]): void {
      mails++
      if (classes.length === 0) equal++
      for (const one of classes) {
        counts.set(one, (counts.get(one) ?? 0) + 1)
        if (one === show) process.stdout.write(`${id}\n`)
      }
    },
    print(): number {
      process.stdout.write(`${name}: ${equal} of ${mails} mails are read alike\n`)
      for (const [one, count] of [...counts].sort((a, b) => b[1] - a[1]))
        process.stdout.write(`${String(count).padStart(7)}  ${one}: ${wanted[one] ?? 'NOT WANTED'}\n`)
      return [...counts].reduce((sum, [one, count]) => sum + (one in wanted ? 0 : count), 0)
    },
  }
}
