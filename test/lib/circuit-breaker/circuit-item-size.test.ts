import { marshall } from '@aws-sdk/util-dynamodb';
import { writeUnits } from '../../../infra/local/dynamodb/item-rules';
import {
  ITEM_VERSION,
  minuteNames,
  REPORTERS,
  readItem,
  reporterName,
  SLOTS,
  slotNames,
} from '../../../lib/circuit-breaker/circuit-item';
import { addReport, close, createItem, open, reopen, takeLease } from '../../../lib/circuit-breaker/circuit-writes';
import { checkOptions } from '../../../lib/circuit-breaker/options';
import type { OutboxEntry } from '../../../lib/events/outbox';

const NOW = Date.UTC(2026, 10, 12, 13, 14, 15, 678);
/** The shortest window has slots of a tenth of a second: their numbers have the most digits. */
const SLOT = Math.floor(NOW / 100);
const MANY = 99_999_999;

const each = (count: number, toAttributes: (at: number) => object): object =>
  Object.assign({}, ...Array.from({ length: count }, (_, at) => toAttributes(at)));

/** Every attribute with as many digits and letters as it can come to. */
const KEY = { service: 'notifications', circuit: 'sender:eu-central-1' };
const STATE = {
  v: ITEM_VERSION,
  state: 'CLOSED',
  mode: 'forced-closed',
  epoch: NOW,
  openedAt: NOW,
  closedAt: NOW,
  until: NOW,
  breaks: 9_999,
  leaseUntil: NOW,
  fence: MANY,
  probeSuccesses: 10,
  expiresAt: Math.floor(NOW / 1000),
};
const WINDOW = {
  ...each(SLOTS, (at) => {
    const { id, calls, failures } = slotNames(at);
    return { [id]: SLOT - at, [calls]: MANY, [failures]: MANY };
  }),
  ...each(2, (at) => {
    const { id, calls } = minuteNames(at);
    return { [id]: Math.floor(NOW / 60_000) - at, [calls]: MANY };
  }),
};
const WITH_REPORTERS = each(REPORTERS, (reporter) => ({ [reporterName(reporter)]: SLOT }));
const OPENED: OutboxEntry = {
  type: 'circuit.opened',
  version: 1,
  occurredAt: new Date(NOW).toISOString(),
  correlationId: `notifications-sender:eu-central-1/${NOW}`,
  causationId: `request/${'a'.repeat(32)}`,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  data: {
    name: 'notifications-sender:eu-central-1',
    epoch: NOW,
    cause: 'failures',
    failures: MANY,
    retryAt: new Date(NOW).toISOString(),
  },
};
const WITH_OUTBOX = { _out: [OPENED], _outSeq: 9_999 };

/** A write unit is for 1 KB, names and values together: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
describe('the item of a circuit at its fullest', () => {
  const ALONE = { ...KEY, ...STATE, ...WINDOW };
  const FULL = { ...ALONE, ...WITH_REPORTERS, ...WITH_OUTBOX };

  it.each<[number, string, object]>([
    [1, 'alone', ALONE],
    [1, 'with an outbox', { ...ALONE, ...WITH_OUTBOX }],
    [1, 'with reporters', { ...ALONE, ...WITH_REPORTERS }],
    [1, 'with both', FULL],
  ])('takes %i write unit(s) %s', (units, _, item) => {
    expect(writeUnits(marshall(item) as unknown as Parameters<typeof writeUnits>[0])).toBe(units);
  });

  it('is whole: it has every attribute that is written', () => {
    const settings = checkOptions({});
    const item = readItem(FULL);
    if (!item) throw new Error('it cannot be read');
    const writes = [
      createItem(NOW),
      addReport(
        { ...item, slots: [], minutes: [] },
        { slot: SLOT, minute: 1, failures: 1, calls: 1, reporter: 1 },
        NOW,
      ),
      open(item, settings, NOW, 0),
      takeLease(item, 1, NOW),
      reopen(item, settings, NOW, 0),
      close(item, NOW),
    ];

    const written = writes.flatMap((write) => Object.keys({ ...write?.set, ...write?.add }));
    expect(written.filter((name) => !(name in FULL))).toEqual([]);
    expect([...item.slots, ...item.minutes, ...item.reporters]).not.toContain(undefined);
  });
});
