/** What the views of administration ask for. The first word of a key names what it depends on. */
import { queryOptions } from '@tanstack/react-query';
import type { AnswerTo } from './answers.ts';
import { api } from './api.ts';

export type Token = AnswerTo<'tokens', 'list'>['tokens'][number];
export type Person = AnswerTo<'people', 'list'>['people'][number];
export type Webhook = AnswerTo<'webhooks', 'list'>['webhooks'][number];

export const adminQueries = {
  tokens: (project: string) =>
    queryOptions({ queryKey: ['token', project], queryFn: async () => (await api.tokens.list({ project })).tokens }),
  ownTokens: () => queryOptions({ queryKey: ['token', 'own'], queryFn: async () => (await api.account.tokens({})).tokens }),
  people: () => queryOptions({ queryKey: ['person', 'all'], queryFn: async () => (await api.people.list({})).people }),
  webhooks: (project: string) =>
    queryOptions({
      queryKey: ['webhook', project],
      queryFn: async () => (await api.webhooks.list({ project })).webhooks,
      // How far each was told is of the process that sends, and no change of a record.
      refetchInterval: 5_000,
    }),
  projectHistory: (project: string) =>
    queryOptions({
      queryKey: ['history', project, 'everywhere'],
      queryFn: async () => (await api.history.ofProject({ project, limit: 100 })).members,
    }),
  breakGlass: () =>
    queryOptions({ queryKey: ['figures', 'break-glass'], queryFn: () => api.breakGlass.pending({}), refetchInterval: 15_000 }),
};
