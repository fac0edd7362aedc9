import * as Type from "typebox";
import { choice } from "../../model/schemas/choice.ts";

const Nothing = Type.Null();

export const DryRunSchema = Type.Object({
  status: choice(["up", "down"]),
  reason: Type.Union([Type.String(), Nothing], { description: "why it is down; null otherwise" }),
  message: Type.Union([Type.String(), Nothing], { description: "the same in words, where the collector has any" }),
  duration: Type.Union([Type.Number(), Nothing], { description: "seconds; null when it is down" }),
  series: Type.Integer({ description: "that it has" }),
});
