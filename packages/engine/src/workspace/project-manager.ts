/** Projects, their environments, and what of a flag is the same in all of them. */
import {
  type Change,
  COPIED_PARTS,
  type CopiedPart,
  compareFlags,
  type DefinitionSettings,
  type Environment,
  type EnvironmentFlags,
  type EnvironmentSettings,
  type Flag,
  type FlagComparison,
  nameProblem,
  type Project,
  type ProjectSettings,
  parseDefinition,
  parseEnvironmentSettings,
  parseProjectName,
  parseProjectSettings,
  planAddEnvironment,
  planArchiveEverywhere,
  planCopyFlag,
  planCreateProject,
  planDefinition,
  planRenameProject,
  planSetProtected,
  projectScope,
  type Refusal,
  type Scope,
  SluiceError,
} from '@sluice/core';
import { describeValue } from '../failure.ts';
import type { FlagDetails } from '../flag-details.ts';
import { attributionOf, checkOptions, MUTATION_OPTIONS, type MutationOptions, requestOf } from '../mutation.ts';
import { nameOf } from '../names.ts';
import type { Environments } from './environments.ts';
import type { WorkspaceRuntime } from './workspace-runtime.ts';

/** Two environments of one project. */
export interface EnvironmentPair {
  readonly from: string;
  readonly to: string;
}

export interface CopyOptions extends MutationOptions, EnvironmentPair {
  /** `targeting`, `status`, `share`; all of them unless given. */
  readonly parts?: readonly CopiedPart[];
}

export class ProjectManager {
  readonly #workspace: WorkspaceRuntime;
  readonly #environments: Environments;

  constructor(workspace: WorkspaceRuntime, environments: Environments) {
    this.#workspace = workspace;
    this.#environments = environments;
  }

  /**
   * Creates a project with development, staging and production (protected), unless other environments are given. Flags that are kept in
   * one of them already come to be in all, disabled.
   * @throws SluiceError `invalid` naming every bad setting, `conflict` when there is one of this key
   */
  async create(settings: ProjectSettings, options: MutationOptions = {}): Promise<Project> {
    checkOptions('projects.create', options, MUTATION_OPTIONS);
    const parsed = parseProjectSettings(settings);
    const by = attributionOf(options);
    const scopes = parsed.environments.map(({ key }) => ({ project: parsed.key, environment: key }));
    await this.#commit(parsed.key, options, (now) =>
      planCreateProject(this.#workspace.directory.projects.get(parsed.key), parsed, this.#flagsOf(scopes), by, now),
    );
    return this.get(parsed.key);
  }

  /** In order of key. */
  list(): Project[] {
    this.#workspace.checkOpen();
    return [...this.#workspace.directory.projects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** @throws SluiceError `notFound` */
  get(project: string): Project {
    this.#workspace.checkOpen();
    return this.#workspace.directory.project(project);
  }

  async rename(project: string, name: string, options: MutationOptions = {}): Promise<Project> {
    checkOptions('projects.rename', options, MUTATION_OPTIONS);
    const parsed = parseProjectName(name);
    const by = attributionOf(options);
    await this.#commit(project, options, (now) => planRenameProject(this.get(project), parsed, by, now));
    return this.get(project);
  }

  /** Every flag of the project comes to be in it, disabled, with its definition. @throws SluiceError `conflict` when there is one of this key */
  async addEnvironment(project: string, settings: EnvironmentSettings, options: MutationOptions = {}): Promise<Project> {
    checkOptions('projects.addEnvironment', options, MUTATION_OPTIONS);
    const environment: Environment = parseEnvironmentSettings(settings);
    const by = attributionOf(options);
    await this.#commit(project, options, (now) => {
      const kept = this.get(project);
      const scopes = [...kept.environments, environment].map(({ key }) => ({ project, environment: key }));
      return planAddEnvironment(kept, environment, this.#flagsOf(scopes), by, now);
    });
    return this.get(project);
  }

  /** In effect for the next change, on every replica that has heard of it. @throws SluiceError `invalid` without a reason, `notFound` */
  async setProtected(project: string, environment: string, isProtected: boolean, options: MutationOptions): Promise<Project> {
    checkOptions('projects.setProtected', options, MUTATION_OPTIONS);
    if (typeof isProtected !== 'boolean')
      throw new SluiceError('invalid', `/isProtected must be true or false; it is ${describeValue(isProtected)}`, {
        issues: [{ path: '/isProtected', message: 'must be true or false' }],
      });
    const by = attributionOf(options);
    await this.#commit(project, options, (now) => planSetProtected(this.get(project), environment, isProtected, by, now));
    return this.get(project);
  }

  /** The flags that are not the same in both, in order of key, field by field. @throws SluiceError `notFound` */
  compare(project: string, { from, to }: EnvironmentPair): FlagComparison[] {
    const flagsOf = (environment: string): Flag[] => this.#environments.runtime({ project, environment }).view.allFlags();
    return compareFlags(flagsOf(from), flagsOf(to));
  }

  /**
   * Makes the flag in `to` what it is in `from`, in the parts that are asked for: an edit like any other, with what that may not do.
   * @throws SluiceError `notFound`, `invalid` naming a segment that `to` lacks, `conflict` when a rollout or test owns the share, `refused` where a
   * share would rise in a protected environment
   */
  async copyFlag(project: string, name: string, options: CopyOptions): Promise<FlagDetails> {
    checkOptions('projects.copyFlag', options, [...MUTATION_OPTIONS, 'from', 'to', 'parts']);
    const { from, to, parts = COPIED_PARTS } = options;
    if (!Array.isArray(parts) || parts.length === 0 || !parts.every((part) => COPIED_PARTS.includes(part)))
      throw new SluiceError('invalid', `/parts must be some of ${COPIED_PARTS.join(', ')}; it is ${describeValue(parts)}`, {
        issues: [{ path: '/parts', message: `must be some of ${COPIED_PARTS.join(', ')}` }],
      });
    const key = nameOf(name, 'flag name');
    const by = attributionOf(options);
    const [source, target] = [from, to].map((environment) => this.#environments.runtime({ project, environment }));
    await target?.commit((view, now) => {
      const flag = source?.view.flag(key);
      if (flag === undefined) return { refused: `flag "${key}" does not exist in "${from}"`, code: 'notFound' };
      return planCopyFlag(flag, view.facts(key), parts, by, now);
    }, requestOf(options));
    return this.#environments.sluice({ project, environment: to }).flags.getFlag(key) as FlagDetails;
  }

  /**
   * Sets a flag's type, variants, owner, tags, description and expiry in all environments of the project, in one commit; a flag that
   * is not there is created in all of them, disabled. What one environment refuses is done in none.
   * @throws SluiceError `invalid` naming every bad setting, `refused` or `conflict` naming the environment
   */
  async define(
    project: string,
    name: string,
    definition: DefinitionSettings,
    options: MutationOptions = {},
  ): Promise<Readonly<Record<string, FlagDetails>>> {
    checkOptions(`define("${name}")`, options, MUTATION_OPTIONS);
    const key = nameOf(name, 'flag name');
    const problem = nameProblem(key);
    if (problem !== null) throw new SluiceError('invalid', `the flag name ${problem}`);
    const settings = parseDefinition(key, definition);
    const by = attributionOf(options);
    await this.#commit(project, options, (now) => planDefinition(this.#environments.facts(project, key), settings, by, now));
    return this.#described(project, key);
  }

  /** Takes a flag out of use for good, in all environments of the project or in none. @throws SluiceError `notFound`, `refused` naming the environment */
  async archiveFlag(
    project: string,
    name: string,
    options: MutationOptions = {},
  ): Promise<Readonly<Record<string, FlagDetails>>> {
    checkOptions(`projects.archiveFlag("${name}")`, options, MUTATION_OPTIONS);
    const key = nameOf(name, 'flag name');
    const by = attributionOf(options);
    await this.#commit(project, options, (now) => planArchiveEverywhere(this.#environments.facts(project, key), by, now));
    return this.#described(project, key);
  }

  #described(project: string, key: string): Readonly<Record<string, FlagDetails>> {
    const environments = this.get(project).environments.map((environment) => environment.key);
    return Object.fromEntries(
      environments.map((environment) => [
        environment,
        this.#environments.sluice({ project, environment }).flags.getFlag(key) as FlagDetails,
      ]),
    );
  }

  #commit(project: string, options: MutationOptions, decide: (now: number) => Change | Refusal | null): Promise<unknown> {
    const environments = this.#workspace.directory.projects.get(project)?.environments ?? [];
    const scopes = [projectScope(project), ...environments.map(({ key }) => ({ project, environment: key }))];
    return this.#workspace.commit({ decide, scopes, request: requestOf(options) });
  }

  #flagsOf(scopes: readonly Scope[]): EnvironmentFlags[] {
    return scopes.map((scope) => {
      const { records } = this.#workspace.shared.state(scope);
      return {
        scope,
        flags: records.filter((record) => record.kind === 'flag'),
        testKeys: new Set(records.flatMap(({ kind, key }) => (kind === 'experiment' ? [key] : []))),
      };
    });
  }
}
