/** What a change that was made already is answered with when it is asked for again: the object as it is now. */
import { type PublicEvent, rollbacksAmong } from '@sluice/core';
import type { MutationOptions, Scope, Sluice, Workspace } from 'sluice';
import { shownPerson } from './access.ts';
import { registered } from './components.ts';
import { found } from './found.ts';
import type { ApiRouteId } from './handlers.ts';
import { shownProject } from './projects.ts';
import { shownWebhook } from './webhooks.ts';

export interface Repeated {
  readonly params: Readonly<Record<string, string>>;
  readonly body: object;
  readonly sluice: Sluice;
  readonly workspace: Workspace;
  readonly scope: Scope;
  readonly by: MutationOptions;
}
export type Repeat = (call: Repeated) => unknown;

const done: Repeat = () => undefined;
const flag: Repeat = ({ sluice, params: { key = '' } }) => found(sluice.flags.getFlag(key), 'flag', key);
const segment: Repeat = ({ sluice, params: { key = '' } }) => found(sluice.flags.getSegment(key), 'segment', key);
const rollout: Repeat = ({ sluice, params }) => {
  const name = params.flag ?? params.test ?? '';
  return found(sluice.rollouts.getRolloutStatus(name), 'a rollout of flag', name);
};
const test: Repeat = ({ sluice, params: { test: id = '' } }) => sluice.abTests.getTest(id);
const created: Repeat = ({ sluice, body }) => sluice.abTests.getTest((body as { settings: { testId: string } }).settings.testId);
const project: Repeat = ({ workspace, params, body }) =>
  shownProject(workspace.projects.get(params.project ?? (body as { settings: { key: string } }).settings.key));
const person: Repeat = ({ workspace, params, body }) =>
  shownPerson(workspace.access.person(params.email ?? (body as { email: string }).email));
const everywhere: Repeat = ({ workspace, params: { project: name = '', key = '' } }) => ({
  environments: Object.fromEntries(
    workspace.projects.get(name).environments.map((environment) => {
      const { flags } = workspace.environment(name, environment.key);
      return [environment.key, found(flags.getFlag(key), 'flag', key)];
    }),
  ),
});
const copied: Repeat = ({ workspace, params: { project: name = '', key = '' }, body }) =>
  found(workspace.environment(name, (body as { to: string }).to).flags.getFlag(key), 'flag', key);
const webhook: Repeat = ({ workspace, params }) => {
  const kept = workspace.notifications.list(params.project ?? '').find((details) => details.webhook.key === params.key);
  return { webhook: shownWebhook(found(kept, 'webhook', params.key ?? '')), secret: null };
};

const scheduled: Repeat = async (call) => {
  const { record, detail, key } = await eventOf(call);
  const edit = record.kind === 'schedule' ? record.pending.find(({ id }) => id === detail.id) : undefined;
  const { id, at, settings, by, scheduledAt } = found(edit, 'the scheduled edit of', key);
  return { id, flag: key, at: new Date(at), settings, ...by, scheduledAt: new Date(scheduledAt) };
};

const rolledBack: Repeat = async (call) => {
  const [rollback] = rollbacksAmong(await eventsOf(call));
  const { key, seq } = found(rollback, 'the rollback of', 'this request');
  const kept = (await call.sluice.rollbacks.getRollbackHistory({ flag: key, limit: 1000 })).find(({ id }) => id === seq);
  const { id, strategy, fromPercentage, toPercentage, stopped, actor, reason } = found(kept, 'rollback', String(seq));
  const isUnderWay = strategy === 'gradual' && call.sluice.rollouts.getRolloutStatus(key)?.phase === 'rolling_back';
  const status = stopped === null ? (isUnderWay ? 'inProgress' : 'completed') : 'stopped';
  const [from, to] = [fromPercentage ?? 0, toPercentage ?? 0];
  const told = { id, flag: key, strategy, changed: true, fromPercentage: from, toPercentage: to, status, actor, reason };
  return { ...told, durable: true, loaded: true, warnings: [], durationMs: 0 };
};

/** Of the environment that the body names. */
const killed: Repeat = async (call) => {
  const scope = call.body as Scope;
  const again = await rolledBack({ ...call, scope, sluice: call.workspace.environment(scope.project, scope.environment) });
  return { ...(again as object), keptIn: 'store', peers: [] };
};

const registeredAgain: Repeat = ({ sluice, params: { component = '' }, body }) => {
  const { version } = body as { readonly version: string };
  const kept = sluice.hotSwap.versions(component).find((known) => version.startsWith(known.version));
  return registered(found(kept, 'version', version));
};

const swapped: Repeat = async (call) => {
  const events = await eventsOf(call);
  const { detail, key } = found(
    events.find(({ type }) => type === 'component.swapped'),
    'the swap of',
    'this request',
  );
  return {
    component: key,
    from: String(detail.fromVersion),
    to: String(detail.toVersion),
    changed: true,
    drained: true,
    durationMs: 0,
  };
};

const imported: Repeat = async (call) => {
  const events = await eventsOf(call);
  const entries = events.map(({ kind, key, record }) => ({
    kind,
    key,
    outcome: record.revision === 1 ? 'create' : 'update',
    message: '',
  }));
  return { entries: entries.reverse(), changed: true };
};

/** The newest first. */
async function eventsOf({ workspace, scope, by }: Repeated): Promise<readonly PublicEvent[]> {
  const request = by.request?.id ?? '';
  return (await workspace.history({ project: scope.project, environment: scope.environment, request, limit: 1000 })).events;
}

async function eventOf(call: Repeated): Promise<PublicEvent> {
  return found((await eventsOf(call)).at(-1), 'the change of', 'this request');
}

/** What `tokens.create` answered holds a secret, which is told once; and metrics commit nothing. */
const REPEATS: { readonly [Id in ApiRouteId]?: Repeat } = {
  ...same(flag, 'flags', ['set', 'setPercentage', 'enable', 'kill', 'unkill', 'restoreRevision', 'addUser', 'removeUser']),
  ...same(flag, 'flags', ['addGroup', 'removeGroup', 'archive']),
  'flags.schedule': scheduled,
  'flags.cancelScheduled': done,
  ...same(segment, 'segments', ['set', 'addMembers', 'removeMembers']),
  'segments.delete': done,
  ...same(rollout, 'rollouts', ['start', 'pause', 'resume', 'approve', 'approveStart', 'reject', 'promote', 'abort']),
  ...same(rolledBack, 'rollbacks', ['immediate', 'gradual', 'targeted']),
  'breakGlass.kill': killed,
  ...same(test, 'experiments', ['start', 'stop', 'update', 'rebase', 'archive']),
  'experiments.create': created,
  'experiments.ship': rollout,
  'components.register': registeredAgain,
  'components.swap': swapped,
  'components.retire': done,
  'transfer.import': imported,
  ...same(project, 'projects', ['create', 'rename', 'addEnvironment', 'setProtected']),
  ...same(everywhere, 'projects', ['define', 'archiveFlag']),
  'projects.copyFlag': copied,
  ...same(person, 'people', ['create', 'rename', 'setRole', 'disable', 'enable', 'setPassword']),
  'tokens.revoke': done,
  'account.revokeToken': done,
  'account.setPassword': done,
  ...same(webhook, 'webhooks', ['set', 'renewSecret']),
  'webhooks.delete': done,
};

function same<Group extends string, Name extends string>(repeat: Repeat, group: Group, names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [`${group}.${name}`, repeat])) as { [N in Name as `${Group}.${N}`]: Repeat };
}

export function repeatOf(id: string): Repeat | undefined {
  return Object.hasOwn(REPEATS, id) ? REPEATS[id as ApiRouteId] : undefined;
}
