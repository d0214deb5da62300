-- Revisions of a change that were pushed to refs/for/ and mailed: so the same push is mailed once, and the next one is v2.
-- Never dropped: a topic goes on after a year.
create table pushed_series (
  list_id    integer not null references list,
  repository text not null,
  branch     text not null,
  -- the address of who pushed, in lower case
  identity   text not null,
  topic      text not null,
  version    integer not null,
  -- the commit that was pushed
  head       text not null,
  -- of its first mail, which the next revision answers
  message_id text not null,
  at         timestamptz not null default now(),
  primary key (list_id, repository, branch, identity, topic, version)
);
