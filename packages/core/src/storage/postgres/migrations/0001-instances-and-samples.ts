/**
 * The first schema. Once released it is never edited: the next change is the next file.
 * The same keys work with plain PostgreSQL, TimescaleDB and Citus: time in every unique key of a partitioned table, no foreign
 * key to a partitioned table, no DEFAULT partition (DETACH CONCURRENTLY fails with one), partitions created by the daemon.
 * Columns are ordered by width, so that there is no padding between them.
 */
export const INSTANCES_AND_SAMPLES = `
create table instance (
  id integer primary key,
  interval_seconds integer not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  revision bigint not null,
  name text not null,
  ip text not null,
  kind text not null,
  target text,
  source text not null,
  labels jsonb not null,
  simulation jsonb
);
comment on table instance is 'Who is watched. Ids above 0 are users'' instances, below 0 daemons'' own hosts; deleted ones stay, so that no id comes twice.';
comment on column instance.revision is 'Value of instance_counter.last_revision at the last change: re-read what is above the highest one seen.';
create unique index instance_name on instance (name) where deleted_at is null and id > 0;
create index instance_revision on instance (revision);

create table instance_counter (
  singleton boolean primary key default true check (singleton),
  last_id integer not null,
  last_revision bigint not null
);
comment on table instance_counter is 'One row, locked by every change of instance: ids come without gaps, revisions in the order of commit.';
insert into instance_counter (last_id, last_revision) values (0, 0);

create table sample (
  ts timestamptz not null,
  uptime_seconds float8,
  memory_total_bytes float8,
  memory_available_bytes float8,
  swap_used_bytes float8,
  instance_id integer not null,
  up float4,
  cpu_usage_percent float4,
  memory_usage_percent float4,
  load1 float4,
  load5 float4,
  load15 float4,
  filesystem_usage_percent float4,
  disk_read_bytes_per_second float4,
  disk_written_bytes_per_second float4,
  network_receive_bytes_per_second float4,
  network_transmit_bytes_per_second float4,
  processes_running float4,
  collect_duration_seconds float4,
  primary key (instance_id, ts)
) partition by range (ts);
create index sample_ts on sample using brin (ts) with (autosummarize = on);
comment on table sample is 'One row an instance and tick; null is unknown. Partitions sample_YYYYMMDD of one UTC day.';

create table batch_seen (
  ts timestamptz not null,
  batch_id text not null,
  primary key (batch_id, ts)
) partition by range (ts);
comment on table batch_seen is 'Batches stored, by the time of storing: a replay stores nothing.';

create table quarantine (
  ts timestamptz not null,
  timestamp_ms float8,
  instance_id integer not null,
  batch_id text not null,
  metrics jsonb not null
) partition by range (ts);
comment on table quarantine is 'Rows outside the time that sample takes, by the time of refusal; timestamp_ms is what they claimed, null for no number.';
`;
