-- What a list adds to mails (tracker/mail/dressing.ts), who may post to a moderated list, and tombstones that are lifted.

-- Projection. Marks of possible dressing: which mail of the list has which, and of whom it is.
create table worn (
  list_id integer not null,
  mark    bigint not null,
  person  bigint not null,
  seq     bigint not null,
  primary key (list_id, mark, person, seq)
);
-- The same counted. Mark 0 stands for every mail with the list's stamp.
create table dressing (
  list_id integer not null,
  mark    bigint not null,
  people  integer not null,
  mails   integer not null,
  learnt  boolean not null default false,
  primary key (list_id, mark)
);
create index dressing_many on dressing (list_id) where learnt or people >= 5 or mark = 0;

-- grows when the dressing that mails are read under changes
alter table list add column dressing integer not null default 0;
-- digest of the settings that mails were read under
alter table list add column dressed text;
update list set dressed = case when prefix is null then md5(concat_ws(chr(10), address, list_id, prefix)) else '' end;
alter table fact add column dressing integer not null default 0;

-- Log side. What was lifted keeps its row, with who did it and why.
alter table tombstone add column lifted_at timestamptz;
alter table tombstone add column lifted_by text;
alter table tombstone add column lifted_reason text;
drop index tombstone_mail;
create unique index tombstone_mail on tombstone (message_key, kind, list_id, raw_hash) nulls not distinct where lifted_at is null;

-- Log side. 'first': mails of people who never posted to the list wait for a maintainer.
alter table list add column moderate text check (moderate in ('first'));
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

-- Who may post: kept for moderated lists only.
create table let_in (
  list_id integer not null references list,
  person  text not null,
  primary key (list_id, person)
);

-- Lines `Release: <...>`, with what came of them once the verdict on their mail was there. Log side: who was a maintainer
-- then decides.
create table release_line (
  list_id     integer not null references list,
  seq         bigint not null,
  message_key text not null,
  obeyed      boolean,
  primary key (list_id, message_key, seq)
);
create index release_line_open on release_line (list_id, seq) where obeyed is null;
