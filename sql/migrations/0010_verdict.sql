-- How far the sender of a mail is authenticated, as it was seen when it arrived: keys rotate, so it can't be made again.
-- Log side. Mails without a row are pending when they came live, and imported history otherwise.

create table verdict (
  list_id  integer not null references list,
  seq      bigint not null,
  -- A: own signature or aligned DKIM of a known identity; B: a trusted list server vouches, or a token came back; C: only From
  grade    text not null check (grade in ('A', 'B', 'C')),
  -- one clause for a page: "DKIM of example.org", "OpenPGP key 0123..."
  how      text not null,
  -- the address that is vouched for, in lower case; null for C
  identity text,
  -- every single result, for the mail's page
  data     jsonb not null default '{}',
  made_at  timestamptz not null default now(),
  primary key (list_id, seq)
);

-- Live mails that wait for their verdict; written with the mail.
create table unjudged (
  list_id integer not null,
  seq     bigint not null,
  tries   integer not null default 0,
  next_at timestamptz not null default now(),
  primary key (list_id, seq)
);
create index unjudged_next on unjudged (next_at);

-- Who had which role when: one row for each change of a list's people. Log side.
create table roster (
  id      bigint generated always as identity primary key,
  list_id integer not null references list,
  since   timestamptz not null default now(),
  people  jsonb not null
);
create index roster_list on roster (list_id, since);
insert into roster (list_id, since, people) select id, 'epoch', people from list;
