/** Which guide explains which view: by the first part of the address below a place. */

/** Names of pages of `docs`, without their ending; a test says that each is there. */
export const GUIDE_OF: Readonly<Record<string, string>> = {
  '': 'guides/page',
  flags: 'guides/flags',
  segments: 'guides/targeting',
  rollouts: 'guides/rollouts',
  tests: 'guides/reading-an-experiment',
  rollbacks: 'guides/rollback',
  history: 'guides/page',
  admin: 'guides/projects',
  'admin/approvals': 'guides/approvals-and-schedules',
  'admin/webhooks': 'guides/webhooks-and-validators',
  'admin/sources': 'guides/metric-sources',
  'admin/break-glass': 'guides/disaster',
  start: 'guides/first-canary',
  account: 'guides/server',
};

/** `pathname` is `/p/:project/:environment/…`. */
export function guideOf(pathname: string): string {
  const [, , , , view = '', part = ''] = pathname.split('/');
  return GUIDE_OF[`${view}/${part}`] ?? GUIDE_OF[view] ?? 'guides/page';
}

/** The heading that a link leads to, as it is named in the address; null where it leads to the page as a whole. */
export function headingAt(link: string): string | null {
  const at = link.indexOf('#');
  return at < 0 || at === link.length - 1 ? null : decoded(link.slice(at + 1));
}

/** As it was written by hand where it is no encoded text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The page that a link of `page` leads to, or null where it is none of them, as a picture or a file of code. */
export function pageAt(page: string, link: string): string | null {
  const [path = ''] = link.split('#');
  if (path === '') return page;
  const to = new URL(path, `http://docs/docs/${page}.md`).pathname;
  return /^\/(?:docs\/)?(.+)\.md$/.exec(to)?.[1] ?? null;
}
