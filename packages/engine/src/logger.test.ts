import { describe, expect, it, vi } from 'vitest';
import { type Logger, neverThrowing, silentLogger } from './logger.ts';

describe('Logger', () => {
  it('is what console and the silent logger are', () => {
    const loggers: readonly Logger[] = [console, silentLogger];
    for (const logger of loggers) expect(typeof logger.debug).toBe('function');
  });
});

describe('neverThrowing', () => {
  it('hands on every level as it was called', () => {
    const calls: unknown[][] = [];
    const note =
      (level: string) =>
      (...args: unknown[]): void =>
        void calls.push([level, ...args]);
    const logger = neverThrowing({ debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') });
    logger.debug('a');
    logger.info('b', { key: 1 });
    logger.warn('c');
    logger.error('d', {});
    expect(calls).toEqual([
      ['debug', 'a'],
      ['info', 'b', { key: 1 }],
      ['warn', 'c'],
      ['error', 'd', {}],
    ]);
  });

  it('keeps the logger itself as the receiver of its methods', () => {
    class Counting implements Logger {
      count = 0;
      debug = (): void => {};
      info(): void {
        this.count += 1;
      }
      warn = (): void => {};
      error = (): void => {};
    }
    const counting = new Counting();
    neverThrowing(counting).info('once');
    expect(counting.count).toBe(1);
  });

  it('turns a failure of the logger into a process warning that still tells the message', () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const broken = (): never => {
      throw new Error('pipe closed');
    };
    neverThrowing({ ...silentLogger, warn: broken }).warn('flag file refused');
    expect(emitWarning.mock.calls).toEqual([
      ['the logger of Sluice failed (Error: pipe closed) and this is lost: flag file refused'],
    ]);
    emitWarning.mockRestore();
  });
});
