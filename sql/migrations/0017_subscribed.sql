-- The address under which Threadwork is subscribed to a list that another server runs; mail to it is the list's.
alter table list add column subscribed text;
