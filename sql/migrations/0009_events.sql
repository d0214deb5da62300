-- More of what happens is an event, for programs that ask for events and for webhooks. People are told of bugs and states alone.

alter table event drop constraint event_what_check;
alter table event add constraint event_what_check check (what in (
  'bug', 'bug-status', 'patch-state', 'cover', 'patch', 'patch-complete', 'series', 'series-complete', 'comment', 'check', 'delegate'));
-- of a check: context, state, description and url; null for all else
alter table event add column data jsonb;
-- when it was given to the webhooks that want it, or none does. What happened before there were any is told to none
alter table event add column hooked_at timestamptz;
update event set hooked_at = now();
create index event_unhooked on event (id) where hooked_at is null;
create index event_list on event (list_id, id);
-- a mail comes in several copies, each with its verdict, and is news once
create unique index event_mail on event (list_id, what, md5(mail)) where what in ('cover', 'patch', 'comment');

-- An event on its way to a webhook. Never dropped while it is owed: its receiver hears of it at least once.
create table webhook_call (
  id       bigint generated always as identity primary key,
  event_id bigint not null references event,
  list_id  integer not null references list,
  -- by which the configuration knows the webhook
  url      text not null,
  -- dead: given up, or the webhook is gone from the configuration
  state    text not null default 'owed' check (state in ('owed', 'sent', 'dead')),
  attempts integer not null default 0,
  made_at  timestamptz not null default now(),
  next_at  timestamptz not null default now(),
  ended_at timestamptz,
  -- what the receiver answered last, or why it could not be asked
  reply    text,
  unique (event_id, url)
);
create index webhook_call_owed on webhook_call (next_at, id) where state = 'owed';
create index webhook_call_ended on webhook_call (ended_at) where state <> 'owed';
