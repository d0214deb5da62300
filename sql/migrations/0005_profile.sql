-- What a list knows of its people (tracker/topic/profile.ts): projection, made again with the topics.

create table established (
  list_id integer not null,
  person  text not null,
  primary key (list_id, person)
);

-- Clusters with a topic that was judged while its sender was a stranger; folded again when he is established.
create table judged (
  list_id integer not null,
  person  text not null,
  cluster bigint not null,
  primary key (list_id, person, cluster)
);
create index judged_cluster on judged (cluster);
