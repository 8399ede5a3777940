/** What must never happen to a page, however hostile the texts are that it shows. */
import type { BrowserContext, Page } from 'playwright-core';

export interface Executions {
  /** Dialogs that opened, functions of payloads that ran, and reports of the page's policy. */
  readonly happened: string[];
  /** Elements and attributes that no view of the page writes. */
  foreign(page: Page): Promise<readonly string[]>;
}

/** Before any script of the page: what a payload calls, and what the policy kept from running. */
const WATCH = `(() => {
  for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { told(name + ' was called'); };
  Object.defineProperty(window, 'hit', { set() { told('window.hit was set'); } });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
    told('policy: ' + violatedDirective + ' ' + blockedURI + ' ' + sample));
})()`;

/** React writes no handler and the page no address of a script; what it draws is made of none of these elements. */
const FOREIGN = `[...document.querySelectorAll('*')].flatMap((element) => {
  const tag = element.localName;
  const marks = [...element.attributes].filter(({ name, value }) =>
    /^on/i.test(name) || name === 'srcdoc' || /^[\\s\\0]*(java\\s*script|data:(?!image|font))/i.test(value) && !['value', 'title', 'aria-label'].includes(name));
  const own = tag === 'script' && element.src?.startsWith(location.origin + '/assets/');
  const strange = tag === 'script' ? !own : element instanceof HTMLUnknownElement || /^(img|iframe|object|embed|base|frameset|marquee|math|video|audio|source|isindex|image|foreignobject|animate|set|use)$/i.test(tag);
  return strange || marks.length > 0 ? [element.outerHTML.slice(0, 200)] : [];
})`;

/** Of every page of this context from now on. */
export async function watchExecutions(context: BrowserContext): Promise<Executions> {
  const happened: string[] = [];
  await context.exposeFunction('told', (what: string) => void happened.push(what));
  await context.addInitScript(WATCH);
  context.on('dialog', (dialog) => {
    happened.push(`a dialog "${dialog.message()}" opened`);
    void dialog.dismiss();
  });
  return { happened, foreign: (page) => page.evaluate(FOREIGN) };
}
