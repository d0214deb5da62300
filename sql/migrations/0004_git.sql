-- What the lists' repositories hold. It can be made again by reading them.
--
-- Foreign keys: of a list, no others. One reader (tracker/branch/scan.ts) writes and forgets a commit in one transaction with
-- its keys and its place on the branch, tens of thousands at a first reading, and each check would look up what it has just
-- written. A landing is of a mail by its Message-ID, which several arrivals may bear.

-- What is known of a list's repository.
create table repository (
  list_id integer primary key references list,
  read_at timestamptz not null,
  -- why it could not be read the last time
  problem text
);

-- A branch that is followed, and how far it was read.
create table branch (
  list_id integer not null references list,
  name    text not null,
  -- the order in which a commit's branches are named
  place   integer not null,
  -- the newest commit that was read together with all before it; null during the first reading
  head    text,
  -- commits from before this are not known
  since   timestamptz,
  -- of the reader
  version integer not null,
  primary key (list_id, name)
);

-- A commit of these branches. Ids in "C": an abbreviation is looked for as a range.
create table git_commit (
  list_id integer not null references list,
  id      text collate "C" not null,
  -- committer's time
  at      timestamptz not null,
  -- tracker/topic/commit.ts
  data    jsonb not null,
  -- the first release that contains it, and the tags by which that was found
  release text,
  tags    text,
  primary key (list_id, id)
);

-- Which branch has which commit.
create table branch_commit (
  list_id integer not null,
  branch  text not null,
  commit  text collate "C" not null,
  primary key (list_id, commit, branch)
);
create index branch_commit_branch on branch_commit (list_id, branch);

-- A word by which a mail finds its commits: a patch-id, a title, a Message-ID.
create table commit_key (
  list_id integer not null,
  key     text not null,
  commit  text not null,
  primary key (list_id, key, commit)
);
create index commit_key_commit on commit_key (list_id, commit);

-- A patch that a branch holds, or (how = 'closes') a bug that a commit of it closes.
create table landing (
  list_id     integer not null,
  -- of the patch, or of a mail of the bug
  message_key text not null,
  commit      text collate "C" not null,
  branch      text not null,
  release     text,
  at          timestamptz not null,
  how         text not null check (how in ('message-id', 'patch-id', 'title', 'pull-request', 'closes')),
  -- the commit that took it back
  reverted_by text,
  -- tracker/topic/landing.ts
  data        jsonb not null,
  primary key (list_id, message_key, commit, branch)
);
create index landing_commit on landing (list_id, commit);
