import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GUIDE_OF, guideOf, headingAt, pageAt } from './help.ts';

const docs = join(import.meta.dirname, '../../../../docs');

it('leads every view to a guide that is there', () => {
  for (const guide of Object.values(GUIDE_OF)) expect(existsSync(join(docs, `${guide}.md`)), guide).toBe(true);
});

it('knows a view by its address', () => {
  const guides = ['', '/flags/checkout', '/admin/break-glass', '/admin/tokens', '/tests/ner', '/unknown'].map((path) =>
    guideOf(`/p/shop/production${path}`),
  );
  expect(guides).toEqual([
    'guides/page',
    'guides/flags',
    'guides/disaster',
    'guides/projects',
    'guides/reading-an-experiment',
    'guides/page',
  ]);
});

it('follows links from page to page', () => {
  expect(pageAt('guides/rollouts', 'choosing-criteria.md#in-short')).toBe('guides/choosing-criteria');
  expect(pageAt('guides/rollouts', '../statistics.md')).toBe('statistics');
  expect(pageAt('guides/rollouts', '../../DEPLOYMENT_GUIDE.md#canary')).toBe('DEPLOYMENT_GUIDE');
  expect(pageAt('guides/rollouts', '#people')).toBe('guides/rollouts');
  expect(pageAt('guides/page', '../images/test.png')).toBeNull();
});

it('knows the heading that a link leads to', () => {
  expect(headingAt('choosing-criteria.md#in-short')).toBe('in-short');
  expect(headingAt('#%C3%BCber-uns')).toBe('über-uns');
  expect(headingAt('#100%')).toBe('100%');
  expect([headingAt('../statistics.md'), headingAt('#')]).toEqual([null, null]);
});
