-- A title that a patchset depends on and that several open patchsets have is no base, and is told apart from one that is not known.
alter table application drop constraint application_outcome_check;
alter table application add constraint application_outcome_check
  check (outcome in ('applied', 'already', 'conflict', 'unknown-base', 'ambiguous', 'error'));
