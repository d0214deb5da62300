-- Patches that are tried as revisions lie within some 400 days. With the time in the index those of other years are not
-- even looked at: a mail of somebody who touches one file for twenty years costs what it did in the first.
alter table revision_hint add column said timestamptz;
update revision_hint h set said = s.said from sketch s where s.list_id = h.list_id and s.seq = h.seq;
delete from revision_hint where said is null;
alter table revision_hint alter column said set not null;
alter table revision_hint drop constraint revision_hint_pkey;
alter table revision_hint add primary key (list_id, key, said, seq);
