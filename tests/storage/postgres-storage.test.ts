import { describeStorage } from "../../packages/core/src/storage/contract.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase } from "../support/postgres.ts";

describeStorage("PostgresStorage", async (clock) => {
  const database = await createTestDatabase();
  return { storage: newPostgresStorage(database.address, { clock }), dispose: () => database.drop() };
});
