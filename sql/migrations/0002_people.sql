-- Who sent a mail, who had which role then, and who may post. Never dropped: keys and people change, so none of it can be made
-- again from the mails.

-- Who had which role from when on: a row for each change of a list's people.
create table roster (
  id      bigint generated always as identity primary key,
  list_id integer not null references list,
  since   timestamptz not null default now(),
  people  jsonb not null,
  -- what became of the file of the repository that the list names for its maintainers; null when it names none
  file    text check (file in ('unread', 'read')),
  -- asked for with each mail, while the people hardly ever change
  hash    text not null generated always as (md5(people::text)) stored
);
create index roster_list on roster (list_id, since);

-- How far the sender of a mail is authenticated, as it was seen when it arrived: keys rotate. A mail without a row is pending
-- when it came live, and imported history otherwise.
create table verdict (
  list_id  integer not null references list,
  seq      bigint not null,
  -- A: own signature or aligned DKIM of a known identity; B: a trusted list server vouches, or a token came back; C: only From
  grade    text not null check (grade in ('A', 'B', 'C')),
  -- why it is this grade, as a code: {"code": "signed", "check": {method, result, signer}}; the words are the program's
  -- (tracker/topic/verdict.ts, verdict-words.ts)
  how      jsonb not null,
  -- the address that is vouched for, in lower case; null for C
  identity text,
  -- {checks: every single result, for the mail's page, aligned: the address of a DKIM that fits, confirmed: when}
  data     jsonb not null default '{}',
  made_at  timestamptz not null default now(),
  primary key (list_id, seq)
);
-- "Did mail of this address come with its domain's signature before?"
create index verdict_aligned on verdict (list_id, (data->>'aligned')) where data ? 'aligned';

-- Of which text a mail changed the state: another one under the same Message-ID inherits nothing of it. Written by the first
-- fold in which it does. A mail of an archive has none: it speaks of what the archive has.
create table judged (
  list_id    integer not null references list,
  -- the patch or report
  target_key text not null,
  -- the mail that changed its state
  mail_key   text not null,
  -- the bytes that stood then
  raw_hash   bytea not null,
  primary key (list_id, target_key, mail_key)
);

-- A live mail that waits for its verdict; written with the mail.
create table verdict_due (
  list_id    integer not null,
  seq        bigint not null,
  tries      integer not null default 0,
  next_at    timestamptz not null default now(),
  -- not always the mail's known time: the same bytes may come live long after they were imported
  arrived_at timestamptz not null default now(),
  primary key (list_id, seq)
);
create index verdict_due_next on verdict_due (next_at);

-- Which mail a signature came with first: under another Message-ID, or as an answer to another mail, it is a replay. Goes when
-- the signature is too old to count (sql/ages.ts).
create table signature_use (
  -- SHA-256 of the signature
  signature bytea primary key,
  -- SHA-256 of Message-ID and In-Reply-To
  used_with bytea not null,
  at        timestamptz not null default now()
);

-- A mail that asks a configured person whether a change is theirs. The token itself is in that mail alone. Goes some weeks after
-- it ran out (sql/ages.ts).
create table token_mail (
  -- SHA-256 of the token
  token_hash  bytea primary key,
  list_id     integer not null references list,
  -- the mail that is to be confirmed
  seq         bigint not null,
  -- whom we asked, in lower case
  address     text not null,
  -- a signature of the person's provider covers the mail's header
  headed      boolean not null,
  made_at     timestamptz not null default now(),
  expires_at  timestamptz not null,
  used_at     timestamptz,
  -- Message-ID of the answer
  answered_by text,
  unique (list_id, seq)
);
create index token_mail_address on token_mail (address, made_at);

-- A mail of somebody who never posted to a moderated list, and what became of it.
create table held (
  list_id     integer not null references list,
  seq         bigint not null,
  message_key text not null,
  person      text not null,
  since       timestamptz not null default now(),
  -- null while the mail waits
  released_at timestamptz,
  released_by text,
  primary key (list_id, seq)
);
create index held_message on held (list_id, message_key);
create index held_waiting on held (list_id, person) where released_at is null;

-- Somebody who may post without being looked at; kept for moderated lists only.
create table let_in (
  list_id integer not null references list,
  person  text not null,
  primary key (list_id, person)
);

-- A line `Release: <...>`, with what came of it once the verdict on its mail was there: who was a maintainer then decides.
create table release_line (
  list_id     integer not null references list,
  seq         bigint not null,
  message_key text not null,
  obeyed      boolean,
  primary key (list_id, message_key, seq)
);
create index release_line_open on release_line (list_id, seq) where obeyed is null;
