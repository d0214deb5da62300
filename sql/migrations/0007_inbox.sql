-- The inbox of a list: its log as public-inbox's git repositories have it (tracker/export/inbox.ts), one commit a mail in the order
-- of the log. Repositories can be made again, on any machine, and must then hold the same commits, whose ids others have by now. So what
-- the commits hang on beside the mails is decided once, here, and never changed.

-- How far a list's inbox is decided.
create table inbox (
  list_id integer primary key references list,
  -- a number of mail.seq. Each mail up to here is sorted, and in the inbox when it was in sight at that time
  reached bigint not null
);

-- What went out of sight, or came back, when the inbox had reached it already.
create table inbox_change (
  list_id integer not null references list,
  -- when, in the order of the log: of the same sequence as mail.seq
  place   bigint not null,
  -- the mail
  seq     bigint not null,
  -- 'purged': the mail was never there
  kind    text not null check (kind in ('hidden', 'shown', 'purged')),
  at      timestamptz not null default now(),
  primary key (list_id, place)
);
create index inbox_change_mail on inbox_change (list_id, seq, place);

-- A repository of an inbox that has begun. When one is full is a limit, and may be another one tomorrow.
create table inbox_epoch (
  list_id integer not null references list,
  -- `0.git`, `1.git` ...
  epoch   integer not null,
  -- its first place
  since   bigint not null,
  primary key (list_id, epoch)
);
