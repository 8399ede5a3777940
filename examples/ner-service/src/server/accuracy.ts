/** How often each component has found the people whom a text is known to name. */
import type { Assignment } from '../assignment.ts';

export class Accuracy {
  readonly #byComponent = new Map<string, { found: number; labelled: number }>();

  /** The same assignment, listened to. */
  of(assignment: Assignment): Assignment {
    return {
      ...assignment,
      measured: (metric, value) => {
        if (metric === 'accuracy') this.#add(assignment.component, value);
        assignment.measured(metric, value);
      },
    };
  }

  /** A part of the labelled texts, 0 to 1; 0 before there are any. */
  mean(component: string): number {
    const { found = 0, labelled = 0 } = this.#byComponent.get(component) ?? {};
    return labelled === 0 ? 0 : found / labelled;
  }

  #add(component: string, value: number): void {
    const sum = this.#byComponent.get(component) ?? { found: 0, labelled: 0 };
    sum.found += value;
    sum.labelled += 1;
    this.#byComponent.set(component, sum);
  }
}
