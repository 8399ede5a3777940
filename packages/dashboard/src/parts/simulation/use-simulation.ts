/** One simulation at a time: begun, told how far it is, stopped when nobody waits for it. */
import type { RolloutForecast } from '@sluice/core';
import { useEffect, useRef, useState } from 'react';
import type { Said, Simulated } from './simulated.ts';

export type SimulationState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly done: number; readonly of: number }
  | { readonly kind: 'forecast'; readonly forecast: RolloutForecast; readonly simulated: Simulated }
  | { readonly kind: 'failed'; readonly message: string };

export interface Simulation {
  readonly state: SimulationState;
  readonly start: (simulated: Simulated) => void;
  readonly cancel: () => void;
}

export function useSimulation(): Simulation {
  const [state, setState] = useState<SimulationState>({ kind: 'none' });
  const worker = useRef<Worker | null>(null);
  const end = (): void => {
    worker.current?.terminate();
    worker.current = null;
  };
  useEffect(() => () => worker.current?.terminate(), []);
  const finish = (last: SimulationState): void => {
    end();
    setState(last);
  };
  const start = (simulated: Simulated): void => {
    end();
    const begun = new Worker(new URL('./simulation-worker.ts', import.meta.url), { type: 'module' });
    worker.current = begun;
    setState({ kind: 'running', done: 0, of: simulated.replicates });
    begun.addEventListener('error', () =>
      finish({ kind: 'failed', message: 'The simulation could not be loaded or broke off.' }),
    );
    begun.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (data.kind === 'progress') setState({ kind: 'running', done: data.done, of: simulated.replicates });
      else finish(data.kind === 'forecast' ? { ...data, simulated } : data);
    });
    begun.postMessage(simulated);
  };
  return { state, start, cancel: () => finish({ kind: 'none' }) };
}
