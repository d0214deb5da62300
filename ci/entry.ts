// The one shell script of ours: it runs inside of the sandbox, makes the clone there, and starts the build's script. So
// whatever a clone can be made to do is done behind the wall. Its text is constant; all that varies is a word, or a line
// of the environment's file: in no command line of the host, and in no environment of a program of the host. Standard output is for us alone (its first lines say how far it came, then comes the tar of artefacts);
// standard error is the log.

/** Where the sandbox has what: directories that every root file system has (FHS 3.0), so none must be prepared for us. */
export const places = { home: '/srv', given: '/mnt' } as const

/** What the entry says on standard output, each on a line, before anything of the job ran. */
export const marks = { started: 'started', cloned: 'cloned' } as const

export interface EntryPlaces {
  /** The RAM disk. */
  readonly home: string
  /** What the room gives, for reading only: the bare repository, and the environment. */
  readonly given: string
}

/** Of `sh -c`, the words behind the program. Its exit code is the script's, 128 and the number of a signal that ended it. */
export const buildWords = (
  { home, given }: EntryPlaces,
  { commit, script, artefacts }: { commit: string; script: string; artefacts: readonly string[] },
): string[] => ['-c', buildScript, 'sh', home, given, formatOf(commit), commit, script, ...artefacts]

/** Of the hashes that git names objects by. */
export const formatOf = (commit: string): 'sha1' | 'sha256' => (commit.length === 64 ? 'sha256' : 'sha1')

/** Does the sandbox run what a build needs? Says so like a build. */
export const probeWords = (): string[] => ['-c', probeScript, 'sh']

// The object store is shared, not copied: the RAM disk is for the build. What is unset is what systemd-nspawn adds.
// Of artefacts the patterns are split and expanded here; they hold no blank (build-config.ts).
const buildScript = `
set -eu
unset NOTIFY_SOCKET container container_uuid container_host_id container_host_version_id USER LOGNAME OLDPWD
umask 022
printf '${marks.started}\\n'
home=$1 given=$2 format=$3 commit=$4 script=$5
shift 5
while IFS= read -r line; do export "$line"; done <"$given/environment"
cd "$home"
git init --quiet --template= --object-format="$format" tree
cd tree
printf '%s\\n' "$given/repository/objects" >.git/objects/info/alternates
if [ -e "$given/repository/shallow" ]; then cp "$given/repository/shallow" .git/shallow; fi
git -c advice.detachedHead=false checkout --quiet --detach "$commit"
printf '${marks.cloned}\\n'
exec 3>&1 1>&2
set +e
"./$script" 3>&- </dev/null
code=$?
if [ "$#" -gt 0 ]; then
  tar --create --file=- -- $* >&3 || echo 'Not all artefacts are there'
fi
exit "$code"
`

const probeScript = `
set -eu
printf '${marks.started}\\n'
git --version >&2
`
