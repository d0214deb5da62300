-- A cluster that is folded again for all of its list (other people, another program) waits behind those with new mail.
alter table cluster add column late boolean not null default false;
drop index cluster_dirty;
create index cluster_dirty on cluster (list_id, late, id) where dirty;
