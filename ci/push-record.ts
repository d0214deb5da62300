// What both hooks write down of a push, as ci/push.ts reads it.
import { limits } from '../base/limits.ts'

/**
 * A function of POSIX shell, `record_push`, for a hook that has the repository in `$directory` and what git told it of the refs in
 * `$pushed`. A value with a line end in it is left out, so that none can look like two.
 */
export const pushRecord = `newline='
'

field() {
  case $2 in '' | *"$newline"*) ;; *) printf '%s %s\\n' "$1" "$2" ;; esac
}

record_push() {
  printf 'threadwork-push 1\\n'
  field repository "$directory"
  field user "$GL_USER"
  field certificate "$GIT_PUSH_CERT"
  field nonce "$GIT_PUSH_CERT_NONCE"
  field nonce-status "$GIT_PUSH_CERT_NONCE_STATUS"
  printf '\\n'
  printf '%s\\n' "$pushed" | head -n ${limits.pushUpdatesMax}
  printf 'end\\n'
}`
