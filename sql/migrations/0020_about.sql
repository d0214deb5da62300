-- The discussions with a mail that was sent to a bug's own address, on its page. Few discussions claim anything.
create index topic_about on topic using gin ((data->'claims') jsonb_path_ops)
  where kind = 'discussion' and data->'claims' <> '[]'::jsonb;
