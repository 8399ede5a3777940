import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onFile } from './at.testing.ts';
import { utf8Text } from './utf8-text.ts';

const placeIn = (bytes: Uint8Array): string => {
  try {
    return utf8Text(bytes, 'plan');
  } catch (error) {
    return (error as Error).message;
  }
};

describe('bytes that are read as a text', () => {
  it('are the text that was written, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(utf8Text(Buffer.from(text), 'plan')).toBe(text.replace(/^\uFEFF/, ''));
      }),
    );
  });

  it('are refused with the place of the first that is no letter', () => {
    expect(placeIn(Buffer.from('a: 1\nname: caf\xe9 au lait\n', 'latin1'))).toMatch(/^plan:2:10: is not UTF-8 from here on/);
    expect(placeIn(Buffer.from('\uFEFFwide', 'utf16le'))).toMatch(/^plan:1:1: /);
    expect(placeIn(Buffer.from('é').subarray(0, 1))).toMatch(/^plan:1:1: /);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const lines = before.replace(/^\uFEFF/, '').split('\n');
        const bytes = Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]);
        expect(placeIn(bytes)).toContain(`plan:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: `);
      }),
    );
  });

  it('are none of a plan, from a file or from standard input', async () => {
    const at = await onFile();
    const input = Buffer.from('version: 1\nflags: [{ name: caf\xe9 }]\n', 'latin1');
    const piped = await at.run('plan check - --json', { input });
    expect([piped.exit, JSON.parse(piped.err)]).toMatchObject([2, { error: { issues: [{ line: 2, column: 20 }] } }]);
    expect((await at.run('plan check -', { input: 'version: 1\nflags: [{ name: café }]\n' })).exit).toBe(0);
    await at.close();
  });
});
