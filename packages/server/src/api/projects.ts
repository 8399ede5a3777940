/** Projects over HTTP. */
import { type Project, permits, projectScope } from '@sluice/core';
import { type HandlersOf, wire } from './handler.ts';
import { within } from './within.ts';

export const PROJECT_HANDLERS: HandlersOf<'projects'> = {
  'projects.list': ({ workspace, principal }) => {
    const seen = workspace.projects.list().filter(({ key, environments }) => {
      const scopes = [projectScope(key), ...environments.map((environment) => ({ project: key, environment: environment.key }))];
      return scopes.some((scope) => permits(principal, 'flags.read', scope));
    });
    return { projects: seen.map(shownProject) };
  },
  'projects.get': ({ workspace, params }) => shownProject(workspace.projects.get(params.project)),
  'projects.create': async ({ workspace, body, by }) =>
    shownProject(await within('/settings', () => workspace.projects.create(body.settings, by))),
  'projects.rename': async ({ workspace, params, body, by }) =>
    shownProject(await workspace.projects.rename(params.project, body.name, by)),
  'projects.addEnvironment': async ({ workspace, params, body, by }) =>
    shownProject(await within('/settings', () => workspace.projects.addEnvironment(params.project, body.settings, by))),
  'projects.setProtected': async ({ workspace, params, body, by }) =>
    shownProject(await workspace.projects.setProtected(params.project, params.name, body.isProtected, by)),
  'projects.compare': ({ workspace, params, query }) => wire({ flags: workspace.projects.compare(params.project, query) }),
  'projects.copyFlag': async ({ workspace, params, body, by }) => {
    const { from, to, parts } = body;
    const options = { ...by, from, to, ...(parts === undefined ? {} : { parts }) };
    return wire(await workspace.projects.copyFlag(params.project, params.key, options));
  },
  'projects.define': async ({ workspace, params, body, by }) => {
    const define = () => workspace.projects.define(params.project, params.key, body.definition, by);
    return wire({ environments: await within('/definition', define) });
  },
  'projects.archiveFlag': async ({ workspace, params, by }) =>
    wire({ environments: await workspace.projects.archiveFlag(params.project, params.key, by) }),
};

export function shownProject({ key, name, environments, revision, createdAt, updatedAt }: Project) {
  return { key, name, environments, revision, createdAt, updatedAt };
}
