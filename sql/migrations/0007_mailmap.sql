-- The .mailmap of the list's repository, as it was last read: [{address, name, person}].
alter table list add column mailmap jsonb not null default '[]';
