/** Projects, their environments, and what of flags is the same in all of them. */
import type { DefinitionSettings, EnvironmentSettings, FlagComparison, ProjectSettings } from '@sluice/core';
import { z } from 'zod';
import { flagDetails } from './flag-answers.ts';
import { defineRoute } from './route.ts';
import { count, neededReason, objectOf, reason, revision } from './schema-parts.ts';

const P = '/api/v1/projects/:project';
const project = z
  .object({
    key: z.string(),
    name: z.string(),
    environments: z.array(z.object({ key: z.string(), name: z.string(), isProtected: z.boolean() })),
    revision,
    createdAt: count.describe('Milliseconds since 1970'),
    updatedAt: count.describe('Milliseconds since 1970'),
  })
  .meta({ id: 'Project' });
const inEach = z.object({ environments: z.record(z.string(), flagDetails).describe('The flag in each environment') });
const part = z.enum(['targeting', 'status', 'share']);
const manage = { permission: 'project.manage', answers: { 200: project } } as const;

export const PROJECT_ROUTES = {
  'projects.list': defineRoute({
    method: 'GET',
    path: '/api/v1/projects',
    permission: 'known',
    summary: 'The projects that the caller can see',
    answers: { 200: z.object({ projects: z.array(project) }) },
  }),
  'projects.get': defineRoute({
    method: 'GET',
    path: P,
    permission: 'flags.read',
    summary: 'One project with its environments',
    answers: { 200: project },
  }),
  'projects.create': defineRoute({
    method: 'POST',
    path: '/api/v1/projects',
    permission: 'project.manage',
    summary: 'Creates a project with its environments: development, staging and production unless others are given',
    body: { settings: objectOf<ProjectSettings>('Key, name and environments'), reason },
    answers: { 201: project },
  }),
  'projects.rename': defineRoute({
    ...manage,
    method: 'PATCH',
    path: P,
    summary: 'Changes the name that people read',
    body: { name: z.string(), reason },
  }),
  'projects.addEnvironment': defineRoute({
    ...manage,
    method: 'POST',
    path: `${P}/environments`,
    summary: 'Adds an environment, in which every flag of the project is, disabled',
    body: { settings: objectOf<EnvironmentSettings>('Key, name and whether it is protected'), reason },
  }),
  'projects.setProtected': defineRoute({
    ...manage,
    method: 'PUT',
    path: `${P}/protection/:name`,
    summary: 'Whether every change of the environment needs a reason, and shares rise only by rollouts',
    body: { isProtected: z.boolean(), reason: neededReason },
  }),
  'projects.compare': defineRoute({
    method: 'GET',
    path: `${P}/compare`,
    permission: 'flags.read',
    summary: 'The flags that are not the same in two environments, field by field',
    query: { from: z.string(), to: z.string() },
    answers: { 200: z.object({ flags: z.array(objectOf<FlagComparison>('A flag and its differences')) }) },
  }),
  'projects.copyFlag': defineRoute({
    method: 'POST',
    path: `${P}/flags/:key/copy`,
    permission: 'flags.write',
    summary: 'Makes the flag in one environment what it is in another',
    body: { from: z.string(), to: z.string(), parts: z.array(part).min(1).optional(), reason },
    answers: { 200: flagDetails },
  }),
  'projects.define': defineRoute({
    method: 'PATCH',
    path: `${P}/flags/:key`,
    permission: 'flags.write',
    summary: 'Sets what of a flag is the same in all environments, in one commit; one that is not there is created, disabled',
    body: { definition: objectOf<DefinitionSettings>('Type, variants, owner, tags, description and expiry'), reason },
    answers: { 200: inEach },
  }),
  'projects.archiveFlag': defineRoute({
    method: 'POST',
    path: `${P}/flags/:key/archive`,
    permission: 'flags.write',
    summary: 'Takes a flag out of use for good, in all environments or in none',
    body: { reason },
    answers: { 200: inEach },
  }),
} as const;
