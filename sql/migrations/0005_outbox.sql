-- Mail that leaves, and what it tells. Never dropped: written once, and a rebuild makes none of it again.

-- Who this instance is to those it writes to. One row.
create table instance (
  one         boolean primary key default true check (one),
  -- makes the ids of mails and the addresses for bounces, so that nobody else can guess them
  secret      text not null,
  -- where answers come from; bounces go to bounce+...@ its host
  address     text not null default 'threadwork@localhost',
  -- too many mails left within an hour: none leaves until then
  quiet_until timestamptz
);
insert into instance (secret) values (replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

-- A mail that is owed, or left.
create table outbox (
  id         bigint generated always as identity primary key,
  -- what the mail is owed for: the same is never owed twice
  key        text not null unique,
  -- of the key and the instance's secret: in Message-ID, return path and the address for unsubscribing
  hash       text not null unique,
  message_id text not null,
  kind       text not null,
  list_id    integer references list,
  -- the thread it speaks of, for the limit of one an hour
  thread     text,
  recipient  text not null,
  -- the whole mail: every attempt sends the same; null some time after it left or was given up (sql/ages.ts)
  bytes      bytea,
  -- kept: loopback, and not for a list of ours; dead: refused, or given up
  state      text not null default 'owed' check (state in ('owed', 'sent', 'kept', 'dead', 'bounced')),
  attempts   integer not null default 0,
  made_at    timestamptz not null default now(),
  next_at    timestamptz not null,
  give_up_at timestamptz not null,
  ended_at timestamptz,
  -- the last answer of the relay, or why it was given up
  reply      text,
  check (bytes is not null or state <> 'owed')
);
create index outbox_owed on outbox (next_at, id) where state = 'owed';
create index outbox_failed on outbox (ended_at) where state in ('dead', 'bounced');
create index outbox_left on outbox (ended_at) where state in ('sent', 'bounced');
create index outbox_recipient on outbox (recipient, made_at);

-- Somebody who wants no more of what a list sends without being asked.
create table unsubscribed (
  list_id integer not null references list,
  address text not null,
  at      timestamptz not null default now(),
  primary key (list_id, address)
);

-- The number of a bug hangs on its first mail when it was given; never given again.
create table bug_number (
  list_id     integer not null references list,
  number      integer not null,
  message_id  text not null,
  message_key text not null,
  given_at    timestamptz not null default now(),
  primary key (list_id, number)
);
create unique index bug_number_mail on bug_number (list_id, message_key);

-- A change of state that a live mail made, written once; a correction is another event.
create table event (
  id          bigint generated always as identity primary key,
  list_id     integer not null references list,
  topic_key   text not null,
  topic_id    text not null,
  at          timestamptz not null default now(),
  -- the mail that made the change
  mail        text not null,
  -- the mails it speaks of: patches, or the first of a bug
  on_mails    jsonb not null,
  what        text not null check (what in ('bug', 'bug-status', 'patch-state')),
  was         text,
  became      text not null,
  -- when whoever is to hear of it was written to, or nobody was
  notified_at timestamptz
);
create index event_topic on event (list_id, topic_key, id);
create index event_unnotified on event (id) where notified_at is null;

-- A mail with lines that had no effect; looked at again when due, since what they need may still come.
create table error_due (
  list_id     integer not null references list,
  message_key text not null,
  due_at      timestamptz not null,
  primary key (list_id, message_key)
);
create index error_due_at on error_due (due_at);

-- A live mail whose verdict was made or raised and whose effect no fold has written as events yet.
create table event_due (
  list_id integer not null,
  seq     bigint not null,
  primary key (list_id, seq)
);
-- Whoever writes a verdict need not know of it. An import tells nobody anything.
create function mark_event_due() returns trigger language plpgsql as $$
begin
  insert into event_due (list_id, seq) select list_id, seq from mail
    where list_id = new.list_id and seq = new.seq and not envelope ? 'later' on conflict do nothing;
  return new;
end $$;
create trigger verdict_event_due after insert or update of grade on verdict
  for each row execute function mark_event_due();

-- What a topic says of another changed by live mails, and the other was not folded with it yet: what that changes is written as
-- events, once.
create table statement_due (
  list_id    integer not null,
  -- who says it
  topic_key  text not null,
  -- a mail of the topic that hears it, which may come later
  target_key text not null,
  -- one of the mails has no verdict yet
  pending    boolean not null,
  primary key (list_id, topic_key, target_key)
);

-- A topic as it stood before mails came whose verdict is pending: its events are the difference to this.
create table topic_before (
  list_id   integer not null,
  topic_key text not null,
  data      jsonb,
  primary key (list_id, topic_key)
);
