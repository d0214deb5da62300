-- Notes of what the operator brought from another tracker, its states and checks: grade I, and the tracker is in "how".
alter table verdict drop constraint verdict_grade_check,
  add constraint verdict_grade_check check (grade in ('A', 'B', 'C', 'I'));
