import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, type LanguageName, snippetOf, valueTypeOf } from './snippets.ts';

const run = promisify(execFile);
const of = { url: 'https://flags.example.org', token: 'slu_server_1', type: 'boolean' } as const;

describe('snippets', () => {
  it('name the server, the token and the flag in every language', () => {
    for (const language of Object.keys(LANGUAGES) as LanguageName[]) {
      const snippet = snippetOf(language, { ...of, flag: 'new_checkout' });
      for (const named of [of.url, of.token, 'new_checkout']) expect(snippet, language).toContain(named);
    }
  });

  it('ask in TypeScript for the flag of any name, and do nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (flag) => {
        const asked: unknown[] = [];
        const line =
          snippetOf('TypeScript', { ...of, flag })
            .split('\n')
            .at(-1) ?? '';
        new Function('flags', 'console', line)({ isEnabled: (name: unknown) => asked.push(name) }, { log: () => {} });
        expect(asked).toEqual([flag]);
      }),
      { examples: [["it's"], ['\\'], ['\\"'], ["'); hit('"], ['line\nbreak']] },
    );
  });

  it('ask for a value of the type that the variants have', () => {
    expect(valueTypeOf({ off: false, on: true })).toBe('boolean');
    expect(valueTypeOf({ off: 'blue', on: 'green' })).toBe('string');
    expect(valueTypeOf({ off: 1, on: 2 })).toBe('number');
    expect(valueTypeOf({ off: 1, on: 'two' })).toBe('object');
    expect(valueTypeOf({ off: null, on: {} })).toBe('object');
    const asked: unknown[] = [];
    const line =
      snippetOf('TypeScript', { ...of, flag: 'button', type: 'string' })
        .split('\n')
        .at(-1) ?? '';
    const evaluate = (...given: unknown[]) => ({ value: asked.push(given) });
    new Function('flags', 'console', line)({ evaluate }, { log: () => {} });
    expect(asked).toEqual([['button', { userId: 'user-1' }, '']]);
    expect(snippetOf('Go', { ...of, flag: 'button', type: 'number' })).toContain('client.FloatValue(');
    expect(snippetOf('Python', { ...of, flag: 'button', type: 'string' })).toContain('.get_string_value("button", "",');
    expect(snippetOf('Java', { ...of, flag: 'button', type: 'object' })).toContain(
      'client.getObjectValue("button", new Value(),',
    );
  });

  it('ask in a shell for the flag of any name, and do nothing else', async () => {
    for (const flag of ["it's", '$(touch /tmp/never)', 'a b`id`"', 'ü/?&#']) {
      const snippet = snippetOf('curl', { ...of, flag, token: "t'$x" });
      const { stdout } = await run('bash', ['-c', `curl() { printf '%s\\n' "$@"; }\n${snippet}`]);
      expect(stdout.split('\n').slice(0, -1)).toEqual([
        '-X',
        'POST',
        `https://flags.example.org/ofrep/v1/evaluate/flags/${encodeURIComponent(flag)}`,
        '-H',
        "Authorization: Bearer t'$x",
        '-H',
        'Content-Type: application/json',
        '-d',
        '{"context":{"targetingKey":"user-1"}}',
      ]);
    }
  });
});
