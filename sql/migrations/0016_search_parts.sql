-- Words of subjects and authors in an index of their own: that of all words does not know where in a mail a word stands, so each mail
-- that held it anywhere was unpacked to see that (180 ms for `s:` and a word that 2,268 of 35,000 mails hold). One for both: a word is
-- seldom in a subject and in a name, and two cost each mail twice as much.
create index search_heads on search using gin (ts_filter(words, '{a,b}')) with (fastupdate = on);
-- Is there a mail of a list of which the index has not all words? Mostly none.
create index search_cut on search (list_id) where words @@ $$'#D' | '#C'$$::tsquery;
