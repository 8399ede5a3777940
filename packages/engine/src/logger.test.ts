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

  it('turns a failure of the logger into a process warning that still tells the message, once for each cause', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    let cause = 'pipe closed';
    const broken = (): never => {
      throw new Error(cause);
    };
    const rejecting = async (): Promise<void> => broken();
    const logger = neverThrowing({ ...silentLogger, info: rejecting, warn: broken, error: broken });
    for (let i = 0; i < 3; i++) logger.warn('flag file refused');
    logger.error('another');
    const lost = 'is lost, with all that fails for the same cause';
    expect(emitWarning.mock.calls).toEqual([
      [`the logger of Sluice failed (Error: pipe closed) and this ${lost}: flag file refused`],
    ]);
    cause = 'disk full';
    logger.info('told later');
    await new Promise((resolve) => setImmediate(resolve));
    logger.info('told later');
    expect(emitWarning.mock.calls.slice(1)).toEqual([
      [`the logger of Sluice failed (Error: disk full) and this ${lost}: told later`],
    ]);
    for (let i = 0; i < 100; i++) {
      cause = `try ${i}`;
      logger.warn('again');
    }
    expect(emitWarning.mock.calls).toHaveLength(20);
    emitWarning.mockRestore();
  });
});
