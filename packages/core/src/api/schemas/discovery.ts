import * as Type from "typebox";
import { textMap } from "../../model/schemas/text-map.ts";

const Timestamp = Type.String({ format: "date-time", description: "RFC 3339, UTC" });

const HeldSchema = Type.Object(
  {
    added: Type.Integer(),
    changed: Type.Integer(),
    removed: Type.Integer(),
    since: Timestamp,
  },
  { description: "a change that waits to be accepted: numbers of instances" },
);

export const DiscoverySourceSchema = Type.Object({
  name: Type.String(),
  location: Type.String({ description: "where it looks: a path or an address" }),
  instances: Type.Integer({ description: "that it has" }),
  lastSuccess: Type.Union([Timestamp, Type.Null()]),
  problems: Type.Array(Type.String(), { description: "of the last reading; then the instances found before stay" }),
  skipped: Type.Array(Type.String(), { description: "names that other instances have" }),
  vanished: Type.Integer({ description: "instances that it no longer has, which stay for a while" }),
  held: Type.Union([HeldSchema, Type.Null()]),
});

export const DiscoveredTargetListSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      discoveredLabels: textMap(Type.String(), { description: "before relabelling" }),
      labels: Type.Union([textMap(Type.String()), Type.Null()], { description: "after it; null: it was dropped" }),
      url: Type.Union([Type.String(), Type.Null()]),
    }),
    { description: "the first 1000" },
  ),
});

export const DiscoveryTestSchema = Type.Object({
  targets: Type.Integer({ description: "before relabelling" }),
  instances: Type.Integer({ description: "after it" }),
  added: Type.Integer({ description: "that would be created" }),
  changed: Type.Integer(),
  removed: Type.Integer(),
  held: Type.Boolean({ description: "whether the change would wait to be accepted" }),
  problems: Type.Array(Type.String()),
});

export const DiscoverySourceListSchema = Type.Object({ items: Type.Array(DiscoverySourceSchema) });

export const DiscoveryParamsSchema = Type.Object({
  name: Type.String({ maxLength: 64, description: "the name of a source" }),
});
