-- The projection side: all of it can be made again from the log (threadwork rebuild).

-- A cluster is the set of mails that must be folded together (connected by structural edges).
create table cluster (
  id      bigint generated always as identity primary key,
  list_id integer not null references list,
  mails   integer not null default 0,
  -- set when a mail joined, cleared by the fold that has seen it
  dirty   boolean not null default true,
  -- the fold's version that made its topics; a higher one in the program refolds it
  folded  integer not null default 0
);
create index cluster_dirty on cluster (list_id, id) where dirty;

-- What one arrival says.
create table fact (
  list_id     integer not null,
  seq         bigint not null,
  message_key text not null,
  cluster     bigint not null,
  version     integer not null,
  said        timestamptz not null,
  data        jsonb not null,
  primary key (list_id, seq)
);
create index fact_cluster on fact (cluster);
create index fact_message on fact (list_id, message_key);

-- Ids (Message-IDs seen or referred to, change-ids) and the cluster each is in.
create table cluster_key (
  list_id integer not null,
  key     text not null,
  cluster bigint not null,
  primary key (list_id, key)
);
create index cluster_key_cluster on cluster_key (cluster);

-- The little of a patch that "is this the same change?" asks for (tracker/topic/likeness.ts).
create table sketch (
  list_id integer not null,
  seq     bigint not null,
  said    timestamptz not null,
  data    jsonb not null,
  primary key (list_id, seq)
);

-- Patches by person and title or path: where that question finds its candidates.
create table revision_hint (
  list_id integer not null,
  key     text not null,
  seq     bigint not null,
  primary key (list_id, key, seq)
);

create table topic (
  list_id   integer not null references list,
  id        text not null,
  id_key    text not null,
  cluster   bigint not null,
  kind      text not null check (kind in ('patchset', 'bug', 'discussion', 'report', 'announcement', 'spam')),
  title     text not null,
  author    text not null,
  state     text,
  open      boolean not null,
  mails     integer not null,
  said      timestamptz not null,
  last_said timestamptz not null,
  -- the whole Topic value (tracker/topic/topic.ts)
  data      jsonb not null,
  -- of the value as it was written: an equal one is not written again
  digest    text not null,
  -- grows when the row is written: the ETag of the topic's pages
  version   bigint not null default 1,
  primary key (list_id, id_key)
);
create index topic_cluster on topic (cluster);
-- list home: open topics of a kind, newest activity first
create index topic_home on topic (list_id, kind, open, last_said desc);
create index topic_latest on topic (list_id, last_said desc);
-- a bug's page: the patchsets that close it
create index topic_claims on topic using gin ((data->'claims') jsonb_path_ops) where kind = 'patchset';
-- list home: the newest of one state, and how many there are
create index topic_state on topic (list_id, kind, state, last_said desc);

-- Which topic holds a mail.
create table topic_mail (
  list_id     integer not null,
  message_key text not null,
  topic_key   text not null,
  cluster     bigint not null,
  primary key (list_id, message_key)
);
create index topic_mail_cluster on topic_mail (cluster);

-- The word index: subject A, author B, files C, body D; quoted lines are left out.
create table search (
  list_id     integer not null,
  seq         bigint not null,
  message_key text not null,
  said        timestamptz not null,
  words       tsvector not null,
  primary key (list_id, seq)
);
create index search_words on search using gin (words) with (fastupdate = on);
-- a word that most mails hold is looked for from the newest mail backwards
create index search_said on search (list_id, said desc, seq desc);
