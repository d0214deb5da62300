-- Patches that came over HTTP and did not arrive: whether their author, who has no mail server, was told of it.

alter table outbox add column told boolean not null default false;
create index outbox_untold on outbox (ended_at) where not told and kind = 'submission' and state in ('dead', 'bounced');
