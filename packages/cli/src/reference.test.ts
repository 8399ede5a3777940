import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { outputSchema } from './output-schema.ts';
import { reference } from './reference.ts';

const at = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

describe('what is published of the commands (npm run docs:cli writes it)', () => {
  it('is the reference made of their help', () => expect(at('../../docs/reference/cli.md')).toBe(reference(COMMANDS)));

  it('is the schema of what they print', () =>
    expect(JSON.parse(at('schema/output.schema.json'))).toEqual(JSON.parse(JSON.stringify(outputSchema(COMMANDS)))));
});
