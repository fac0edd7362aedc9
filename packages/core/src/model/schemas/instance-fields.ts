import * as Type from "typebox";
import { INSTANCE_LIMITS, RESERVED_LABELS, SIMULATION_FAULTS, SIMULATION_PROFILES } from "../instance.ts";
import { DEFINITION_NAME } from "../target-definitions.ts";
import { choice } from "./choice.ts";
import { PLAIN } from "./plain-text.ts";
import { textMap } from "./text-map.ts";

// In request schemas a field's `description` completes the sentence "must be ..." of its error.

export const NameSchema = Type.String({
  minLength: 1,
  maxLength: INSTANCE_LIMITS.nameLengthMax,
  pattern: `^(?! )${PLAIN}*(?<! )$`,
  description:
    "a string of 1 to 128 characters, without control or invisible ones and without leading or trailing spaces",
});

export const AddressSchema = Type.String({
  maxLength: 253,
  format: "address",
  description: "an IPv4 or IPv6 address or a host name",
});

export const IntervalSchema = Type.Integer({
  minimum: INSTANCE_LIMITS.intervalSecondsMin,
  maximum: INSTANCE_LIMITS.intervalSecondsMax,
  description: "a whole number of seconds, 1 to 86400",
});

export const TargetSchema = Type.String({
  minLength: 1,
  maxLength: 2_048,
  pattern: `^${PLAIN}*$`,
  description: "a string of 1 to 2048 characters, without control or invisible ones",
});

/** Of a profile or a module. */
export const DefinitionNameSchema = Type.String({
  pattern: DEFINITION_NAME.source,
  description: "a name of 1 to 64 letters, digits, underscores, dots and dashes",
});

const LABEL_NAME = `^(?!__)(?!(?:${RESERVED_LABELS.join("|")})$)[a-z_][a-z0-9_]{0,${INSTANCE_LIMITS.labelNameLengthMax - 1}}$`;

export const LabelsSchema = textMap(
  Type.String({
    maxLength: INSTANCE_LIMITS.labelValueLengthMax,
    pattern: `^${PLAIN}*$`,
    description: "a string of at most 256 characters, without control or invisible ones",
  }),
  {
    pattern: LABEL_NAME,
    additionalProperties: false,
    maxProperties: INSTANCE_LIMITS.labelsMax,
    description:
      "an object of at most 16 labels, whose names match [a-z_][a-z0-9_]*, have at most 64 characters, " +
      `do not begin with __ and are none of ${RESERVED_LABELS.join(", ")}`,
  },
);

const SIMULATION_FIELDS = {
  seed: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: "a whole number from 0 to 4294967295" }),
  ),
  profile: Type.Optional(choice(SIMULATION_PROFILES)),
  fault: Type.Optional(choice(SIMULATION_FAULTS)),
  at: Type.Optional(
    Type.String({ maxLength: 64, format: "date-time", description: "a time as in RFC 3339: 2026-01-31T12:00:00Z" }),
  ),
  delayMs: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 600_000, description: "a whole number of milliseconds, 1 to 600000" }),
  ),
};

export const SimulationSchema = Type.Object(SIMULATION_FIELDS, {
  additionalProperties: false,
  description: "an object of seed, profile, fault, at, delayMs",
});
