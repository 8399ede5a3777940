import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, readSettings } from './settings.ts';

describe('readSettings', () => {
  it('has a default for everything', () => {
    expect(readSettings({})).toEqual(DEFAULT_SETTINGS);
    expect(readSettings({ SLUICE_PORT: '', DATABASE_URL: '' })).toEqual(DEFAULT_SETTINGS);
  });

  it('believes so many proxies as there are said to be', () => {
    const read = (SLUICE_TRUST_PROXY: string) => readSettings({ SLUICE_TRUST_PROXY }).trustedProxies;
    expect(['false', '0', 'true', '1', '2'].map(read)).toEqual([0, 0, 1, 1, 2]);
  });

  it('names every variable that is wrong, and shows no secret', () => {
    const wrong = {
      SLUICE_PORT: '70000',
      SLUICE_REQUESTS_PER_MINUTE: 'NaN',
      SLUICE_FAILED_LOGINS_PER_MINUTE: '-1',
      SLUICE_LOG_LEVEL: 'loud',
      SLUICE_OFREP_STRICT: 'maybe',
      SLUICE_TRUST_PROXY: '-1',
      DATABASE_URL: 'mysql://root:hunter2@db',
      SLUICE_SESSION_KEY: 'hunter2',
    };
    const told = (() => {
      try {
        return readSettings(wrong);
      } catch (error) {
        return error as { code: string; message: string; issues: { path: string }[] };
      }
    })() as { code: string; message: string; issues: { path: string }[] };
    expect(told.code).toBe('invalid');
    expect(told.issues.map(({ path }) => path).sort()).toEqual(Object.keys(wrong).sort());
    expect(told.message).toContain('SLUICE_PORT must be a whole number from 0 to 65535; it is "70000"');
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  it('wants the same session key for all replicas of a database', () => {
    const url = 'postgres://u:p@db/sluice';
    expect(() => readSettings({ DATABASE_URL: url })).toThrow('SLUICE_SESSION_KEY is needed with DATABASE_URL');
    const key = 'k'.repeat(32);
    expect(readSettings({ DATABASE_URL: url, SLUICE_SESSION_KEY: key })).toMatchObject({ databaseUrl: url, sessionKey: key });
  });
});
