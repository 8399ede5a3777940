/** 10,000 flags and 1,000 segments in a file store: one segment of 100,000 members, the others of ten, every tenth naming another. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, eventOf, newFlag } from '../../packages/core/dist/index.js';
import { fileStore } from '../../packages/engine/dist/index.js';

const FLAGS = 10_000;
const SEGMENTS = 1_000;
export const MEMBERS = 100_000;
const NOW = 1_800_000_000_000;
const by = { actor: 'bench', reason: '' };

/** @param {number} index */
export const member = (index) => `member-${String(index).padStart(8, '0')}-of-the-large-segment`;

function segment(index) {
  const members = index === 0 ? Array.from({ length: MEMBERS }, (_, at) => member(at)) : tenMembers(index);
  const condition = index % 10 === 9 ? { in_segment: `segment-${index - 1}`, plan: 'pro' } : null;
  const meta = { description: '', tags: [], deletedAt: null, createdAt: NOW, updatedAt: NOW };
  return { kind: 'segment', scope: DEFAULT_SCOPE, key: `segment-${index}`, revision: 1, condition, members, ...meta };
}

const tenMembers = (index) => Array.from({ length: 10 }, (_, at) => `user-${index}-${at}`);

/** A third each names a segment in its conditions, as a group, and not at all; flag 0 and flag 1 name the large one. */
function flag(index) {
  const name = `segment-${index < 2 ? 0 : index % SEGMENTS}`;
  const base = { ...newFlag(`flag-${index}`, DEFAULT_SCOPE, NOW), revision: 1, status: 'percentage', share: 25_000 };
  if (index % 3 === 0) return { ...base, status: 'enabled', conditions: { in_segment: name } };
  return index % 3 === 1 ? { ...base, enabledGroups: [name] } : base;
}

/** The path of the flag file. */
export async function writeSegmentWorld() {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-bench-')), 'flags.json');
  const store = fileStore(file, { watch: false });
  await store.read();
  const records = [
    ...Array.from({ length: SEGMENTS }, (_, index) => segment(index)),
    ...Array.from({ length: FLAGS }, (_, index) => flag(index)),
  ];
  await store.commit({ records, events: records.map((record) => eventOf(`${record.kind}.created`, record, by, NOW)) });
  await store.close();
  return file;
}
