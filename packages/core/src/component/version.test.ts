import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEarlierVersion, parseVersion, versionProblem } from './version.ts';

describe('parseVersion', () => {
  it('takes build metadata off, which does not make a version different', () => {
    expect(parseVersion('c', '2.0.0')).toEqual({ version: '2.0.0', build: null });
    expect(parseVersion('c', '2.0.0+sha.5114f85')).toEqual({ version: '2.0.0', build: 'sha.5114f85' });
    expect(parseVersion('c', '2.1.0-rc.1+b')).toEqual({ version: '2.1.0-rc.1', build: 'b' });
  });

  it('refuses what is no semantic version, or another way to write one, naming component and value', () => {
    for (const bad of [
      '',
      'v1.0.0',
      ' 1.0.0',
      '1.0',
      '01.0.0',
      '1.0.0-',
      '1.0.0+',
      'latest',
      'x'.repeat(10_000),
      1,
      null,
      undefined,
      {},
    ])
      expect(parseVersion('ner_model', bad), String(bad).slice(0, 20)).toMatchObject({ code: 'invalid' });
    expect(parseVersion('ner_model', 'v2')).toMatchObject({
      refused: 'component "ner_model": the version must be a semantic version such as "2.0.0" or "2.1.0-rc.1"; it is "v2"',
    });
  });

  it('gives every version one name: what it answers is a version, and itself', () => {
    const number = fc.nat(50);
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.constantFrom('', '-rc.1', '-0'),
        fc.constantFrom('', '+a', '+a.b-c'),
        (a, b, c, pre, build) => {
          const parsed = parseVersion('c', `${a}.${b}.${c}${pre}${build}`);
          const version = 'version' in parsed ? parsed.version : '';
          expect(version).toBe(`${a}.${b}.${c}${pre}`);
          expect(versionProblem(version)).toBeNull();
        },
      ),
    );
  });
});

describe('isEarlierVersion', () => {
  it('goes by precedence: numbers as numbers, pre-releases before their version, nothing before itself', () => {
    const ascending = ['1.0.0-rc.1', '1.0.0-rc.2', '1.0.0', '1.9.0', '1.10.0', '2.0.0'];
    for (const [index, version] of ascending.entries())
      for (const [place, other] of ascending.entries()) expect(isEarlierVersion(version, other)).toBe(index < place);
  });
});
