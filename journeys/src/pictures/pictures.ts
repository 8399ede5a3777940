/** What pictures are taken of the page: a line for each view. */

/** `desktop` is 1440 × 900, `phone` 390 × 844; `dark` is the desktop in dark colours. */
export type Look = 'desktop' | 'phone' | 'dark';

export interface Picture {
  /** Of the file: `rollout.png`, `rollout-phone.png`, `rollout-dark.png`. */
  readonly name: string;
  /** Behind the place: '' is the overview. */
  readonly path: string;
  /** A text that must be there before the picture is taken. */
  readonly seen: string | RegExp;
  readonly looks: readonly Look[];
  /** Without a session. */
  readonly isOutside?: boolean;
}

const BOTH = ['desktop', 'phone'] as const;
const ALL = ['desktop', 'phone', 'dark'] as const;

/** The rollout in motion comes first: it does not move for ever. */
export const PICTURES: readonly Picture[] = [
  { name: 'rollout', path: '/rollouts/pattern_matching', seen: /no worse than tolerated|within its bound/, looks: ALL },
  { name: 'overview', path: '', seen: 'kb_enrichment needs you', looks: ALL },
  { name: 'rollouts', path: '/rollouts', seen: 'pattern_matching', looks: ['desktop'] },
  { name: 'rollout-waiting', path: '/rollouts/kb_enrichment', seen: /Approve/, looks: ['desktop'] },
  { name: 'rollout-taken-back', path: '/rollouts/person_finder', seen: 'Taken back', looks: ['desktop'] },
  { name: 'flags', path: '/flags', seen: 'kb_enrichment', looks: BOTH },
  { name: 'flag', path: '/flags/person_finder', seen: 'Which component finds people in texts', looks: BOTH },
  { name: 'rollbacks', path: '/rollbacks', seen: 'person_finder', looks: BOTH },
  { name: 'history', path: '/history', seen: 'person_finder', looks: ['desktop'] },
  { name: 'flag-edit', path: '/flags/kb_enrichment/edit', seen: 'kb_enrichment', looks: BOTH },
  { name: 'segments', path: '/segments', seen: 'colleagues', looks: ['desktop'] },
  { name: 'segment', path: '/segments/colleagues', seen: 'Who refers to it', looks: ['desktop'] },
  { name: 'tests', path: '/tests', seen: 'compromise_vs_wink_week', looks: BOTH },
  { name: 'test', path: '/tests/compromise_vs_wink', seen: 'Conclusion', looks: ALL },
  { name: 'admin-approvals', path: '/admin/approvals', seen: 'kb_enrichment', looks: BOTH },
  { name: 'admin-environments', path: '/admin/environments', seen: 'Projects', looks: ['desktop'] },
  { name: 'admin-tokens', path: '/admin/tokens', seen: 'people service', looks: BOTH },
  { name: 'admin-people', path: '/admin/people', seen: 'on-call@example.com', looks: BOTH },
  { name: 'admin-webhooks', path: '/admin/webhooks', seen: 'Webhooks', looks: ['desktop'] },
  { name: 'admin-sources', path: '/admin/sources', seen: 'judged by', looks: ['desktop'] },
  { name: 'admin-break-glass', path: '/admin/break-glass', seen: 'When the page does not answer', looks: BOTH },
  { name: 'admin-log', path: '/admin/log', seen: 'The latest 100 events', looks: ['desktop'] },
  { name: 'account', path: '/account', seen: 'Personal tokens', looks: ['desktop'] },
  { name: 'first-steps', path: '/start/kb_enrichment', seen: 'First steps', looks: BOTH },
  { name: 'login', path: '/login', seen: 'Log in', looks: BOTH, isOutside: true },
];
