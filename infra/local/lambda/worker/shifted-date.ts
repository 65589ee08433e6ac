/**
 * Makes `Date` tell the local cloud's time: `readOffsetMs` is added to the computer's time wherever a `Date` is made without
 * arguments. Timers are not moved: a function that waits, waits in real time.
 */
export function shiftDate(readOffsetMs: () => number): void {
  const RealDate = globalThis.Date;
  const now = () => RealDate.now() + readOffsetMs();

  function ShiftedDate(...args: unknown[]): unknown {
    if (new.target === undefined) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [now()] : args, new.target);
  }
  ShiftedDate.prototype = RealDate.prototype;
  Object.assign(ShiftedDate, { now, parse: RealDate.parse, UTC: RealDate.UTC });
  // `value.constructor` is how libraries clone a date; the real one would let them leave the moved time.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: ShiftedDate, configurable: true, writable: true });
  Object.defineProperty(ShiftedDate, 'name', { value: 'Date' });
  globalThis.Date = ShiftedDate as unknown as DateConstructor;
}
