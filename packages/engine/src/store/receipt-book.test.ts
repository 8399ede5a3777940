import { expect, it } from 'vitest';
import { RECEIPT_MS, ReceiptBook } from './receipt-book.ts';

const receipt = (id: string) => ({ id, fingerprint: id });

it('keeps a receipt of a change of however many events, and of however many that were kept', () => {
  const book = new ReceiptBook();
  const events = Array.from({ length: 200_000 }, (_, index) => ({ at: index }));
  book.apply(receipt('r1'), events);
  expect(book.all()).toEqual([{ receipt: receipt('r1'), at: 199_999 }]);
  const restored = new ReceiptBook();
  restored.restore(events.map(({ at }) => ({ receipt: receipt(`r${at}`), at })));
  restored.apply(receipt('last'), []);
  expect(restored.all().at(-1)).toEqual({ receipt: receipt('last'), at: 199_999 });
});

it('forgets what is older than a day of the newest change', () => {
  const book = new ReceiptBook();
  book.apply(receipt('old'), [{ at: 0 }]);
  book.apply(receipt('new'), [{ at: RECEIPT_MS }]);
  expect(book.all().map((kept) => kept.receipt.id)).toEqual(['old', 'new']);
  book.apply(undefined, [{ at: 5 }, { at: RECEIPT_MS + 1 }]);
  expect(book.all().map((kept) => kept.receipt.id)).toEqual(['new']);
});
