// npm run bench: what Threadwork's work costs. Without options an import of invented mails; `--mails N` of another
// number, `--mbox PATH` of real ones. `--pages` measures pages of such an archive, `--arrivals` single mails into
// threads of several sizes, `--smtp` live mail over 50 connections, `--beside` requests to us and to public-inbox in turns.
import { parseArgs } from 'node:util'
import { benchArrivals } from './arrivals.ts'
import { benchBeside } from './beside.ts'
import { benchImport } from './import.ts'
import { benchPages } from './pages.ts'
import { benchSmtp } from './smtp.ts'

const { values: options } = parseArgs({
  options: {
    mbox: { type: 'string' },
    mails: { type: 'string' },
    pages: { type: 'boolean' },
    arrivals: { type: 'boolean' },
    smtp: { type: 'boolean' },
    beside: { type: 'boolean' },
  },
})

const mails = (usual: number) => Number(options.mails ?? usual)

async function bench(): Promise<string[]> {
  if (options.pages) return benchPages({ mbox: options.mbox, mails: mails(5_000) })
  if (options.arrivals) return benchArrivals()
  if (options.beside) return benchBeside({ mbox: options.mbox, mails: mails(2_000) })
  if (options.smtp) return benchSmtp({ mails: mails(10_000) })
  return benchImport({ mbox: options.mbox, mails: mails(20_000) })
}

for (const line of await bench()) process.stdout.write(`${line}\n`)
