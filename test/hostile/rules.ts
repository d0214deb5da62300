// The rules that have cases, one file each.
import type { Rule } from './case.ts'
import { bindsList } from './cases/binds-list.ts'
import { buildLines } from './cases/build-lines.ts'
import { closedRoles } from './cases/closed-roles.ts'
import { historyRule } from './cases/history.ts'
import { judgedText } from './cases/judged-text.ts'
import { listServer } from './cases/list-server.ts'
import { oneArrival } from './cases/one-arrival.ts'
import { patattRule } from './cases/patatt.ts'
import { relaysRule } from './cases/relays.ts'
import { rewrittenRule } from './cases/rewritten.ts'
import { robotsRule } from './cases/robots.ts'
import { sealedRule } from './cases/sealed.ts'
import { selectorRule } from './cases/selectors.ts'
import { signedTextRule } from './cases/signed-text.ts'
import { tonguesRule } from './cases/tongues.ts'
import { verifiedAddress } from './cases/verified-address.ts'

export const rules: readonly Rule[] = [
  oneArrival,
  verifiedAddress,
  signedTextRule,
  closedRoles,
  historyRule,
  judgedText,
  robotsRule,
  relaysRule,
  bindsList,
  listServer,
  patattRule,
  sealedRule,
  rewrittenRule,
  selectorRule,
  tonguesRule,
  buildLines,
]
