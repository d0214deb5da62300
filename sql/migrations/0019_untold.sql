-- Topics that hear something else of another topic since live mails changed it, and were not told of it yet. Log side: what
-- it leads to is told once.
create table untold (
  list_id    integer not null,
  -- who says it
  topic_key  text not null,
  -- a mail of the topic that hears it, which may come later
  target_key text not null,
  -- one of the mails has no verdict yet
  pending    boolean not null,
  primary key (list_id, topic_key, target_key)
);

-- An errand bore this mark itself, and taking one back left none.
insert into untold (list_id, topic_key, target_key, pending)
select list_id, topic_key, target_key, bool_or(pending) from (
  select list_id, topic_key, target_key, false as pending from errand where untold
  union all
  select e.list_id, e.topic_key, e.target_key, true from unjudged waits
  join fact own on own.list_id = waits.list_id and own.seq = waits.seq
  join errand e on e.list_id = own.list_id and e.mail_key = own.message_key) marked
group by list_id, topic_key, target_key;
drop index errand_mail;
alter table errand drop column untold;
