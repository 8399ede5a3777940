/** The notifier of a workspace: its webhooks, told of the events of their projects. */
import { type LoggedEvent, projectScope, publicEvent, SluiceError, type Webhook, wantsEvent } from '@sluice/core';
import type { Clock, Fetch, Store, Workspace } from 'sluice';
import { Notifier } from './notifier.ts';

export interface WorkspaceNotifierParts {
  readonly workspace: Pick<Workspace, 'notifications' | 'projects'>;
  /** The workspace's. */
  readonly store: Store;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Where people find the server, as `https://flags.example.com`; without it messages have no link. */
  readonly publicUrl?: URL;
  readonly onProblem: (error: unknown) => void;
}

export type WorkspaceNotifier = Notifier<Webhook>;

/** To be made when the workspace is ready, and closed before it. */
export function workspaceNotifier({ workspace, publicUrl, ...parts }: WorkspaceNotifierParts): WorkspaceNotifier {
  const { notifications, projects } = workspace;
  return new Notifier<Webhook>({
    ...parts,
    book: notifications,
    publicEvent,
    wantsEvent,
    scopesOf: (project) => [projectScope(project), ...environmentsOf(projects, project)],
    link: (event) => (publicUrl === undefined ? null : linkTo(publicUrl, event)),
  });
}

function environmentsOf(projects: Workspace['projects'], project: string): { project: string; environment: string }[] {
  try {
    return projects.get(project).environments.map(({ key }) => ({ project, environment: key }));
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'notFound') return [];
    throw error;
  }
}

/** The page of the record. */
function linkTo(publicUrl: URL, { scope, kind, key }: LoggedEvent): string {
  const place = [scope.project, scope.environment, kind, key].map((part) => encodeURIComponent(wellFormed(part)));
  return new URL(`#/${place.join('/')}`, publicUrl).href;
}

/** Keys may be any text, and half a character cannot stand in an address. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
