/** The component record: the registry of a component's versions. Which of them serve is in the flag of the same key, whose variants they are. */
import type { Scope } from '../scope.ts';

/** One version, once registered never forgotten: what was retired is not used again. */
export interface RegisteredVersion {
  /** Semantic version without build metadata; also the name and value of the flag's variant. */
  readonly version: string;
  /** Build metadata as first registered, which does not make a version different; null without. */
  readonly build: string | null;
  /** Milliseconds since 1970. */
  readonly registeredAt: number;
  readonly registeredBy: string;
  readonly retiredAt: number | null;
}

export interface Component {
  readonly kind: 'component';
  readonly scope: Scope;
  /** The key of the component's flag. */
  readonly key: string;
  readonly revision: number;
  /** In order of registration. */
  readonly versions: readonly RegisteredVersion[];
}
