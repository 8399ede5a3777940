/** What administers the installation, in memory: projects, people, tokens, webhooks. */
import {
  type Delivery,
  type Environment,
  environmentOf,
  isAdministrator,
  type Person,
  type Project,
  type Scope,
  SluiceError,
  type SluiceRecord,
  type Token,
  unknownEnvironment,
  unknownProject,
  type Webhook,
} from '@sluice/core';

export class Directory {
  readonly projects = new Map<string, Project>();
  /** By e-mail address, lower-cased. */
  readonly people = new Map<string, Person>();
  /** By id. */
  readonly tokens = new Map<string, Token>();
  readonly #webhooks = new Map<string, Map<string, Webhook>>();
  readonly #deliveries = new Map<string, Map<string, Delivery>>();

  apply(records: readonly SluiceRecord[]): void {
    for (const record of records) {
      if (record.kind === 'project') this.projects.set(record.key, record);
      else if (record.kind === 'person') this.people.set(record.key, record);
      else if (record.kind === 'token') this.tokens.set(record.key, record);
      else if (record.kind === 'webhook') mapIn(this.#webhooks, record.scope.project).set(record.key, record);
      else if (record.kind === 'delivery') mapIn(this.#deliveries, record.scope.project).set(record.key, record);
    }
  }

  /** @throws SluiceError `notFound` */
  project(key: string): Project {
    const project = this.projects.get(key);
    if (project === undefined) throw notFound(unknownProject(key).refused);
    return project;
  }

  /** @throws SluiceError `notFound` naming what there is */
  environment({ project, environment }: Scope): Environment {
    const kept = this.project(project);
    const found = environmentOf(kept, environment);
    if (found === undefined) throw notFound(unknownEnvironment(kept, environment).refused);
    return found;
  }

  /** False for one that there is not (yet). */
  isProtected({ project, environment }: Scope): boolean {
    const kept = this.projects.get(project);
    return kept !== undefined && environmentOf(kept, environment)?.isProtected === true;
  }

  hasAdministrator(): boolean {
    return [...this.people.values()].some(isAdministrator);
  }

  /** Also when it is a deleted one. */
  webhook(project: string, key: string): Webhook | undefined {
    return this.#webhooks.get(project)?.get(key);
  }

  /** Those that are there; of all projects unless one is given. */
  webhooks(project?: string): Webhook[] {
    const maps =
      project === undefined ? [...this.#webhooks.values()] : [this.#webhooks.get(project) ?? new Map<string, Webhook>()];
    return maps.flatMap((webhooks) => [...webhooks.values()]).filter(({ deletedAt }) => deletedAt === null);
  }

  delivery(project: string, key: string): Delivery | undefined {
    return this.#deliveries.get(project)?.get(key);
  }
}

function mapIn<R>(maps: Map<string, Map<string, R>>, key: string): Map<string, R> {
  const found = maps.get(key) ?? new Map<string, R>();
  maps.set(key, found);
  return found;
}

function notFound(message: string): SluiceError {
  return new SluiceError('notFound', message);
}
