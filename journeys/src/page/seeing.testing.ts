/** What tests of the page wait for, and the dialogs that they answer. */
import type { Locator, Page } from 'playwright-core';

/** Long: several browsers share a machine. What is waited for is seen long before. */
export const within = { timeout: 30_000 };

export async function seen(text: string | RegExp, on: Page): Promise<void> {
  await on.getByText(text).first().waitFor(within);
}

export interface Confirmation {
  /** What opens the dialog. */
  readonly button: string;
  /** What does it, within; the same name unless given. */
  readonly confirm?: string;
  readonly reason: string;
  /** Where a name has to be typed. */
  readonly typed?: string;
  /** Where the button stands; anywhere unless given. */
  readonly among?: Locator;
}

/** The dialog of a button that asks why. */
export async function confirm(on: Page, { button, confirm: doing = button, reason, typed, among }: Confirmation): Promise<void> {
  await (among ?? on).getByRole('button', { name: button, exact: true }).click();
  const dialog = on.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill(reason);
  if (typed !== undefined) await dialog.getByRole('textbox', { name: /^Type / }).fill(typed);
  await dialog.getByRole('button', { name: doing, exact: true }).click();
  await dialog.waitFor({ state: 'detached', ...within });
}
