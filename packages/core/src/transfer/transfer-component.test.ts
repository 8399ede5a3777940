import { describe, expect, it } from 'vitest';
import type { Component } from '../component/component.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import type { SluiceRecord } from '../record.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { exportDocument } from './document.ts';
import { parseDocument } from './parse-document.ts';
import { planImport } from './plan-import.ts';

const NOW = 1_800_000_000_000;
const BY = { actor: 'ada', reason: 'because' };
const versionAt = (version: string, retiredAt: number | null = null) => ({
  version,
  build: version === '2.0.0' ? 'b7' : null,
  registeredAt: NOW - 5,
  registeredBy: 'ada',
  retiredAt,
});
const component: Component = {
  kind: 'component',
  scope: DEFAULT_SCOPE,
  key: 'ner',
  revision: 3,
  versions: [versionAt('0.9.0', NOW - 1), versionAt('1.0.0'), versionAt('2.0.0')],
};
const flag: Flag = {
  ...newFlag('ner', DEFAULT_SCOPE, NOW),
  revision: 3,
  isComponent: true,
  status: 'enabled',
  share: 100_000,
  variants: { '1.0.0': '1.0.0', '2.0.0': '2.0.0' },
  offVariant: '1.0.0',
  onVariant: '1.0.0',
};

function read(records: readonly SluiceRecord[]): readonly SluiceRecord[] {
  const result = parseDocument(JSON.parse(JSON.stringify(exportDocument(records, DEFAULT_SCOPE, NOW))), DEFAULT_SCOPE, NOW);
  if ('issues' in result) throw new Error(JSON.stringify(result.issues));
  return result.records;
}

describe('a component in a document', () => {
  it('goes out and in with its registry, retired versions included', () => {
    const { change } = planImport(read([flag, component]), [], 'refuse', BY, NOW);
    expect(change?.records).toMatchObject([
      { kind: 'flag', isComponent: true, offVariant: '1.0.0', onVariant: '1.0.0' },
      { kind: 'component', versions: component.versions },
    ]);
    const single = { ...flag, variants: { '1.0.0': '1.0.0' } };
    expect(planImport(read([single, component]), [], 'refuse', BY, NOW).change).not.toBeNull();
  });

  it('is refused with a version that nobody registered, or that is retired', () => {
    for (const version of ['3.0.0', '0.9.0']) {
      const wanted = { ...flag, variants: { ...flag.variants, [version]: version } };
      expect(planImport(read([wanted, component]), [], 'refuse', BY, NOW).entries[0]).toMatchObject({
        outcome: 'invalid',
        issues: [{ path: `/flags/0/variants/${version}`, message: expect.stringContaining(`the version "${version}" is `) }],
      });
    }
    expect(planImport(read([flag]), [], 'refuse', BY, NOW).change).toBeNull();
  });

  it('never forgets a version, revives a retired one, or turns a flag into a component', () => {
    const fewer = { ...component, versions: component.versions.slice(1) };
    const revived = { ...component, versions: component.versions.map((known) => ({ ...known, retiredAt: null })) };
    for (const wanted of [fewer, revived])
      expect(planImport(read([flag, wanted]), [flag, component], 'merge', BY, NOW).change).toBeNull();
    const plain = { ...newFlag('ner', DEFAULT_SCOPE, NOW), revision: 1 };
    expect(planImport(read([flag, component]), [plain], 'merge', BY, NOW).entries[0]).toMatchObject({
      outcome: 'refused',
      message: 'it is no component here and does not become one',
    });
  });

  it('is refused with a bad version, naming its place', () => {
    const document = JSON.parse(JSON.stringify(exportDocument([flag, component], DEFAULT_SCOPE, NOW)));
    document.components[0].versions[1].version = '1.0';
    document.components[0].versions[2].registeredAt = 'soon';
    const result = parseDocument(document, DEFAULT_SCOPE, NOW);
    expect('issues' in result ? result.issues.map(({ path }) => path) : []).toEqual([
      '/components/0/versions/1/version',
      '/components/0/versions/2/registeredAt',
    ]);
  });
});
