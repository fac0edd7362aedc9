/** Events, and the times between rows that nobody watched. */
export const EVENTS = `
create table event (
  id bigint primary key,
  at timestamptz not null,
  instance_id integer not null,
  instance_name text not null,
  type text not null,
  status text,
  reason text,
  details jsonb
);
comment on table event is 'What happened: changes of status, of the instances, and events of daemons, whose instance is their host.';
create index event_at on event (at, id);
create index event_instance on event (instance_id, at, id);
create index event_type on event (type, at, id);

create table event_counter (
  singleton boolean primary key default true check (singleton),
  last_id bigint not null
);
comment on table event_counter is 'One row, locked until a transaction with events commits: ids come without gaps, in the order of commit.';
insert into event_counter (last_id) values (0);

create table unwatched (
  started_at timestamptz not null,
  ended_at timestamptz not null,
  instance_id integer not null,
  primary key (instance_id, started_at)
);
comment on table unwatched is 'Times between two rows of an instance that no row covers, as while no daemon ran: neither up nor down.';
create index unwatched_ended_at on unwatched (ended_at);
`;
