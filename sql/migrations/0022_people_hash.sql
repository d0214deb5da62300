-- Who is who is asked for with each mail and hardly ever changes: whoever knows the hash knows the people.
alter table list add column mailmap_hash text not null generated always as (md5(mailmap::text)) stored;
alter table roster add column hash text not null generated always as (md5(people::text)) stored;
