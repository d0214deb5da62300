-- For the pages of milestones and of the triage: a few topics among many.

create index topic_target on topic (list_id, (data->'bug'->>'target')) where kind = 'bug';
create index topic_candidate on topic (list_id, last_said desc, id_key desc) where data->>'candidate' is not null;

-- The bugs that repeat a bug, on its page.
create index topic_duplicates on topic using gin ((data->'claims') jsonb_path_ops) where kind = 'bug';
