-- What is built: who wanted it, whether it may be, where it runs, how it ended. Never dropped: a rebuild makes none of it again.
--
-- A build ends once. Its end and the mail that tells it are written in one transaction, by whoever holds the fence of its newest
-- attempt; a runner that was given up for dead and comes back changes nothing.

-- Lets a program in over HTTP; what it may do is in scopes. Only the hash of the word is here.
create table token (
  id         integer generated always as identity primary key,
  name       text not null unique,
  hash       text not null unique,
  scopes     text[] not null,
  -- null for every list
  list_id    integer references list,
  made_at    timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  used_at    timestamptz
);

-- A program that builds. Each has a token of its own.
create table runner (
  id       integer generated always as identity primary key,
  token_id integer not null unique references token,
  -- it runs beside the server, and may be given paths of this machine
  local    boolean not null,
  -- what it said of itself: sandboxes, processors
  health   jsonb not null default '{}',
  seen_at  timestamptz
);

-- A commit to be built, and what became of it. People call it by its number.
create table build (
  number     bigint generated always as identity primary key,
  -- what it is a build of: the same is never built twice, however often it is told
  key        text not null unique,
  -- nightly: all patchsets of a list that apply together
  kind       text not null check (kind in ('push', 'patchset', 'nightly')),
  -- its name in the policy
  repository text not null,
  -- whose pages show it
  list_id    integer references list,
  -- what was pushed, refs/ci/LIST/TOPIC/vN, or refs/ci/LIST/nightly/DATE
  ref        text not null,
  -- null while no base took the patchset
  commit     text,
  -- what the ref was before the push; what the patchset was applied to
  base       text,
  -- of a patchset: the topic, the revision, and its mails as [{"id", "hash"}] in order
  topic_key  text,
  topic_id   text,
  version    integer,
  mails      jsonb not null default '[]',
  -- what an approver repeats: it names these mails and what they change
  digest     text,
  -- whom it is counted against: a signer, a user of gitolite, or the author's address
  submitter  text not null,
  -- waiting: for an approver. refused: a push that nobody vouches for. conflict: no base takes the patchset.
  -- superseded: something newer of the same was to be built.
  state      text not null check (state in ('waiting', 'queued', 'running', 'success', 'warning', 'failure', 'timeout', 'error',
                                            'cancelled', 'refused', 'conflict', 'superseded')),
  -- one sentence, where the state does not say it all
  why        text,
  -- why it may be built: who signed and what the programs said, or who approved in which mail
  evidence   jsonb not null default '{}',
  -- what only some builds are given: limits, network, the weakest sandbox
  terms      jsonb not null default '{}',
  -- of the last attempt: ci/result.ts
  result     jsonb,
  made_at    timestamptz not null default now(),
  -- from when on it may be built; a new attempt may have to wait
  queued_at  timestamptz,
  started_at timestamptz,
  ended_at   timestamptz,
  -- somebody wants it ended: then it ends as cancelled, or as superseded, whatever its runner says of it
  cancel_at  timestamptz,
  -- the newer one of the same, which is built instead
  superseded_by bigint references build,
  check ((ended_at is null) = (state in ('waiting', 'queued', 'running'))),
  check (kind <> 'nightly' or list_id is not null),
  check (kind <> 'patchset' or (list_id is not null and topic_key is not null and version is not null and digest is not null))
);
create index build_queue on build (queued_at, number) where state = 'queued';
create index build_open on build (state) where ended_at is null;
create index build_ref on build (repository, ref, number);
create index build_topic on build (list_id, topic_key, number) where topic_key is not null;
create index build_list on build (list_id, number);
create index build_digest on build (list_id, digest) where digest is not null;

-- A build in the hands of a runner. Only what was ours to fail is tried again, as another one with its own log.
create table build_attempt (
  build       bigint not null references build,
  number      integer not null,
  runner_id   integer not null references runner,
  -- whoever reports must name it
  fence       bigint generated always as identity unique,
  -- without a word from the runner until then it is given up
  lease_until timestamptz not null,
  started_at  timestamptz not null default now(),
  ended_at    timestamptz,
  -- done: the runner said how it ended. lost: it never did. returned: it was asked to stop, and gave the build back
  how         text check (how in ('done', 'lost', 'returned')),
  -- ci/result.ts; only of what is done
  result      jsonb,
  why         text,
  check ((ended_at is null) = (how is null)),
  primary key (build, number)
);
create unique index build_attempt_running on build_attempt (build) where ended_at is null;
create index build_attempt_lease on build_attempt (lease_until) where ended_at is null;

-- Wakes who waits for something to build, for its end, or for the wish to end it.
create function tell_build() returns trigger language plpgsql as $$
begin
  perform pg_notify('build', '');
  return null;
end
$$;
create trigger tell_build after insert or update on build for each statement execute function tell_build();

-- A try to put a revision on a commit, for a build or to know whether it still applies.
create table application (
  id         bigint generated always as identity primary key,
  list_id    integer not null references list,
  topic_key  text not null,
  version    integer not null,
  -- as build.digest
  digest     text not null,
  repository text not null,
  -- null for a base that no branch led to
  branch     text,
  base       text not null,
  -- how the base was found: "base-commit", "depends-on", "blobs", "prefix", "default", "moved"
  found_by   text not null,
  outcome    text not null check (outcome in ('applied', 'already', 'conflict', 'unknown-base', 'error')),
  -- what it became
  commit     text,
  -- the file of the first conflict, and what git said
  file       text,
  said       text,
  at         timestamptz not null default now(),
  unique (list_id, topic_key, digest, base)
);
create index application_topic on application (list_id, topic_key, id);
