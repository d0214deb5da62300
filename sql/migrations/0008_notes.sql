-- Notes: mails that Threadwork itself wrote of what came another way than by mail, a write through the API. They are in the log
-- among the mails of their list and are read, folded and kept like them, but nobody sent them to the list: whatever hands
-- out list mail (mbox, archive, git, search, counts) leaves them out.

alter table mail add column note boolean not null default false;
-- the few of a list that its mails are read beside
create index mail_note on mail (list_id, seq) where note;

-- Who acts with the token: in whose name its notes are; null for a runner.
alter table token add column address text;
