import type { AddressInfo } from 'node:net';
import { createSluice, memoryStore } from 'sluice';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLAG, STABLE } from './assignment.ts';
import { foundAny } from './components/component.ts';
import { compromise } from './components/compromise.ts';
import { ThreadedFinder } from './components/threaded.ts';
import { wink } from './components/wink.ts';
import { winkDated } from './components/wink-dated.ts';
import { personIn, readCorpus } from './corpus.ts';
import { answerByComponent, COMPONENT } from './library/answer-by-component.ts';
import { assignInProcess } from './library/assign-in-process.ts';
import { createService } from './service.ts';

const LICENCE = 'MIT License\n\nCopyright (c) 2019 Spencer Kelly\n\nPermission is hereby granted, free of charge, to any person';

describe('the corpus', () => {
  it('has real texts, and knows who their packages name', () => {
    const { packages, packagesWithAuthor, texts } = readCorpus();
    expect(packages).toBeGreaterThan(30);
    expect(packagesWithAuthor).toBeGreaterThan(20);
    expect(texts.find((text) => text.id.startsWith('compromise/LICENSE'))?.people).toContain('Spencer Kelly');
  });

  it('takes people for people and organisations not', () => {
    expect([
      personIn('Evan You <evan@example.com>'),
      personIn({ name: 'Matteo Collina' }),
      personIn('GitHub Inc.'),
      personIn('sindresorhus'),
      personIn(7),
    ]).toEqual(['Evan You', 'Matteo Collina', null, null, null]);
  });
});

describe('the components', () => {
  it('find an author in a licence', () => {
    for (const finder of [compromise, wink, winkDated])
      expect(foundAny(finder.find(LICENCE), ['Spencer Kelly']), finder.name).toBe(true);
  });

  it('crash, in the defective one, on exactly the texts with a copyright line without a year', () => {
    const isDoomed = (text: string): boolean =>
      text.split('\n').some((line) => /^\s*copyright\b/i.test(line) && !/\d{4}/.test(line));
    const { texts } = readCorpus();
    const crashed = texts.filter(({ text }) => {
      try {
        winkDated.find(text);
        return false;
      } catch {
        return true;
      }
    });
    expect(crashed.map((text) => text.id)).toEqual(texts.filter(({ text }) => isDoomed(text)).map((text) => text.id));
    expect(crashed.length).toBeGreaterThan(2);
    expect(crashed.length).toBeLessThan(texts.length / 4);
  });
});

describe('the service', () => {
  const sluice = createSluice({ store: memoryStore() });
  const service = createService({
    finders: [compromise, wink, winkDated],
    assign: (userId) => assignInProcess(sluice, userId),
    answerInstead: (asked) => answerByComponent(sluice, asked),
  });
  const post = (body: unknown, path = '/people'): Promise<Response> =>
    fetch(`http://127.0.0.1:${(service.address() as AddressInfo).port}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  beforeAll(async () => {
    await sluice.flags.setFlag(FLAG, {
      enabled: true,
      rolloutPercentage: 0,
      variants: { [STABLE]: STABLE, wink: 'wink', 'wink-dated': 'wink-dated' },
      offVariant: STABLE,
      onVariant: 'wink',
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    service.closeAllConnections();
    service.close();
    await sluice.close();
  });

  it('answers with the component that the flag gives this user, and tells Sluice how it went', async () => {
    await sluice.flags.addUserToFlag(FLAG, 'ann');
    expect(await (await post({ user: 'ann', text: LICENCE, people: ['Spencer Kelly'] })).json()).toMatchObject({
      component: 'wink',
    });
    expect(await (await post({ user: 'bob', text: LICENCE })).json()).toMatchObject({ component: STABLE });
    expect(sluice.metrics.mean('accuracy', { flag: FLAG, variant: 'wink' })).toBe(1);
    expect(sluice.metrics.errorRate({ flag: FLAG, variant: 'wink' })).toBe(0);
  });

  it('answers a crash with 500 and counts it, and a bad body with 400', async () => {
    await sluice.flags.setFlag(FLAG, { onVariant: 'wink-dated' });
    expect((await post({ user: 'ann', text: 'Copyright (c) Somebody' })).status).toBe(500);
    expect(sluice.metrics.errorRate({ flag: FLAG, variant: 'wink-dated' })).toBe(1);
    expect([(await post('{')).status, (await post({ user: 7 })).status, (await post({}, '/nothing')).status]).toEqual([
      400, 400, 404,
    ]);
  });

  it('answers by the component once it has a version, each call with the version it was given', async () => {
    const register = (version: string, people: string[]) =>
      sluice.hotSwap.registerVersion(COMPONENT, version, () => ({ find: async () => people }));
    await register('1.0.0', ['Ada']);
    await register('2.0.0', ['Grace']);
    const asked = async (): Promise<unknown> => (await post({ user: 'ann', text: LICENCE })).json();
    expect(await asked()).toEqual({ component: `${COMPONENT} 1.0.0`, people: ['Ada'] });
    await sluice.hotSwap.swapTo(COMPONENT, '2.0.0');
    expect(await asked()).toEqual({ component: `${COMPONENT} 2.0.0`, people: ['Grace'] });
  });
});

describe('a finder in a thread', () => {
  const THREAD = new URL('../dist/components/finder-thread.js', import.meta.url);

  it('answers as the recogniser does in this thread, and fails what it has not answered when it is ended', async () => {
    let disposals = 0;
    const finder = await ThreadedFinder.start(THREAD, 'wink', () => {
      disposals += 1;
    });
    expect(await finder.find(LICENCE)).toEqual(wink.find(LICENCE));
    const ended = finder[Symbol.asyncDispose]();
    await expect(finder.find(LICENCE)).rejects.toThrow('the thread has ended');
    await ended;
    await expect(finder.find(LICENCE)).rejects.toThrow('the thread has ended');
    expect(disposals).toBe(1);
  });

  it('does not start from a file that is not there', async () => {
    await expect(ThreadedFinder.start(new URL('./nothing.js', THREAD), 'wink')).rejects.toThrow();
  });
});
