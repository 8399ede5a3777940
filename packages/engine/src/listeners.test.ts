import { describe, expect, it } from 'vitest';
import { Listeners } from './listeners.ts';
import { type Logger, silentLogger } from './logger.ts';

interface Events {
  exposure: { readonly unit: string };
  problem: { readonly message: string };
}

function listenersWithLog(): { listeners: Listeners<Events>; errors: string[] } {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
  return { listeners: new Listeners<Events>(logger), errors };
}

describe('Listeners', () => {
  it('tells those who listen to that type, in the order they came', () => {
    const { listeners } = listenersWithLog();
    const heard: string[] = [];
    listeners.on('exposure', ({ unit }) => heard.push(`first ${unit}`));
    listeners.on('exposure', ({ unit }) => heard.push(`second ${unit}`));
    listeners.on('problem', ({ message }) => heard.push(message));
    listeners.emit('exposure', { unit: 'u1' });
    expect(heard).toEqual(['first u1', 'second u1']);
  });

  it('knows whether anybody listens', () => {
    const { listeners } = listenersWithLog();
    expect(listeners.has('exposure')).toBe(false);
    const stopFirst = listeners.on('exposure', () => {});
    const stopSecond = listeners.on('exposure', () => {});
    stopFirst();
    expect(listeners.has('exposure')).toBe(true);
    expect(listeners.has('problem')).toBe(false);
    stopSecond();
    stopSecond();
    expect(listeners.has('exposure')).toBe(false);
  });

  it('counts one function that subscribed twice as two', () => {
    const { listeners } = listenersWithLog();
    let heard = 0;
    const listener = (): void => {
      heard += 1;
    };
    listeners.on('exposure', listener);
    const stop = listeners.on('exposure', listener);
    listeners.emit('exposure', { unit: 'u1' });
    stop();
    listeners.emit('exposure', { unit: 'u1' });
    expect(heard).toBe(3);
  });

  it('keeps an event for those who listened when it happened', () => {
    const { listeners } = listenersWithLog();
    const heard: string[] = [];
    listeners.on('exposure', () => {
      stopSecond();
      listeners.on('exposure', () => heard.push('newcomer'));
    });
    const stopSecond = listeners.on('exposure', () => heard.push('second'));
    listeners.emit('exposure', { unit: 'u1' });
    expect(heard).toEqual(['second']);
  });

  it('reports a listener that throws and goes on to the next', () => {
    const { listeners, errors } = listenersWithLog();
    const heard: string[] = [];
    listeners.on('problem', () => {
      throw new Error('no e-mail');
    });
    listeners.on('problem', ({ message }) => heard.push(message));
    listeners.emit('problem', { message: 'disk' });
    expect(heard).toEqual(['disk']);
    expect(errors).toEqual(['a listener of "problem" failed: Error: no e-mail']);
  });

  it('reports a listener whose promise rejects', async () => {
    const { listeners, errors } = listenersWithLog();
    listeners.on('problem', () => Promise.reject(new Error('no e-mail')));
    listeners.emit('problem', { message: 'disk' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual(['a listener of "problem" failed: Error: no e-mail']);
  });

  it('hears nothing for a type that objects inherit', () => {
    const listeners = new Listeners<Record<string, number>>(silentLogger);
    expect(listeners.has('toString')).toBe(false);
    expect(() => listeners.emit('__proto__', 1)).not.toThrow();
  });
});
