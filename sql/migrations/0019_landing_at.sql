-- The page of what was applied lately: the newest landings of a list. A landing is written when a branch moves or a mail finds its
-- commit, once a patch; mails that arrive do not pay for it.
create index landing_at on landing (list_id, at desc);
