-- The log side: never dropped, never rewritten. What is here cannot be derived from anything else.

create table list (
  id          integer generated always as identity primary key,
  name        text not null unique,
  address     text not null,
  list_id     text,
  description text not null default '',
  prefix      text,
  repository  text,
  -- who is maintainer, reviewer or robot: [{person: {name, address}, role}]
  people      jsonb not null default '[]',
  -- grows with every projected change: the ETag of the list's pages
  version     bigint not null default 1
);

-- The bytes of a mail, once, whatever number of lists and roads it came by.
create table raw (
  hash     bytea primary key,
  bytes    bytea not null,
  encoding text not null check (encoding in ('plain', 'zstd')),
  size     integer not null
);
-- compressed by us (the embedded build has no lz4); PostgreSQL shall not try again
alter table raw alter column bytes set storage external;

-- One arrival of distinct bytes on one list. Copies of a mail share message_key.
create table mail (
  list_id     integer not null references list,
  seq         bigint generated always as identity,
  message_id  text not null,
  message_key text not null,
  raw_hash    bytea not null references raw,
  -- {from, to: [...], road: smtp|import..., trace: ISO time of arrival when live}
  envelope    jsonb not null,
  known_at    timestamptz not null default now(),
  primary key (list_id, seq)
);
-- the same bytes on the same list are one arrival, however often they come
create unique index mail_bytes on mail (list_id, raw_hash);
create index mail_message on mail (list_id, message_key);
-- newest mails of a list
create index mail_known on mail (list_id, known_at desc);

-- Mails that wait for the projector; written with the mail, removed with its facts.
create table unsorted (
  list_id integer not null,
  seq     bigint not null,
  primary key (list_id, seq)
);

-- How far an import of one file has come, so that it resumes after ^C.
create table import_progress (
  list_id  integer not null references list,
  source   text not null,
  position bigint not null,
  primary key (list_id, source)
);
