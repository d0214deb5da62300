-- What a mail says of another topic, from the topic that holds it to a mail of the one it speaks of, which may come
-- later. Projection side.
create table errand (
  list_id     integer not null,
  topic_key   text not null,
  target_key  text not null,
  mail_key    text not null,
  -- an Errand value (tracker/topic/errand.ts), and its hash
  data        jsonb not null,
  digest      text not null,
  -- of too many for one target the confirmed are heard, then the earliest
  unconfirmed boolean not null,
  said        bigint not null,
  -- its mail came live, and what it changed over there was not told yet
  untold      boolean not null,
  primary key (list_id, topic_key, target_key, mail_key),
  foreign key (list_id, topic_key) references topic (list_id, id_key) on delete cascade
);
create index errand_target on errand (list_id, target_key, unconfirmed, said);
create index errand_untold on errand (list_id) where untold;
create index errand_mail on errand (list_id, mail_key);
