-- Roads into the log: imports that are resumed by name or commit, and mails that were taken out of sight.

-- How far an import came, in its source's own words: a byte, a file's name, a commit. Without a list the mails
-- of the source say themselves where they belong.
alter table import_progress drop constraint import_progress_pkey;
alter table import_progress alter column list_id drop not null;
alter table import_progress alter column position type text using position::text;
create unique index import_progress_source on import_progress (list_id, source) nulls not distinct;

-- Out of sight: in the log, and in nothing that is made from it.
alter table mail add column hidden boolean not null default false;

-- 'purged': only the hash is left, so that the same bytes are known when they come again.
alter table raw drop constraint raw_encoding_check;
alter table raw add constraint raw_encoding_check check (encoding in ('plain', 'zstd', 'purged'));

-- Who took which mail out of sight, when and why. Without a list it holds on every list.
create table tombstone (
  id          bigint generated always as identity primary key,
  list_id     integer references list,
  message_id  text not null,
  message_key text not null,
  -- these bytes alone; null means every mail with the id
  raw_hash    bytea,
  kind        text not null check (kind in ('hidden', 'purged')),
  who         text not null,
  reason      text not null default '',
  at          timestamptz not null default now()
);
create unique index tombstone_mail on tombstone (message_key, kind, list_id, raw_hash) nulls not distinct;
