-- What authentication keeps beside the verdicts. Log side: none of it can be made again.

-- The same bytes may come live long after they were imported, so the time is not always the mail's known time.
alter table unjudged add column arrived_at timestamptz not null default now();

-- "Did mail of this address come with its domain's signature before?"
create index verdict_aligned on verdict (list_id, (data->>'aligned')) where data ? 'aligned';

-- Which mail a signature came with first: under another Message-ID, or as an answer to another mail, it is a replay.
create table signature_use (
  -- SHA-256 of the signature
  signature bytea primary key,
  -- SHA-256 of Message-ID and In-Reply-To
  used_with bytea not null,
  at        timestamptz not null default now()
);

-- A mail that asks a configured person whether a change is theirs. The token itself is in that mail alone.
create table token_mail (
  -- SHA-256 of the token
  token_hash  bytea primary key,
  list_id     integer not null references list,
  -- the mail that is to be confirmed
  seq         bigint not null,
  -- whom we asked, in lower case
  address     text not null,
  made_at     timestamptz not null default now(),
  expires_at  timestamptz not null,
  used_at     timestamptz,
  -- Message-ID of the answer
  answered_by text,
  unique (list_id, seq)
);
create index token_mail_address on token_mail (address, made_at);

-- Mails up to this one came before senders were authenticated. Their From was believed then, and they keep what they did:
-- they rank as imported ones.
create table believed_until (seq bigint not null);
insert into believed_until select coalesce(max(seq), 0) from mail;
