// A process of its own that calls webhooks, for tests that kill it.
import { makeLog } from '../../base/log.ts'
import { connect } from '../../sql/connect.ts'
import { callSome } from '../../tracker/answer/webhooks.ts'

const log = makeLog('error', false)
const db = connect(process.argv[2] ?? '', { max: 2 })
await callSome({ db, log, url: null, allowed: ['127.0.0.0/8'] })
await db.destroy()
