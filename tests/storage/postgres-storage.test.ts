import { describeStorage } from "../../packages/core/src/storage/testing/describe-storage.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase } from "../support/postgres.ts";

describeStorage("PostgresStorage", async (clock) => {
  const database = await createTestDatabase();
  return { storage: newPostgresStorage(database.address, { clock }), dispose: () => database.drop() };
});
