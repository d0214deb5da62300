// npm run torture: twenty kills under load. Ends with 1 when a mail was lost, doubled or changed.
import { torture } from './torture.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)
const figures = await torture({ kills: 20, acknowledgedMin: 3_000, connections: 8, say })
const { acknowledged, sentAgain, inLog, lost, doubled, wrong, recoveries } = figures
const slowest = Math.max(...recoveries).toFixed(1)
say(`${acknowledged} mails were answered 250, ${sentAgain} attempts were not and were made again`)
say(`${inLog} mails in the log: ${lost.length} lost, ${doubled.length} doubled, ${wrong.length} changed`)
say(`slowest recovery ${slowest} s`)
for (const id of [...lost, ...doubled, ...wrong].slice(0, 20)) say(`  ${id}`)
process.exitCode = lost.length + doubled.length + wrong.length > 0 ? 1 : 0
