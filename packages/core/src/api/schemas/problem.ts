import * as Type from "typebox";

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: "stable; docs/errors.md lists all" }),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
  },
  { description: "RFC 9457" },
);

/** The problem responses of a route, for the OpenAPI document. */
export function problems(...statuses: readonly number[]): Record<number, unknown> {
  const content = { "application/problem+json": { schema: { $ref: "Problem#" } } };
  return Object.fromEntries(statuses.map((status) => [status, { description: "A problem.", content }]));
}
