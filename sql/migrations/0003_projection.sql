-- What the mails say, and the topics that are folded from it. All of it can be made again (threadwork rebuild).
--
-- Foreign keys: a fact is of a mail and in a cluster, and what a topic says of others goes with it. Where there is none:
-- topic and topic_mail outlive their cluster during a rebuild, under number 0 (tracker/project/stale.ts); a place of a mail may be
-- there before and after its topic within a fold; sketch, revision_hint, mail_mark and search are written and deleted with the fact.
-- Each check costs three times what writing a small row does, 0.5 % of an import for one row a mail: for all of the nine rows
-- a mail has here it would be 4 to 5 %.

-- The mails that must be folded together, since edges of structure connect them (tracker/topic/edges.ts).
create table cluster (
  id      bigint generated always as identity primary key,
  list_id integer not null references list,
  mails   integer not null default 0,
  -- to be folded again: set by sql/wake.ts, cleared by the fold
  dirty   boolean not null default true,
  -- without new mail: it waits behind those that have some
  late    boolean not null default false,
  -- the fold's version that made its topics; a higher one in the program refolds it. -1: it could not be folded
  folded  integer not null default 0
);
create index cluster_dirty on cluster (list_id, late, id) where dirty;
-- for the metrics and doctor: the clusters that could not be folded are few, the others many
create index cluster_failed on cluster (list_id, id) where folded = -1;

-- What one arrival says (tracker/mail/facts.ts).
create table fact (
  list_id          integer not null,
  seq              bigint not null,
  message_key      text not null,
  cluster          bigint not null references cluster,
  -- of the reader
  version          integer not null,
  -- list.dressing_version when it was read
  dressing_version integer not null default 0,
  said             timestamptz not null,
  data             jsonb not null,
  primary key (list_id, seq),
  foreign key (list_id, seq) references mail
);
create index fact_cluster on fact (cluster);
create index fact_message on fact (list_id, message_key);
-- those that an older program read are looked for at every start
create index fact_version on fact (version);

-- An id (a Message-ID that was seen or referred to, a change-id) and the cluster it is in.
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

-- A patch by person and title or path, by patch-id or by commit: where that question finds its candidates. They lie within
-- some 400 days. With the time in the index those of other years are not even looked at: a mail of somebody who touches one
-- file for twenty years costs what it did in the first.
create table revision_hint (
  list_id integer not null,
  key     text not null,
  said    timestamptz not null,
  seq     bigint not null,
  primary key (list_id, key, said, seq)
);

-- A thing that people talk about: a patchset, a bug, a discussion. Kept in three parts, because they change and are read at
-- different rates: lists show `summary` and never read topics; the mails, by far the most of a long thread, are packed by us:
-- as jsonb PostgreSQL took 40 ms for the megabyte of 2,000 mails each time one more came.
create table topic (
  list_id   integer not null references list,
  id        text not null,
  id_key    text not null,
  cluster   bigint not null,
  kind      text not null check (kind in ('patchset', 'bug', 'discussion', 'report', 'announcement', 'spam')),
  title     text not null,
  author    text not null,
  -- of a patchset the state of its patches, of a bug its status
  state     text,
  open      boolean not null,
  -- whose turn a patchset is; of nothing else
  turn      text,
  -- how many
  mails     integer not null,
  -- of the first mail and of the last
  said      timestamptz not null,
  last_said timestamptz not null,
  -- the whole Topic value (tracker/topic/topic.ts) but its mails
  data      jsonb not null,
  -- [TopicMail, ...] as JSON text; a longer one is compressed (base/pack.ts)
  mail_data bytea storage external not null,
  -- what a row of a list shows (tracker/topic/summary.ts)
  summary   jsonb not null,
  -- of the value as it was written: an equal one is not written again
  digest    text not null,
  -- grows when the row is written: the ETag of the topic's pages
  version   bigint not null default 1,
  primary key (list_id, id_key)
);
create index topic_cluster on topic (cluster);
-- list home: the open bugs, newest activity first, and how many there are
create index topic_home on topic (list_id, kind, open, last_said desc);
create index topic_latest on topic (list_id, last_said desc);
-- list home: the same of the patchsets with one whose turn it is
create index topic_turn on topic (list_id, kind, turn, last_said desc) where open;
-- the pages of milestones and of the triage: a few topics among many
create index topic_target on topic (list_id, (data->'bug'->>'target')) where kind = 'bug';
create index topic_candidate on topic (list_id, last_said desc, id_key desc) where data->>'candidate' is not null;
-- a bug's page: the patchsets that close it, the bugs that repeat it, and the discussions with a mail that was sent to its
-- address; few discussions claim anything
create index topic_claims on topic using gin ((data->'claims') jsonb_path_ops) where kind = 'patchset';
create index topic_duplicates on topic using gin ((data->'claims') jsonb_path_ops) where kind = 'bug';
create index topic_about on topic using gin ((data->'claims') jsonb_path_ops)
  where kind = 'discussion' and data->'claims' <> '[]'::jsonb;

-- Which topic holds a mail.
create table topic_mail (
  list_id     integer not null,
  message_key text not null,
  topic_key   text not null,
  cluster     bigint not null,
  -- the hash of the copy or text that the fold took, of several; null where it is the earliest said
  shown       bytea,
  primary key (list_id, message_key)
);
create index topic_mail_cluster on topic_mail (cluster);

-- What one topic says of another: by which mail, and to which mail of the one it speaks of, which may come later.
create table statement (
  list_id     integer not null,
  topic_key   text not null,
  target_key  text not null,
  mail_key    text not null,
  -- lines of the mail speak of it, or the patch that it accepted closes it
  what        text not null check (what in ('lines', 'closing')),
  -- a Statement value (tracker/topic/topic.ts), and its hash
  data        jsonb not null,
  digest      text not null,
  -- of too many for one target the confirmed are heard, then the earliest
  unconfirmed boolean not null,
  said        bigint not null,
  primary key (list_id, topic_key, target_key, mail_key, what),
  foreign key (list_id, topic_key) references topic (list_id, id_key) on delete cascade
);
create index statement_target on statement (list_id, target_key, unconfirmed, said);

-- Somebody whom the list knows (tracker/topic/known-people.ts).
create table established (
  list_id integer not null,
  person  text not null,
  primary key (list_id, person)
);

-- A sender whom the list did not know when a cluster was folded, and on whose being a stranger the kind of a topic hangs: spam,
-- or a bug by its words. The cluster is folded again when he is established.
create table stranger (
  list_id integer not null,
  person  text not null,
  cluster bigint not null,
  primary key (list_id, person, cluster)
);
create index stranger_cluster on stranger (cluster);

-- A robot of the table whose lines in this cluster have an effect, or none for want of a role.
create table robot_line (
  list_id integer not null references list,
  effect  boolean not null,
  address text not null,
  cluster bigint not null,
  primary key (list_id, effect, address, cluster)
);
create index robot_line_cluster on robot_line (cluster);

-- A mark of possible dressing (tracker/mail/dressing.ts): which mail of the list has it, and of whom it is.
create table mail_mark (
  list_id integer not null,
  mark    bigint not null,
  person  bigint not null,
  seq     bigint not null,
  primary key (list_id, mark, person, seq)
);

-- The same counted. Mark 0 stands for every mail with the list's stamp.
create table mark_count (
  list_id integer not null,
  mark    bigint not null,
  people  integer not null,
  mails   integer not null,
  learnt  boolean not null default false,
  primary key (list_id, mark)
);
create index mark_count_many on mark_count (list_id) where learnt or people >= 5 or mark = 0;

-- The words of a mail: subject A, author B, files C, body D; quoted lines are left out. Its patch-id is a word, too.
create table search (
  list_id     integer not null,
  seq         bigint not null,
  message_key text not null,
  said        timestamptz not null,
  -- pglz was a sixth of PostgreSQL's work in an import; without it the table takes more room
  words       tsvector storage external not null,
  -- a filter over the words of quoted lines, To, Cc and attachments' names (tracker/project/word-filter.ts)
  beside      bytea storage plain not null,
  primary key (list_id, seq)
);
create index search_words on search using gin (words) with (fastupdate = on);
-- a word that most mails hold is looked for from the newest mail backwards
create index search_said on search (list_id, said desc, seq desc);
