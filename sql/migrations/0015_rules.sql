-- What a list wants to be sure of before a mail changes something (tracker/topic/authority.ts).
alter table list
  -- 'from': whoever stands in From is believed
  add column trust text not null default 'verified' check (trust in ('verified', 'from')),
  -- imported mail is believed as its From says
  add column history boolean not null default true,
  -- the grade that a state or tag needs, where it differs from the usual one: {"confirmed": "C"}
  add column needs jsonb not null default '{}';

-- Accepted patches that close a bug, from the patchset's topic to a mail of the bug, which may come later. Projection side.
create table claim (
  list_id    integer not null,
  topic_key  text not null,
  target_key text not null,
  -- a Closing value (tracker/topic/closing.ts)
  data       jsonb not null,
  primary key (list_id, topic_key, target_key),
  foreign key (list_id, topic_key) references topic (list_id, id_key) on delete cascade
);
create index claim_target on claim (list_id, target_key);
