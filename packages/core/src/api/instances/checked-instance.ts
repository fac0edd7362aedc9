import type { NewInstance as GivenInstance } from "@cloud-monitor/client";
import { newInstance, problemsOfInstance } from "../../fleet/new-instance.ts";
import type { NewInstance } from "../../model/instance.ts";
import type { ApiContext } from "../http/context.ts";
import { invalidFields } from "../http/invalid-fields.ts";

type Context = Pick<ApiContext, "config" | "targetRules" | "definitions">;

/** The instance that a request asks for. Throws `REQUEST_INVALID`. */
export function checkedInstance(given: GivenInstance, context: Context): NewInstance {
  const interval = context.config().instances.defaultInterval;
  const instance = newInstance(given, { interval, source: "api" });
  checkInstance(instance, context);
  return instance;
}

/** Throws `REQUEST_INVALID` when the fields of an instance do not belong together. */
export function checkInstance(instance: Parameters<typeof problemsOfInstance>[0], context: Context): void {
  const rules = { targets: context.targetRules, definitions: context.definitions() };
  const details = problemsOfInstance(instance, rules);
  if (details.length > 0) throw invalidFields(details);
}
