import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../event.ts';
import { look, openWorld, type World } from '../rollout/world.testing.ts';
import { rollbackReport } from './report.ts';
import { escapeMarkdown, rollbackMarkdown } from './report-markdown.ts';

/** A canary whose validator says no in its second stage, told with hostile words. */
function harmed(): { log: LoggedEvent[]; rollback: LoggedEvent } {
  const log: LoggedEvent[] = [];
  const keep = (world: World): World => {
    for (const event of world.events) log.push({ ...event, seq: log.length + 1 });
    return world;
  };
  const opened = keep(openWorld());
  const validation = { rollout: 1, stage: 0, atEndOfBake: true, outcome: 'advance', message: 'it said true', at: 0 } as const;
  let world = opened;
  for (let second = 0; second < 10; second++) world = keep(look(world, 1_000));
  world = keep(look(world, 1_000, { validation }));
  world = keep(
    look(world, 1_000, {
      validation: { ...validation, stage: 1, outcome: 'harm', message: 'it said\nfalse | <b>no</b> `x`', at: world.now + 400 },
    }),
  );
  const rollback = log.find((event) => event.type === 'rollout.rolledBack');
  if (rollback === undefined) throw new Error(`not rolled back: ${world.rollout.phase.name}`);
  return { log, rollback };
}

describe('rollbackReport', () => {
  it('tells of an automatic rollback what, when, who, why and who was exposed', () => {
    const { log, rollback } = harmed();
    const stages = [0, 1, 2].map((stage) => ({
      stage,
      exposed: stage < 2 ? [[stage, 1] as const] : [],
      unitsWithError: stage === 1 ? 3 : null,
    }));
    const report = rollbackReport({ rollback, log, stages, everExposed: [] });
    expect(report).toMatchObject({
      id: rollback.seq,
      strategy: 'automatic',
      fromPercentage: 5,
      toPercentage: 0,
      rollout: { number: 1, strategy: 'canary', variant: 'on', startedBy: 'ada' },
      doneAt: new Date(rollback.at),
      recordedAt: null,
      actor: 'sluice',
      evidence: { validator: 'it said\nfalse | <b>no</b> `x`' },
      exposed: { units: 2, unitsWithError: 3 },
    });
    expect(report.detectedAt.getTime()).toBe(rollback.at - 600);
    expect(report.exposed.stages.map(({ stage, percentage }) => [stage, percentage])).toEqual([
      [0, 1],
      [1, 5],
    ]);
    expect(rollbackMarkdown(report)).toMatchInlineSnapshot(`
      "# Rollback 3 of checkout

      ## What

      |  |  |
      | --- | --- |
      | flag | checkout |
      | rollback | automatic: everybody back to what they had before |
      | share | 5 % → 0 % |
      | taken back | rollout 1 (canary) of the variant on, started by ada: because |

      ## When

      |  |  |
      | --- | --- |
      | started | 2023-11-14T22:13:20.000Z |
      | detected | 2023-11-14T22:13:31.400Z (11 s later) |
      | decided | 2023-11-14T22:13:32.000Z (600 ms later) |
      | done | 2023-11-14T22:13:32.000Z (0 ms later) |

      ## Who and why

      |  |  |
      | --- | --- |
      | who | sluice |
      | why | it said false \\| &#60;b&#62;no&#60;/b&#62; \\\`x\\\` |
      | validator | it said false \\| &#60;b&#62;no&#60;/b&#62; \\\`x\\\` |

      ## Who was exposed

      About 2 distinct units were served the change in rollout 1. 3 met an error (one that met errors in several stages counts in each).

      | stage | share | groups | units | with an error |
      | ---: | ---: | --- | ---: | ---: |
      | 1 | 1 % | – | 1 | – |
      | 2 | 5 % | – | 1 | 3 |

      ## Timeline

      | when | event | who | why |
      | --- | --- | --- | --- |
      | 2023-11-14T22:13:20.000Z | 1 rollout.advanced | sluice | preflight passed\\: the way back was rehearsed |
      | 2023-11-14T22:13:31.000Z | 2 rollout.advanced | sluice | stage 1 passed at 1 % |
      | 2023-11-14T22:13:32.000Z | 3 rollout.rolledBack | sluice | it said false \\| &#60;b&#62;no&#60;/b&#62; \\\`x\\\` |

      ## Impact

      _Who noticed, what could they not do, for how long, and what did it cost?_

      ## Root cause

      _Why did the change do harm, and why was it not found before the first stage?_

      ## What went well

      -

      ## What went badly

      -

      ## Actions

      | action | owner | due |
      | --- | --- | --- |
      |  |  |  |
      "
    `);
  });
});

const HOSTILE = ['a', ' ', '\n', '\r', '\u2028', '\0', '\ud800', '😀', ...'\\`*_{}[]()#+-!|~$:<>&@;3.'];

describe('escapeMarkdown', () => {
  it('leaves nothing that Markdown or HTML would take for its own, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...HOSTILE) }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[\p{Cc}\u2028\u2029<>@]/u);
        expect(escaped.replace(/\\[\\`*_{}[\]()#+!|~$:-]/g, '')).not.toMatch(/[\\`*_{}[\]()+!|~$:-]/);
      }),
    );
  });

  it('keeps a row a row', () => {
    expect(escapeMarkdown('a | b\n\n# c')).toBe('a \\| b \\# c');
    expect(escapeMarkdown('<script>alert(1)</script> @all')).toBe('&#60;script&#62;alert\\(1\\)&#60;/script&#62; &#64;all');
  });
});
