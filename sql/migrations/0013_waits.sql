-- What waits, and for whom (tracker/topic/topic.ts, Standing): read from the topic's value, as the pages show it.

-- the page of what waits: the longest wait first
create index topic_waits on topic (list_id, ((data->'standing'->>'since')::bigint), id_key)
  where open and data->'standing'->>'since' is not null;
-- a person's page: what waits for him, and what he posted or reported
create index topic_waits_for on topic (list_id, (data->'standing'->'waits'->>'address'))
  where open and data->'standing'->>'since' is not null;
create index topic_of_author on topic (list_id, (data->'author'->>'address'), last_said desc) where open;
