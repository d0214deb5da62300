-- The lists, the mails that came to them, and what was taken out of sight. Never dropped, never rewritten: nothing of it can
-- be made again from anything else.
--
-- A mail is (list_id, seq) everywhere. `seq` alone is unique, one number for the whole log in the order in which mails came;
-- `list_id` stands before it because nearly every question is of one list: its rows lie together in the index and come in the
-- order of the log. A mail of two lists has two seqs. Message-IDs are no keys: two mails may claim the same one.
-- A column named ..._key is an id of the mails' world as an index can hold it (base/key.ts: long ones by their hash).

-- A mailing list, as the configuration names it. One that leaves the configuration keeps its row: all else hangs on its id.
create table list (
  id               integer generated always as identity primary key,
  name             text not null unique,
  -- all that the configuration says of it: a ListConfig (base/list-settings.ts has each setting with its meaning)
  settings         jsonb not null,
  -- the .mailmap of the repository, as it was last read: [{address, name, person}]
  mailmap          jsonb not null default '[]',
  -- asked for with each mail, while the .mailmap hardly ever changes: whoever knows the hash knows the people
  mailmap_hash     text not null generated always as (md5(mailmap::text)) stored,
  -- what the file of the repository with the maintainers says: a roster
  maintainers      jsonb not null default '[]',
  -- grows when the dressing that mails are read under changes
  dressing_version integer not null default 0,
  -- digest of the settings that mails were read under
  read_under       text,
  -- when its first mail came, live or imported: what an archive holds from before is history, and later mail is judged
  history_until    timestamptz,
  -- grows with every projected change: the ETag of the list's pages
  version          bigint not null default 1
);

-- The bytes of a mail, once, whatever number of lists and roads it came by.
create table raw (
  hash     bytea primary key,
  -- compressed by us (the embedded build has no lz4); PostgreSQL shall not try again
  bytes    bytea storage external not null,
  -- 'purged': only the hash is left, so that the same bytes are known when they come again
  encoding text not null check (encoding in ('plain', 'zstd', 'purged')),
  size     integer not null
);

-- One arrival of distinct bytes on one list. Copies of a mail share message_key.
create table mail (
  list_id     integer not null references list,
  seq         bigint generated always as identity,
  message_id  text not null,
  message_key text not null,
  raw_hash    bytea not null references raw,
  -- {from, to: [...], road: smtp|import..., trace: ISO time of arrival when live, later: imported, and no history}
  envelope    jsonb not null,
  known_at    timestamptz not null default now(),
  -- out of sight: in the log, and in nothing that is made from it
  hidden      boolean not null default false,
  primary key (list_id, seq)
);
-- the same bytes on the same list are one arrival, however often they come
create unique index mail_bytes on mail (list_id, raw_hash);
create index mail_message on mail (list_id, message_key);
-- newest mails of a list
create index mail_known on mail (list_id, known_at desc);

-- A mail that waits for the projector; written with the mail, removed with its facts.
create table unsorted (
  list_id integer not null,
  seq     bigint not null,
  -- it is read again (another dressing, another program), and waits behind those that nobody read yet
  late    boolean not null default false,
  primary key (list_id, seq)
);
create index unsorted_next on unsorted (list_id, late, seq);

-- How far an import of one source has come, so that it resumes after ^C. Without a list the mails of the source say
-- themselves where they belong.
create table import_progress (
  list_id  integer references list,
  source   text not null,
  -- in the source's own words: a byte, a file's name, a commit
  position text not null
);
create unique index import_progress_source on import_progress (list_id, source) nulls not distinct;

-- Who took a mail out of sight, when and why. Without a list it holds on every list. What was lifted keeps its row, with who
-- did it and why.
create table tombstone (
  id            bigint generated always as identity primary key,
  list_id       integer references list,
  message_id    text not null,
  message_key   text not null,
  -- these bytes alone; null means every mail with the id
  raw_hash      bytea,
  kind          text not null check (kind in ('hidden', 'purged')),
  who           text not null,
  reason        text not null default '',
  at            timestamptz not null default now(),
  lifted_at     timestamptz,
  lifted_by     text,
  lifted_reason text
);
create unique index tombstone_mail on tombstone (message_key, kind, list_id, raw_hash) nulls not distinct where lifted_at is null;
