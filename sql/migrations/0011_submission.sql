-- Patches that come over HTTP, of people who have no mail server: whose keys are believed, and what they sent.

-- Somebody says that an address and a key are his: a mail with a word went to the address. Dropped some time after (sql/ages.ts).
create table submission_challenge (
  word_hash  bytea primary key,
  -- the address, in lower case
  identity   text not null,
  selector   text not null,
  algorithm  text not null check (algorithm in ('ed25519', 'openpgp')),
  key        text not null,
  -- who asked: an IPv4 address or an IPv6 /64
  network    text not null,
  made_at    timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index submission_challenge_identity on submission_challenge (identity, made_at);
create index submission_challenge_made on submission_challenge (made_at);

-- A key whose owner read the mail of the address, and signed what it said. Never dropped: verdicts stand on it.
create table submission_key (
  id          integer generated always as identity primary key,
  identity    text not null,
  selector    text not null,
  algorithm   text not null check (algorithm in ('ed25519', 'openpgp')),
  key         text not null,
  verified_at timestamptz not null default now(),
  used_at     timestamptz,
  revoked_at  timestamptz
);
create unique index submission_key_current on submission_key (identity, selector) where revoked_at is null;

-- A mail that came so and was handed on to a list, once.
create table submission (
  list_id     integer not null references list,
  message_key text not null,
  message_id  text not null,
  identity    text not null,
  selector    text not null,
  -- of its text: the same id never stands for two
  text_hash   text not null,
  at          timestamptz not null default now(),
  primary key (list_id, message_key)
);
create index submission_identity on submission (identity, at);

-- The host of the return path of a mail that bears its author's Message-ID; else it is that of ours.
alter table outbox add column return_host text;
