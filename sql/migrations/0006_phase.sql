-- Where an open topic stands on the list's home: whose turn a patchset is, the status of a bug.
alter table topic add column phase text;
update topic set phase = coalesce(data->'standing'->>'turn', state);
drop index topic_state;
create index topic_phase on topic (list_id, kind, phase, last_said desc) where open;
