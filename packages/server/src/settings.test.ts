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

  it('takes true and false, and 1 and 0 for them, and nothing else for what is on or off', () => {
    const read = (SLUICE_SECURE_COOKIES: string) => readSettings({ SLUICE_SECURE_COOKIES }).isSecure;
    expect(['true', '1', 'false', '0', ''].map(read)).toEqual([true, true, false, false, false]);
    for (const other of ['yes', 'on', 'TRUE', ' true', '2'])
      expect(() => read(other)).toThrow(`settings: SLUICE_SECURE_COOKIES must be true or false, or 1 or 0; it is "${other}"`);
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

  it('takes no address of a database whose parts cannot be told apart, and shows none of it', () => {
    const told = (DATABASE_URL: string) => () => readSettings({ DATABASE_URL, SLUICE_SESSION_KEY: 'k'.repeat(32) });
    for (const url of ['u:hunter2#x@db/s', 'u:hunter%ZZ@db/s', 'u:p@db:99999/s', 'u:p@db/s#hunter2', 'u:p@a b/s', ''])
      expect(told(`postgres://${url}`)).toThrow(
        /^settings: DATABASE_URL must be an address as postgres:\/\/user:password@host:port\/database, with # .* %25; it is not shown$/,
      );
    for (const url of ['u:p%23%25@db/s', 'u@[::1]:5432/s?sslmode=verify-full', 'db', 'u@%2Fvar%2Frun/s'])
      expect(told(`postgresql://${url}`)).not.toThrow();
  });

  it('wants the same session key for all replicas of a database', () => {
    const url = 'postgres://u:p@db/sluice';
    expect(() => readSettings({ DATABASE_URL: url })).toThrow('SLUICE_SESSION_KEY is needed with DATABASE_URL');
    const key = 'k'.repeat(32);
    expect(readSettings({ DATABASE_URL: url, SLUICE_SESSION_KEY: key })).toMatchObject({ databaseUrl: url, sessionKey: key });
  });

  it('wants the same token for all replicas that pass kills on', () => {
    const SLUICE_PEERS = 'http://10.0.0.12:4400';
    expect(() => readSettings({ SLUICE_PEERS })).toThrow('SLUICE_BREAK_GLASS_TOKEN_FILE is needed with SLUICE_PEERS');
    const read = readSettings({ SLUICE_PEERS, SLUICE_BREAK_GLASS_TOKEN_FILE: '/run/secrets/token' });
    expect(read.peers.map(({ origin }) => origin)).toEqual([SLUICE_PEERS]);
    expect(() => readSettings({ SLUICE_PEERS: '10.0.0.12' })).toThrow('SLUICE_PEERS must be http or https addresses');
  });

  it('names a variable that is misspelt, and lets pass what is of others', () => {
    expect(() => readSettings({ SLUICE_PROT: '80' })).toThrow(
      'SLUICE_PROT is no variable of the server (did you mean "SLUICE_PORT"?)',
    );
    expect(() => readSettings({ SLUICE_SECURE_COOKIE: 'true' })).toThrow('did you mean "SLUICE_SECURE_COOKIES"?');
    const others = {
      SLUICE_URL: 'x',
      SLUICE_TOKEN: 'x',
      SLUICE_ACTOR: 'x',
      SLUICE_PROJECT: 'x',
      SLUICE_SOAK: '1',
      SLUICE_FILE: 'x',
    };
    expect(readSettings(others)).toEqual(DEFAULT_SETTINGS);
  });
});
