/** The largest total of an order in cents. Far below 2^53, so that sums of totals stay exact as well. */
export const MAX_TOTAL_CENTS = 100_000_000_000;

/** The largest price of one piece in cents. */
export const MAX_UNIT_PRICE_CENTS = 100_000_000;

/**
 * What a list of lines costs, in cents.
 *
 * @throws {RangeError} when a factor or the sum is not a safe integer: money is never rounded.
 */
export function totalCents(lines: ReadonlyArray<{ quantity: number; unitPriceCents: number }>): number {
  const total = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  const numbers = [...lines.flatMap(({ quantity, unitPriceCents }) => [quantity, unitPriceCents]), total];
  const odd = numbers.find((number) => !Number.isSafeInteger(number));
  if (odd !== undefined) throw new RangeError(`quantities, prices and totals must be safe integers, got ${odd}`);
  return total;
}
