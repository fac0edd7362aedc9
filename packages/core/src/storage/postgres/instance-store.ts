import type { PoolClient } from "pg";
import type { Clock } from "../../model/clock.ts";
import { isCloudMonitorError } from "../../model/errors.ts";
import type { Instance, InstanceChange, NewInstance } from "../../model/instance.ts";
import type { InstanceStore, NamelessChange } from "../../model/instance-store.ts";
import { nameTaken } from "../../model/name-taken.ts";
import { changeUnconfirmed, instanceNotFound, takenPlaces } from "../instance-errors.ts";
import { addedEvent, changedEvent, removedEvent } from "../instance-events.ts";
import type { RemovedInstance } from "../instance-events.ts";
import { insertEvents } from "./events/insert-events.ts";
import { INSTANCE_COLUMNS, instanceOf, type InstanceRow } from "./instance-row.ts";

/** Runs `work` in a transaction on a started storage, and classifies its errors. */
export type Transact = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/**
 * Every change first locks the counter row, so changes are serialized and checks made after it remain valid. A change whose
 * response was lost holds that lock until it is decided, so registering a host after it, then loading, sees it.
 */
export class PostgresInstanceStore implements InstanceStore {
  readonly #transact: Transact;
  readonly #clock: Clock;
  readonly #onEvents: () => void;

  /** `onEvents` is called after a change, which stores events with it. */
  constructor(transact: Transact, clock: Clock, onEvents: () => void) {
    this.#transact = transact;
    this.#clock = clock;
    this.#onEvents = onEvents;
  }

  load(): Promise<readonly Instance[]> {
    return this.#transact(async (client) => {
      const { rows } = await client.query<InstanceRow>(SELECT_ALL);
      return rows.map(instanceOf);
    });
  }

  create(instances: readonly NewInstance[]): Promise<readonly Instance[]> {
    return this.#change(async (client) => {
      const counter = await advanceCounter(client, instances.length);
      const names = instances.map((instance) => instance.name);
      const taken = takenPlaces(names, await namesInUse(client, names));
      // Thrown inside the transaction: the ids allocated above are rolled back with it.
      if (taken.length > 0) throw nameTaken(taken);
      const { rows } = await client.query<InstanceRow>(INSERT, [
        counter.firstId,
        counter.revision,
        new Date(this.#clock.wallMs()),
        JSON.stringify(instances),
      ]);
      const created = rows.map(instanceOf).sort((a, b) => a.id - b.id);
      await insertEvents(client, created.map(addedEvent));
      return created;
    });
  }

  update(id: number, change: InstanceChange): Promise<Instance> {
    return this.#change(async (client) => {
      const { revision } = await advanceCounter(client, 0);
      const { rows } = await client.query<InstanceRow>(SELECT_ONE, [id]);
      if (rows[0] === undefined) throw instanceNotFound(id);
      const current = instanceOf(rows[0]);
      const next = { ...current, ...change };
      const renamed = id > 0 && next.name !== current.name;
      if (renamed && (await namesInUse(client, [next.name])).size > 0) throw nameTaken(["/name"]);
      await client.query(UPDATE, [...changeable(next), id, revision]);
      await this.#recordChanges(client, [[current, next]]);
      return next;
    });
  }

  updateMany(changes: readonly NamelessChange[]): Promise<readonly Instance[]> {
    return this.#change(async (client) => {
      const { revision } = await advanceCounter(client, 0);
      const byId = new Map(changes.map(({ id, change }) => [id, change]));
      const { rows } = await client.query<InstanceRow>(SELECT_MANY, [[...byId.keys()]]);
      const pairs = rows.map(instanceOf).map((current) => [current, { ...current, ...byId.get(current.id) }] as const);
      const changed = pairs.map(([, after]) => after);
      await client.query(UPDATE_MANY, [JSON.stringify(changed), revision]);
      await this.#recordChanges(client, pairs);
      return changed;
    });
  }

  remove(ids: readonly number[]): Promise<readonly number[]> {
    return this.#change(async (client) => {
      const { revision } = await advanceCounter(client, 0);
      const nowMs = this.#clock.wallMs();
      const { rows } = await client.query<RemovedInstance>(REMOVE, [ids, revision, new Date(nowMs)]);
      const removed = rows.sort((a, b) => a.id - b.id);
      await insertEvents(
        client,
        removed.map((one) => removedEvent(one, nowMs)),
      );
      return removed.map(({ id }) => id);
    });
  }

  registerHost(host: Instance): Promise<Instance> {
    return this.#transact(async (client) => {
      const { revision } = await advanceCounter(client, 0);
      const created = new Date(host.createdAtMs);
      const values = [...changeable(host), host.id, revision, host.kind, host.source, created];
      const { rows } = await client.query<InstanceRow>(REGISTER_HOST, values);
      return instanceOf(rows[0]!);
    });
  }

  async #recordChanges(client: PoolClient, pairs: readonly (readonly [Instance, Instance])[]): Promise<void> {
    const nowMs = this.#clock.wallMs();
    const events = pairs.map(([before, after]) => changedEvent(before, after, nowMs));
    await insertEvents(
      client,
      events.filter((event) => event !== null),
    );
  }

  /** Distinguishes a change that was definitely not made from one whose commit was sent, which may have been made. */
  async #change<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let isReady = false;
    try {
      const result = await this.#transact(async (client) => {
        const made = await work(client);
        isReady = true;
        return made;
      });
      this.#onEvents();
      return result;
    } catch (error) {
      throw isReady && isCloudMonitorError(error) && error.code === "STORE_UNAVAILABLE"
        ? changeUnconfirmed(error)
        : error;
    }
  }
}

async function advanceCounter(client: PoolClient, ids: number): Promise<{ firstId: number; revision: string }> {
  const { rows } = await client.query<{ first_id: number; revision: string }>(ADVANCE_COUNTER, [ids]);
  return { firstId: rows[0]!.first_id, revision: rows[0]!.revision };
}

async function namesInUse(client: PoolClient, names: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(SELECT_NAMES, [names]);
  return new Set(rows.map((row) => row.name));
}

/** Parameters $1 to $8 of UPDATE and REGISTER_HOST. */
function changeable(instance: Instance): unknown[] {
  const { name, ip, interval, target, profile, module, labels, simulation } = instance;
  const json = [JSON.stringify(labels), simulation && JSON.stringify(simulation)];
  return [name, ip, interval, target, profile, module, ...json];
}

const SELECT_ALL = `select ${INSTANCE_COLUMNS} from instance where deleted_at is null order by id`;
const SELECT_ONE = `select ${INSTANCE_COLUMNS} from instance where id = $1 and deleted_at is null`;
const SELECT_MANY = `select ${INSTANCE_COLUMNS} from instance where id = any($1::int4[]) and deleted_at is null order by id`;
const SELECT_NAMES = "select name from instance where name = any($1::text[]) and deleted_at is null and id > 0";

const ADVANCE_COUNTER = `
  update instance_counter set last_id = last_id + $1::int4, last_revision = last_revision + 1
  returning last_id - $1::int4 + 1 as first_id, last_revision as revision`;

/** One JSON parameter for any number of instances; ids follow the order of the list. */
const INSERT = `
  insert into instance (id, revision, created_at, name, ip, interval_seconds, kind, target, profile, module,
    labels, simulation, source)
  select $1::int4 + place::int4 - 1, $2::int8, $3::timestamptz,
    one ->> 'name', one ->> 'ip', (one ->> 'interval')::int4, one ->> 'kind', one ->> 'target',
    one ->> 'profile', one ->> 'module',
    one -> 'labels', nullif(one -> 'simulation', 'null'), one ->> 'source'
  from jsonb_array_elements($4::jsonb) with ordinality as list (one, place)
  returning ${INSTANCE_COLUMNS}`;

const UPDATE = `
  update instance set name = $1, ip = $2, interval_seconds = $3, target = $4, profile = $5, module = $6, labels = $7,
    simulation = $8, revision = $10
  where id = $9`;

/** One JSON parameter for any number of instances; names stay. */
const UPDATE_MANY = `
  update instance set ip = one ->> 'ip', interval_seconds = (one ->> 'interval')::int4, target = one ->> 'target',
    profile = one ->> 'profile', module = one ->> 'module', labels = one -> 'labels',
    simulation = nullif(one -> 'simulation', 'null'), revision = $2
  from jsonb_array_elements($1::jsonb) as list (one)
  where id = (one ->> 'id')::int4`;

const REMOVE = `
  update instance set deleted_at = $3, revision = $2
  where id = any($1::int4[]) and id > 0 and deleted_at is null
  returning id, name, source`;

const REGISTER_HOST = `
  insert into instance
    (name, ip, interval_seconds, target, profile, module, labels, simulation, id, revision, kind, source, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict (id) do update
    set name = excluded.name, interval_seconds = excluded.interval_seconds, revision = excluded.revision
  returning ${INSTANCE_COLUMNS}`;
