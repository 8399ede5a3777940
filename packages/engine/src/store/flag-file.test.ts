import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SluiceError } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { fileStore } from './file-store.ts';

const SEED = `{
  "flags": [
    {
      "name": "dynamic_ner_models",
      "status": "percentage",
      "rollout_percentage": 10.0,
      "enabled_users": [],
      "enabled_groups": ["internal"],
      "conditions": {}
    },
    { "name": "other",   "status": "disabled", "rollout_percentage": 5e0, "enabled_users": [], "enabled_groups": [], "conditions": {"plan": ["pro"]} }
  ]
}
`;
let directory: string;
let file: string;
const open: FeatureFlagManager[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'feature_flags.json');
});
afterEach(async () => {
  for (const flags of open.splice(0)) await flags.close();
  await rm(directory, { recursive: true, force: true });
});

function start(options: object = {}): { flags: FeatureFlagManager; problems: SluiceError[] } {
  const problems: SluiceError[] = [];
  const flags = new FeatureFlagManager({
    store: fileStore(file, { watch: false, onProblem: (problem) => problems.push(problem), ...options }),
  });
  open.push(flags);
  return { flags, problems };
}
const text = (): string => readFileSync(file, 'utf8');
async function edit(flags: FeatureFlagManager, content: string | Buffer): Promise<SluiceError | null> {
  writeFileSync(file, content);
  return flags.reload().then(
    () => null,
    (error: SluiceError) => error,
  );
}

describe('the flag file', () => {
  it('is read at once, and what nobody edited keeps its bytes', async () => {
    writeFileSync(file, SEED);
    const { flags } = start();
    expect(flags.isEnabled('dynamic_ner_models', { userId: 'u', groups: ['internal'] })).toBe(true);
    await flags.setRolloutPercentage('dynamic_ner_models', 25);
    expect(text()).toBe(
      SEED.replace(
        '10.0,\n      "enabled_users": [],\n      "enabled_groups": ["internal"]',
        '25,\n      "enabled_users": [],\n      "enabled_groups": [\n        "internal"\n      ]',
      ),
    );
    expect(text()).toContain('"rollout_percentage": 5e0');
    await flags.setFlag('third', { enabled: true, description: 'new' });
    expect(JSON.parse(text()).flags[2]).toEqual({
      name: 'third',
      status: 'enabled',
      rollout_percentage: 100,
      enabled_users: [],
      enabled_groups: [],
      conditions: {},
      description: 'new',
    });
    expect(text()).toContain('"rollout_percentage": 5e0');
  });

  it('keeps a byte order mark and CRLF', async () => {
    writeFileSync(file, `\ufeff${SEED.replaceAll('\n', '\r\n')}`);
    const { flags } = start();
    await flags.setFlag('third', {});
    expect(text().startsWith('\ufeff{\r\n')).toBe(true);
    expect(text().replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('may be edited by hand: an edit is a change like any other, by the actor file', async () => {
    writeFileSync(file, SEED);
    const { flags } = start();
    await flags.setFlag('third', { enabled: true, rolloutPercentage: 30 });
    expect(await edit(flags, text().replace('"rollout_percentage": 30', '"rollout_percentage": 31.5'))).toBeNull();
    expect(flags.getFlag('third')).toMatchObject({ rolloutPercentage: 31.5, revision: 2 });
    const [event] = await flags.runtime.store.log({ scope: flags.runtime.view.scope, newestFirst: true, limit: 1 });
    expect(event).toMatchObject({ type: 'flag.updated', key: 'third', actor: 'file' });
    const withoutThird = { flags: JSON.parse(text()).flags.slice(0, 2) };
    expect(await edit(flags, JSON.stringify(withoutThird))).toBeNull();
    expect(flags.getFlag('third')?.isArchived).toBe(true);
    await expect(flags.setFlag('third', {})).rejects.toMatchObject({ code: 'refused' });
  });

  it('is made again from the journal when it is lost, and refused when it would drop every flag', async () => {
    writeFileSync(file, SEED);
    const { flags } = start();
    await flags.setFlag('third', {});
    const kept = text();
    rmSync(file);
    await flags.reload();
    expect(JSON.parse(text())).toEqual(JSON.parse(kept));
    expect(await edit(flags, '{"flags": []}')).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('would drop every flag (3)'),
    });
    expect(flags.listFlags()).toHaveLength(3);
    await flags.close();
    const forced = start({ force: true });
    await forced.flags.reload();
    expect(forced.flags.listFlags()).toHaveLength(0);
  });

  it('keeps a text that it had to refuse beside the file when the next change replaces it', async () => {
    writeFileSync(file, SEED);
    const { flags } = start();
    await flags.setFlag('third', {});
    await edit(flags, '{ "flags": [ oops');
    await flags.setFlag('third', { enabled: true });
    expect(readFileSync(`${file}.rejected`, 'utf8')).toBe('{ "flags": [ oops');
    expect(JSON.parse(text()).flags).toHaveLength(3);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

const flagWith = (field: string): string => `{\n  "flags": [\n    {"name": "a", "status": "percentage", ${field}}\n  ]\n}`;
const BAD: Record<string, [string | Buffer, RegExp]> = {
  'a list': ['[]', /:1:1: the file must be an object with a list "flags"; it is a list/],
  null: ['null', /:1:1: the file must be an object/],
  'flags that are null': ['{"flags": null}', /:1:1: .*must be an object with a list "flags"/],
  'no bytes': ['', /:1:1: /],
  'a torn text': ['{\n  "flags": [\n    {"name": "a", ', /:3:\d+: the file is not JSON/],
  'UTF-16': [Buffer.from(`\ufeff${SEED}`, 'utf16le'), /:1:1: the file is not UTF-8/],
  'a percentage above 100': [
    flagWith('"rollout_percentage": 101'),
    /:3:65: \/flags\/0\/rollout_percentage must be from 0 to 100; it is 101/,
  ],
  'a percentage below 0': [flagWith('"rollout_percentage": -1'), /:3:65: .*must be from 0 to 100/],
  'a percentage as text': [flagWith('"rollout_percentage": "50"'), /:3:65: .*must be a number from 0 to 100; it is "50"/],
  'a percentage that is not finite': [flagWith('"rollout_percentage": 1e999'), /must be a number from 0 to 100/],
  'an unknown field': [flagWith('"rollout_precentage": 50'), /is not a field of a flag \(did you mean "rollout_percentage"\?\)/],
  'an unknown status': [
    '{"flags": [{"name": "a", "status": "on"}]}',
    /:1:36: .*must be one of disabled, percentage, enabled, whitelist; it is "on"/,
  ],
  'a missing name': ['{"flags": [{"status": "enabled"}]}', /:1:12: \/flags\/0 lacks "name"/],
  'a name twice': [
    '{"flags": [{"name": "a", "status": "enabled"},\n{"name": "a", "status": "enabled"}]}',
    /:2:10: \/flags\/1\/name is "a" again; \/flags\/0 has that name/,
  ],
  'a key twice': [
    '{"flags": [{"name": "a", "status": "enabled",\n "status": "disabled"}]}',
    /:2:2: \/flags\/0\/status stands twice/,
  ],
  'a list that is none': [flagWith('"enabled_users": "u"'), /must be a list of texts; it is "u"/],
  'an empty user': [flagWith('"enabled_users": ["u", ""]'), /\/flags\/0\/enabled_users\/1 must be a text that is not empty/],
  'an unknown operator': [
    flagWith('"conditions": {"age": {"over": 18}}'),
    /\/flags\/0\/conditions\/age\/over is not an operator/,
  ],
  'a malformed pattern': [flagWith('"conditions": {"a": {"matches": "(" }}'), /must be a regular expression in RE2 syntax/],
  'a rule for an unknown variant': [
    flagWith('"rules": [{"if": {}, "variant": "blue"}]'),
    /\/flags\/0\/rules\/0\/variant must be one of off, on/,
  ],
  'a variant that is no finite number': [
    flagWith('"variants": {"values": {"off": 1, "on": 1e999}, "off": "off", "on": "on"}'),
    /\/flags\/0\/variants\/values\/on must be JSON with finite numbers/,
  ],
  'a value that is nested beyond measure': [
    flagWith(`"variants": {"values": {"off": 1, "on": ${'['.repeat(9_000)}${']'.repeat(9_000)}}, "off": "off", "on": "on"}`),
    /nested too deeply|at most 64 levels/,
  ],
  'a percentage so near an end that it would be it': [
    flagWith('"rollout_percentage": 99.9999999999'),
    /may have at most three decimals; it is 99\.9999999999/,
  ],
  'twenty thousand faults': [
    `{"flags": [${Array.from({ length: 20_000 }, () => '{"name": 1, "status": 2}').join(',\n')}]}`,
    /:1:21: \/flags\/0\/name must be a text.*… and \d+ more$/s,
  ],
  'a schema that is no text': ['{"$schema": 5, "flags": []}', /\$schema must be a text; it is 5/],
  'a comment': ['// flags\n{"flags": []}', /:1:1: the file is not JSON/],
};

describe('a bad file', () => {
  for (const [what, [content, words]] of Object.entries(BAD)) {
    it(`with ${what} is refused at its place, and the last good state stays`, async () => {
      writeFileSync(file, SEED);
      const { flags } = start();
      await flags.setFlag('third', {});
      const problem = await edit(flags, content);
      expect(problem?.code).toBe('invalid');
      expect(problem?.message).toMatch(words);
      expect(problem?.issues[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
      expect(flags.listFlags()).toHaveLength(3);
      await flags.close();
      const again = start();
      expect(again.flags.listFlags()).toHaveLength(3);
      await again.flags.runtime.ready;
      rmSync(`${file}.journal`);
      expect(() => start()).toThrow(words);
    });
  }

  it('torn at any byte is refused, never half-read', () => {
    for (let end = 0; end < SEED.trimEnd().length; end++) {
      writeFileSync(file, SEED.slice(0, end));
      expect(() => fileStore(file, { watch: false }).read(), `at ${end}`).toThrow(/feature_flags\.json:\d+:\d+: /);
    }
  });

  it('that is a directory is told as such', () => {
    mkdirSync(file);
    expect(() => start()).toThrow('cannot be read');
    open.length = 0;
  });
});
