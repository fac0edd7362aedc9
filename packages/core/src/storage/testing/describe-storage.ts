import { afterEach, beforeEach, describe } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import type { Storage } from "../../model/storage.ts";
import { describeEvents } from "./describe-events.ts";
import { describeHistory } from "./describe-history.ts";
import { describeInstances } from "./describe-instances.ts";
import { describeLatest } from "./describe-latest.ts";
import { describeLife } from "./describe-life.ts";
import { describeWriting } from "./describe-writing.ts";

export interface ContractSubject {
  /** Not started; stores rows for CONTRACT_RETENTION_MS, at least 10,000 of them. */
  readonly storage: Storage;
  /** Called after `storage.stop()`. */
  dispose(): Promise<void>;
}

/** The contract of every storage, as tests: each implementation's test file calls this once. */
export function describeStorage(name: string, create: (clock: ManualClock) => Promise<ContractSubject>): void {
  describe(`${name} keeps the contract of a storage:`, () => {
    let clock: ManualClock;
    let subject: ContractSubject;
    const storage = () => subject.storage;

    beforeEach(async () => {
      clock = new ManualClock();
      subject = await create(clock);
      await storage().start();
      await storage().maintain();
    });
    afterEach(async () => {
      await storage().stop();
      await subject.dispose();
    });

    describeLife(storage);
    describeWriting(storage, () => clock);
    describeHistory(storage, () => clock);
    describeLatest(storage, () => clock);
    describeInstances(storage);
    describeEvents(storage, () => clock);
  });
}
