-- Of a mail that came in several copies or texts the one that the fold took; null where it is the earliest said.
alter table topic_mail add column shown bytea;
