import type { Garble } from '../fates';

/** Deeper than any parser of ours goes by itself. */
const DEPTH = 5_000;

/** More than the API and Lambda take. */
const HUGE_BYTES = 10 * 1024 * 1024;

/**
 * What arrives in place of a JSON object. A member is broken wherever it stands: `orderId` and the like of a command, a line of
 * an order.
 */
export function garbled(value: object, as: Garble = 'missing-member'): unknown {
  switch (as) {
    case 'missing-member':
      return Object.fromEntries(Object.entries(value).slice(0, -1));
    case 'missing-first':
      return Object.fromEntries(Object.entries(value).slice(1));
    case 'wrong-type':
      return Object.fromEntries(Object.keys(value).map((name) => [name, 7]));
    case 'negative':
      return replaceNumbers(value, -1);
    case 'unicode':
      return replaceIds(value);
    case 'deep':
      return { ...value, more: JSON.parse('['.repeat(DEPTH) + ']'.repeat(DEPTH)) };
    case 'huge':
      return { ...value, more: 'x'.repeat(HUGE_BYTES) };
  }
}

/** Every number, at any depth; where there is none, one member more. */
function replaceNumbers(value: object, by: number): unknown {
  const text = JSON.stringify(value);
  const replaced = text.replace(/:\d+(\.\d+)?(?=[,}\]])/g, `:${by}`);
  return replaced === text ? { ...value, amountCents: by } : JSON.parse(replaced);
}

const ODD = '\u202e\u0000𝕏';

/** Every id, SKU and the like becomes a text that no schema of ours takes; where there is none, one member more is odd. */
function replaceIds(value: object): unknown {
  const text = JSON.stringify(value);
  const replaced = JSON.parse(text, (name, member) =>
    /(sku|Id|orderId|step)$/i.test(name) && typeof member === 'string' ? ODD : member,
  );
  return JSON.stringify(replaced) === text ? { ...value, [ODD]: ODD } : replaced;
}
