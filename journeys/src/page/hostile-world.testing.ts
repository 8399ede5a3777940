/** A project in which every text that can be kept is a payload. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { giveUp } from './given-up.testing.ts';
import { type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { PAYLOADS } from './xss-payloads.testing.ts';

const AT_ONCE = 8;
/** As much of them as a reason holds. */
const LONGEST = PAYLOADS.join('\n').slice(0, 4096);
/** One of so many, where a list has a row of controls for each. */
const MANY = 4;
/** One of so many. */
const FEW = 9;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface HostileWorld {
  readonly at: PageWorld;
  close(): Promise<void>;
}

/** A name takes no tabulator. */
export const nameOf = (payload: string): string => payload.replaceAll('\t', ' ');
/** The flag whose rollout its validator does not judge. */
export const judged = (payload: string): string => `judged ${nameOf(payload)}`;
export const testOf = (payload: string): string => `test ${nameOf(payload)}`;

export async function hostileWorld(): Promise<HostileWorld> {
  const receiver = await answeringPayloads();
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const at = await pageWorld({
    variables: {
      SLUICE_ALLOW_OUTBOUND: '127.0.0.1',
      SLUICE_VALIDATORS: JSON.stringify({ smoke: { url, secret: SECRET } }),
      SLUICE_METRIC_SOURCES: JSON.stringify({
        shop: { kind: 'httpJson', url: `${url}?flag={flag}`, pointer: '/value', samples: '/count' },
      }),
    },
  });
  const world = { at, close: () => Promise.all([at.close(), receiver.close()]).then(() => undefined) };
  await keptAtOnce(at);
  await at.client.flags.set({ ...PLACE, key: 'all_of_them', settings: everySetting(), reason: LONGEST });
  await all(keptBeside(at));
  await all(keptMoving(at));
  await keptOnce(at, url);
  await giveUp(at, 'audit');
  return world;
}

/** Asks for each payload in turn, a few at a time. */
async function all(keep: (payload: string, index: number) => Promise<unknown>): Promise<void> {
  const left = [...PAYLOADS.entries()];
  const line = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await keep(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

/** Whoever is asked refuses, in the words of the payload that the flag of the question is named by. */
async function answeringPayloads(): Promise<Server> {
  let asked = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const said = `${decodeURIComponent(request.url ?? '')} ${Buffer.concat(chunks)}`;
    const named = PAYLOADS.findLast((payload) => said.includes(JSON.stringify(judged(payload)).slice(1, -1)));
    response.writeHead(500, { 'content-type': 'text/html' }).end(named ?? PAYLOADS[asked++ % PAYLOADS.length]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Flags and segments with hostile names, by one import. */
async function keptAtOnce({ client }: PageWorld): Promise<void> {
  await client.flags.set({ ...PLACE, key: 'model', settings: { enabled: true, rolloutPercentage: 0 } });
  await client.segments.set({ ...PLACE, key: 'model', settings: { members: [...PAYLOADS] } });
  const document = await client.transfer.export(PLACE);
  const [flag] = document.flags as readonly object[];
  const [segment] = document.segments as readonly object[];
  const written = (payload: string) => ({ description: payload, owner: payload, tags: [payload], enabledUsers: [payload] });
  const condition = (payload: string) => ({ [payload]: payload });
  const flags = PAYLOADS.flatMap((payload) => [
    { ...flag, ...written(payload), name: nameOf(payload), rolloutPercentage: 20, conditions: condition(payload) },
    { ...flag, ...written(payload), name: judged(payload) },
  ]);
  const segments = PAYLOADS.map((payload) => ({
    ...segment,
    name: nameOf(payload),
    description: payload,
    tags: [payload],
    condition: condition(payload),
  }));
  const hostile = { ...document, flags, segments } as unknown as typeof document;
  await client.transfer.import({ ...PLACE, document: hostile, reason: LONGEST });
}

/** All of them in each list, a tenth of them where an editor has a row for each. */
function everySetting() {
  const tenth = PAYLOADS.filter((_, index) => index % 10 === 0);
  return {
    enabled: true,
    rolloutPercentage: 0,
    description: PAYLOADS.join('\n'),
    owner: PAYLOADS[0] ?? '',
    tags: [...PAYLOADS],
    enabledUsers: [...PAYLOADS],
    enabledGroups: [...PAYLOADS],
    disabledUsers: PAYLOADS.map((payload) => `no ${payload}`),
    variants: { off: 'off', on: 'on', ...Object.fromEntries(tenth.map((payload) => [payload, payload])) },
    conditions: Object.fromEntries(tenth.map((payload) => [payload, { in: [...PAYLOADS] }])),
    rules: tenth.map((payload) => ({ if: { [payload]: payload }, variant: payload })),
  };
}

function keptBeside({ client }: PageWorld) {
  return async (payload: string, index: number): Promise<void> => {
    const project = PLACE.project;
    await client.rollbacks.immediate({ ...PLACE, flag: nameOf(payload), reason: payload });
    await client.experiments.create({
      ...PLACE,
      settings: {
        testId: testOf(payload),
        description: payload,
        tags: [payload],
        controlComponent: payload,
        treatmentComponent: `${payload} new`,
        trackedMetrics: [{ name: payload, goal: 'increase' }],
        dimensions: [payload],
        eligibility: { [payload]: payload },
      },
      reason: payload,
    });
    if (index % MANY !== 0) return;
    await client.tokens.create({ project, kind: 'server', label: payload, boundTo: PLACE.environment, reason: payload });
    await client.people.create({ email: `p${index}@example.org`, name: payload, roles: { '*': 'viewer' }, reason: payload });
  };
}

/** Stages that their validator does not judge; of a few, a start that waits for somebody, a source that fails, and a test that has begun. */
function keptMoving({ client }: PageWorld) {
  const stages = { strategy: 'percentage', stages: [10, 100], bakeMs: 100, minExposures: 0, validatorName: 'smoke' } as const;
  return async (payload: string, index: number): Promise<void> => {
    const isFew = index % FEW === 0;
    const metric = `mean(${payload.replace(/[()]/g, '')})`;
    const criteria = isFew ? [{ name: payload, metric, max: 1, source: 'shop' }] : [];
    const startApproval = isFew && index % 2 === 1;
    const settings = { ...stages, criteria, startApproval };
    await client.rollouts.start({ ...PLACE, flag: judged(payload), settings, reason: payload });
    if (isFew) await client.experiments.start({ ...PLACE, test: testOf(payload), reason: payload });
  };
}

async function keptOnce({ client }: PageWorld, url: string): Promise<void> {
  const { project } = PLACE;
  await client.webhooks.set({
    project,
    key: 'audit',
    settings: { url: `${url}?${encodeURIComponent(PAYLOADS.slice(0, 20).join(''))}` },
  });
  await client.projects.rename({ project, name: PAYLOADS[0] ?? '' });
}
