// The two hooks that make a push to refs/for/BRANCH a series on the list: git tells only pre-receive who signed a push and which
// options came with it, and only proc-receive may say what became of a ref that is not written. They ask the server through
// the spool and wait for its answer, which the pusher reads on his terminal. A few lines of POSIX shell, as in ci/hook.ts.
import { randomBytes } from 'node:crypto'
import { GitError, git } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { hooksOf, type Installed, mark, placeHook, quoted } from './hook.ts'
import { pushRecord } from './push-record.ts'

/** Throws an Error for whoever asked for it. Answers the pre-receive hook, behind which one that was there is called. */
export async function installSeriesHooks(repository: string, spool: string): Promise<Installed> {
  const hooks = await hooksOf(repository)
  placeHook(hooks, 'proc-receive', procReceive(spool), { alone: true })
  const installed = placeHook(hooks, 'pre-receive', preReceive)
  if (!(await valuesOf(repository, 'receive.procReceiveRefs')).includes('refs/for'))
    await git(repository, 'config', '--local', '--add', 'receive.procReceiveRefs', 'refs/for')
  await git(repository, 'config', '--local', 'receive.advertisePushOptions', 'true')
  if ((await valuesOf(repository, 'receive.certNonceSeed')).length === 0)
    await git(repository, 'config', '--local', 'receive.certNonceSeed', randomBytes(24).toString('hex'))
  return installed
}

async function valuesOf(repository: string, key: string): Promise<string[]> {
  try {
    return (await git(repository, 'config', '--local', '--get-all', key)).trim().split('\n')
  } catch (error) {
    if (error instanceof GitError) return []
    throw error
  }
}

/** Both are started by one receive-pack, by whose number proc-receive finds what this one keeps for it. */
const preReceive = `#!/bin/sh
# ${mark}, which writes it anew.
# Keeps what git says of a push to refs/for/ for the proc-receive hook, which is not told it.
stash=\${GIT_DIR:-.}/threadwork-series.$PPID
rm -f "$stash"
pushed=$(cat)
directory=$(cd "\${GIT_DIR:-.}" && pwd -P)
${pushRecord}

record() {
  printf 'threadwork-series 1\\n'
  number=0
  while [ "$number" -lt "\${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    [ "$number" -lt ${limits.pushOptionsMax} ] || { printf 'broken\\n'; break; }
    eval "value=\\$GIT_PUSH_OPTION_$number"
    case $value in *"$newline"*) printf 'broken\\n' ;; *) printf 'option %s\\n' "$value" ;; esac
    number=$((number + 1))
  done
  record_push
}

case $pushed in *' refs/for/'*) record >"$stash" ;; esac
if [ -x "$0.chained" ]; then
  printf '%s\\n' "$pushed" | "$0.chained" "$@" || { code=$?; rm -f "$stash"; exit "$code"; }
fi
exit 0
`

/** Speaks the protocol of githooks(5), proc-receive, in which a line is a packet. */
const procReceive = (spool: string): string => `#!/bin/sh
# ${mark}, which writes it anew.
# Asks the server what becomes of a push to refs/for/, and writes no ref.
spool=${quoted(spool)}
LC_ALL=C
export LC_ALL
stash=\${GIT_DIR:-.}/threadwork-series.$PPID
request=
trap 'rm -f "$stash"; [ -z "$request" ] || rm -f "$request"' EXIT
trap 'exit 1' HUP INT TERM

packet() {
  length=$(dd bs=1 count=4 2>/dev/null)
  case $length in [0-9a-f][0-9a-f][0-9a-f][0-9a-f]) ;; *) exit 1 ;; esac
  [ "$length" != 0000 ] || return 1
  line=$(dd bs=1 count=$((0x$length - 4)) 2>/dev/null | tr -d '\\000')
}

send() {
  printf '%04x%s\\n' $((\${#1} + 5)) "$1"
}

ask() {
  verdict='ng Threadwork: the server does not answer; nothing is lost when you push again'
  if [ "$count" != 1 ]; then
    verdict='ng Threadwork: one branch of refs/for/ at a time'
    return
  fi
  own=0
  for each in "$spool"/series.*; do
    if [ -O "$each" ] && [ ! -h "$each" ]; then own=$((own + 1)); fi
  done
  [ "$own" -lt ${limits.seriesRequestsMax} ] || return
  new=$(mktemp "$spool/new.XXXXXXXXXX") || return
  request=$new
  name=\${new##*.}
  { cat "$stash" >"$new" && rm -f "$stash" && chmod 644 "$new" && mv "$new" "$spool/series.$name"; } || return
  request=$spool/series.$name
  answer=$spool/answer.$name
  turns=0
  while [ "$turns" -lt ${limits.seriesWaitSecondsMax * 5} ]; do
    if [ -f "$answer" ] && [ ! -h "$answer" ]; then
      # Of another account it is no answer.
      owner=$(stat -c %u "$answer")
      if [ "$owner" = 0 ] || [ "$owner" = "$(stat -c %u "$spool")" ]; then
        verdict=$(head -n 1 "$answer")
        tail -n +2 "$answer" >&3
        return
      fi
    fi
    sleep 0.2
    turns=$((turns + 1))
  done
}

while packet; do :; done
send version=1
printf 0000
refs=
count=0
while packet; do
  refs="$refs \${line##* }"
  count=$((count + 1))
done
exec 3>&2
ask 2>/dev/null
set -f
for ref in $refs; do
  case $verdict in
    'ok '*)
      send "ok $ref"
      send "option refname \${verdict#ok }"
      ;;
    *) send "ng $ref \${verdict#ng }" ;;
  esac
done
printf 0000
`
