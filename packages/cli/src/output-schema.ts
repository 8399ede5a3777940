/** One JSON schema of everything that `--json` prints: a definition for each command. */
import { z } from 'zod';
import type { Command } from './command.ts';

/**
 * `$defs` has one for each command, named by its words with `-` between them, and `error`, which is what failed, on standard error. Those with a capital are
 * parts of others.
 */
export function outputSchema(commands: readonly Command[]): Readonly<Record<string, unknown>> {
  const parts: Record<string, unknown> = {};
  const told = commands.flatMap(({ name, answer }) =>
    answer === null ? [] : [[name.replaceAll(' ', '-'), definitionOf(answer, parts)] as const],
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What sluice prints with --json',
    $defs: { ...Object.fromEntries(told), error: definitionOf(failure, parts), ...parts },
  };
}

const failure = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.looseObject({ path: z.string(), message: z.string() })),
  }),
});

/** What it refers to is put among `parts`. */
function definitionOf(schema: z.ZodType, parts: Record<string, unknown>): unknown {
  const made = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Readonly<Record<string, unknown>>;
  const { $schema: _draft, $defs, ...definition } = made;
  for (const [name, part] of Object.entries(($defs ?? {}) as Readonly<Record<string, unknown>>)) parts[name] = withoutId(part);
  return withoutId(definition);
}

function withoutId(value: unknown): unknown {
  const { id: _id, ...rest } = value as Readonly<Record<string, unknown>>;
  return rest;
}
