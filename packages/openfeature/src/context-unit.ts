/** The evaluation context of OpenFeature as the unit that flags are asked for: the same one that the server makes of it over OFREP. */
import type { EvaluationContext } from '@openfeature/server-sdk';
import type { Unit } from '@sluice/core';

/** `targetingKey` is the unit's key and `groups` its groups; whatever else the context has are attributes, which are put apart only when asked for. */
export class ContextUnit implements Unit {
  readonly userId: string | undefined;
  readonly groups: readonly string[] | undefined;
  readonly #context: EvaluationContext;
  #attributes: Readonly<Record<string, unknown>> | null = null;

  constructor(context: EvaluationContext) {
    this.#context = context;
    this.userId = context.targetingKey;
    const { groups } = context;
    this.groups = Array.isArray(groups) ? (groups as string[]) : undefined;
  }

  get attributes(): Readonly<Record<string, unknown>> {
    if (this.#attributes === null) {
      const { targetingKey: _key, groups: _groups, sluice: _sluice, ...attributes } = this.#context;
      this.#attributes = attributes;
    }
    return this.#attributes;
  }
}
