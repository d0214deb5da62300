-- What mirrors are told beside the mails: who was found to have sent them, the numbers of bugs, what was written here, what was
-- purged. Each is a signed mail in a git repository beside the inbox (tracker/export/notes-inbox.ts).

-- The private key that they are signed with, Ed25519 as base64 of PKCS #8; made when it is first asked for.
alter table instance add column signing_key text;

-- What is to be told, written by whatever transaction made it so.
create table to_sign (
  list_id integer not null references list,
  kind    text not null check (kind in ('verdict', 'number', 'note', 'purge')),
  -- a place in the log; of a bug its number
  place   bigint not null,
  primary key (list_id, kind, place)
);

-- The mails as they are told. Never dropped: others have them. A purge takes lines out, or all of one.
create table signed_note (
  list_id integer not null references list,
  -- one after the other on each list, from 1
  number  integer not null,
  bytes   bytea not null,
  -- grows when something is taken out: the repository is written again then
  version integer not null default 0,
  primary key (list_id, number)
);

create function mark_verdict_to_sign() returns trigger language plpgsql as $$
begin
  insert into to_sign select new.list_id, 'verdict', new.seq on conflict do nothing;
  return null;
end $$;
create trigger verdict_to_sign after insert or update on verdict for each row execute function mark_verdict_to_sign();

-- Of a mail out of sight nothing is told; when it comes in sight again its verdict is.
create trigger shown_verdict_to_sign after update of hidden on mail
  for each row when (old.hidden and not new.hidden) execute function mark_verdict_to_sign();

create function mark_number_to_sign() returns trigger language plpgsql as $$
begin
  insert into to_sign select new.list_id, 'number', new.number on conflict do nothing;
  return null;
end $$;
create trigger number_to_sign after insert or update on bug_number for each row execute function mark_number_to_sign();

create function mark_note_to_sign() returns trigger language plpgsql as $$
begin
  insert into to_sign select new.list_id, 'note', new.seq on conflict do nothing;
  return null;
end $$;
create trigger note_to_sign after insert on mail for each row when (new.note) execute function mark_note_to_sign();

create function mark_purge_to_sign() returns trigger language plpgsql as $$
begin
  insert into to_sign select new.list_id, 'purge', new.seq on conflict do nothing;
  return null;
end $$;
create trigger purge_to_sign after insert on inbox_change for each row when (new.kind = 'purged') execute function mark_purge_to_sign();

create function mark_emptied_to_sign() returns trigger language plpgsql as $$
begin
  insert into to_sign select list_id, 'purge', seq from mail where raw_hash = new.hash on conflict do nothing;
  return null;
end $$;
create trigger emptied_to_sign after update of encoding on raw for each row when (new.encoding = 'purged') execute function mark_emptied_to_sign();

insert into to_sign select list_id, 'verdict', seq from verdict;
insert into to_sign select list_id, 'number', number from bug_number;
insert into to_sign select list_id, 'note', seq from mail where note;
insert into to_sign select distinct list_id, 'purge', seq from inbox_change where kind = 'purged';
