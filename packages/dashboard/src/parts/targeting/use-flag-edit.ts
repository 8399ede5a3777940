/** One person's edit of a flag: begun on what is kept, and carried over to what others keep meanwhile. */
import { useState } from 'react';
import type { AnswerTo, Place } from '../../api/answers.ts';
import { type ChangeDraft, type Draft, patchOf } from './draft.ts';
import { type Edit, useStoredEdit } from './stored-draft.ts';
import { useStable } from './use-stable.ts';

export type KeptSettings = AnswerTo<'flags', 'settings'>;

export interface FlagEdit extends Edit {
  /** What is sent. */
  readonly patch: Draft;
  /** Somebody else saved since it began. */
  readonly isOvertaken: boolean;
  /** Grows when the draft becomes another otherwise than by the fields: they begin anew with it. */
  readonly version: number;
  readonly change: ChangeDraft;
  readonly replace: (draft: Draft) => void;
  /** Begins anew from what is kept. */
  readonly startOver: () => void;
  readonly putOnTop: () => void;
  /** Gives back what was given up by `startOver`; null when there is none. */
  readonly bringBack: (() => void) | null;
  readonly forget: () => void;
}

export function useFlagEdit(place: Place, key: string, kept: KeptSettings): FlagEdit {
  const { stored, keep, forget } = useStoredEdit(place, key);
  const [version, setVersion] = useState(0);
  const [aside, setAside] = useState<Edit | null>(null);
  const edit = stored ?? { revision: kept.revision, base: kept.settings, draft: kept.settings };
  const patch = patchOf(edit.base, edit.draft);
  const become = (next: Edit | null): void => {
    if (next === null) forget();
    else keep(next);
    setVersion(version + 1);
  };
  const change = useStable((changed: Partial<Draft>): void => keep({ ...edit, draft: { ...edit.draft, ...changed } }));
  const back = (): void => {
    setAside(null);
    become(aside);
  };
  return {
    ...edit,
    patch,
    isOvertaken: stored !== null && kept.revision > edit.revision,
    version,
    change,
    replace: (draft) => become({ ...edit, draft }),
    startOver: () => {
      setAside(edit);
      become(null);
    },
    putOnTop: () => become({ revision: kept.revision, base: kept.settings, draft: { ...kept.settings, ...patch } }),
    bringBack: aside === null ? null : back,
    forget,
  };
}
