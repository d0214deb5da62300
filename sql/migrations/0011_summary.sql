-- A topic in three parts, because they change and are read at different rates. `summary` is what a row of a list shows,
-- so that lists never read topics; the mails, by far the most of a long thread, are packed by us: as jsonb PostgreSQL
-- took 40 ms for the megabyte of 2,000 mails each time one more came.
alter table topic add column summary jsonb not null default '{}';
-- [TopicMail, ...] as JSON text; a longer one is compressed (base/pack.ts)
alter table topic add column mail_data bytea not null default '[]';
alter table topic alter column mail_data set storage external;
update topic set mail_data = convert_to((data->'mails')::text, 'UTF8'), data = data - 'mails', digest = '';
alter table topic alter column mail_data drop default;
-- Summaries come with the next fold, and so does an equal digest; until then the lists show titles, states and dates.
update cluster set dirty = true;

-- pglz was a sixth of PostgreSQL's work in an import, most of it for the words; without it the table takes more room.
alter table search alter column words set storage external;
