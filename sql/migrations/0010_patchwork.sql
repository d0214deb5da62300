-- What patchwork's clients ask for (docs/api.md): its patches, series, cover letters, comments and checks are pieces of topics
-- here, and its numbers are integers.

-- The number of a person. Never dropped: programs keep it, and nothing else says which number somebody had.
create table api_person (
  id     integer generated always as identity primary key,
  -- the address, or the name of somebody without one
  person text not null unique
);

-- One piece of a patchset, as it is listed and filtered; written with its topic (tracker/topic/patchwork-items.ts), and made again
-- with it. What only its own answer shows is read from the topic and from the mail.
create table api_item (
  kind        text not null check (kind in ('series', 'patch', 'cover', 'patch-comment', 'cover-comment', 'check')),
  -- the first place of its mail in the log, of a series that of its first mail (sql/api-id.ts)
  id          bigint not null,
  list_id     integer not null,
  topic_key   text not null,
  -- the series of a patch or cover letter; what a comment or check is about
  parent      bigint,
  -- of a series the mail that stands for it
  message_key text not null,
  message_id  text not null,
  said        timestamptz not null,
  -- when it came to be
  known_at    timestamptz not null,
  name        text not null,
  person      integer not null,
  -- a PatchState, or the state of a check
  state       text,
  delegate    integer,
  archived    boolean not null default false,
  -- of a patch: tracker/mail/diff-hash.ts
  hash        text,
  -- of a patch: what all its checks say together
  checked     text,
  -- an ItemData value (tracker/topic/patchwork-items.ts)
  data        jsonb not null,
  -- of the value as it was written
  digest      text not null,
  primary key (kind, id),
  foreign key (list_id, topic_key) references topic (list_id, id_key) on delete cascade
);
create index api_item_topic on api_item (list_id, topic_key);
create index api_item_said on api_item (list_id, kind, said, id);
create index api_item_parent on api_item (parent, kind);
create index api_item_mail on api_item (list_id, message_key);
create index api_item_needs on api_item using gin ((data->'needs')) where kind = 'series' and data ? 'needs';
create index api_item_person on api_item (person, known_at desc);
create index api_item_hash on api_item (hash) where hash is not null;

-- All patchsets are written again when they are folded next.
update topic set digest = '' where kind = 'patchset';
