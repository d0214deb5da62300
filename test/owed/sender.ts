// The sender as a small process of its own, so that a kill costs only it; it sends until nothing is due.
import { makeLog } from '../../base/log.ts'
import { connect } from '../../sql/connect.ts'
import { makeRelay } from '../../sql/relay.ts'
import { sendDue } from '../../tracker/answer/send.ts'

const [database = '', url = ''] = process.argv.slice(2)
const db = connect(database, { max: 1 })
const relay = makeRelay({ url, user: null, passwordFile: null, ca: null, tls: 'none' })
const log = makeLog('error', false)
const ended = await sendDue({ db, relay, log, perHourMax: 1_000_000, clock: () => new Date() })
relay.close()
await db.destroy()
if (ended !== 'all') throw new Error(`Sending ended as ${ended}`)
