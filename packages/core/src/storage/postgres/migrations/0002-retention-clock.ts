/** Retention with a clock that may be wrong: what is known about time, and the index for deleted instances. */
export const RETENTION_CLOCK = `
create table retention_clock (
  singleton boolean primary key default true check (singleton),
  seen_at timestamptz not null,
  run_ms float8 not null,
  disturbed_at_run_ms float8,
  current_until_run_ms jsonb not null
);
comment on table retention_clock is 'At most one row: what daemons remember of time, so that a wrong clock deletes nothing.';
comment on column retention_clock.seen_at is 'Clock of a daemon at the last maintenance.';
comment on column retention_clock.run_ms is 'Monotonic time that daemons spent on this database, milliseconds.';
comment on column retention_clock.disturbed_at_run_ms is 'run_ms at the last step of the clock or gap of over an hour; null: none. Set it to null to say that the clock is right.';
comment on column retention_clock.current_until_run_ms is 'While disturbed: run_ms up to which each partition was the current one.';

create index instance_deleted on instance (deleted_at, id) where deleted_at is not null;
`;
