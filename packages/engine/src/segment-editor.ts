/** Segments as people read and change them. */
import {
  type Condition,
  memberIssues,
  parseSegmentSettings,
  planSegmentEdit,
  revisionRefusal,
  type Segment,
  type SegmentEdit,
  type SegmentSettings,
  type SegmentUser,
  SluiceError,
  usersOfSegment,
} from '@sluice/core';
import { attributionOf, checkOptions, EDIT_OPTIONS, type EditOptions, requestOf } from './mutation.ts';
import { nameOf } from './names.ts';
import type { Runtime } from './runtime.ts';

export interface SegmentSummary {
  readonly name: string;
  readonly description: string;
  /** Of units that are in by their key. */
  readonly memberCount: number;
  /** Whether units are in by condition, too. */
  readonly hasCondition: boolean;
  readonly tags: readonly string[];
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SegmentDetails extends SegmentSummary {
  readonly condition: Condition | null;
  readonly members: readonly string[];
  /** The flags, rollouts, tests and segments that refer to it: it can be deleted when there is none. */
  readonly usedBy: readonly SegmentUser[];
}

export class SegmentEditor {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async set(name: string, settings: SegmentSettings, options: EditOptions): Promise<SegmentDetails> {
    const key = nameOf(name, 'segment name');
    await this.#edit(key, { type: 'set', settings: parseSegmentSettings(key, settings) }, options);
    return this.#details(key);
  }

  async move(
    name: string,
    type: 'addMembers' | 'removeMembers',
    members: readonly string[],
    options: EditOptions,
  ): Promise<SegmentDetails> {
    nameOf(name, 'segment name');
    const issues = memberIssues(members, '/userIds');
    if (issues.length > 0)
      throw new SluiceError(
        'invalid',
        `segment "${name}": ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
        {
          issues,
        },
      );
    await this.#edit(name, { type, members: [...members] }, options);
    return this.#details(name);
  }

  async delete(name: string, options: EditOptions): Promise<void> {
    await this.#edit(name, { type: 'delete' }, options);
  }

  get(name: string): SegmentDetails | undefined {
    const segment = this.#runtime.view.segments.get(name);
    if (segment === undefined) return undefined;
    const { condition, members } = segment;
    return Object.freeze({
      ...summaryOf(segment),
      condition,
      members,
      usedBy: usersOfSegment(segment.key, this.#runtime.view.segmentWorld()),
    });
  }

  list(): SegmentSummary[] {
    const segments = Array.from(this.#runtime.view.segments.values(), summaryOf);
    return segments.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #edit(name: string, edit: SegmentEdit, options: EditOptions): Promise<void> {
    const key = nameOf(name, 'segment name');
    checkOptions(`the segment "${key}"`, options, EDIT_OPTIONS);
    const by = attributionOf(options);
    await this.#runtime.commit((view, now) => {
      const facts = { ...view.segmentWorld(), scope: view.scope, key, kept: view.segments.kept(key) };
      const revision = view.segments.get(key)?.revision;
      return revisionRefusal(`segment "${key}"`, revision, options.ifRevision) ?? planSegmentEdit(facts, edit, by, now);
    }, requestOf(options));
  }

  #details(name: string): SegmentDetails {
    const details = this.get(name);
    if (details === undefined) throw new SluiceError('notFound', `segment "${name}" does not exist; create it with setSegment`);
    return details;
  }
}

function summaryOf(segment: Segment): SegmentSummary {
  return Object.freeze({
    name: segment.key,
    description: segment.description,
    memberCount: segment.members.length,
    hasCondition: segment.condition !== null,
    tags: segment.tags,
    revision: segment.revision,
    createdAt: new Date(segment.createdAt),
    updatedAt: new Date(segment.updatedAt),
  });
}
