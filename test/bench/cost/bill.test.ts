import { toBill, totalOf } from './bill';
import type { Operations } from './operations';
import { PRICES } from './prices';

/** What ten orders took. */
const ofTen: Operations = {
  apiRequests: 10,
  functions: [
    { name: 'a/one', invocations: 20, memoryMb: 256, billedMs: 200 },
    { name: 'b/two', invocations: 10, memoryMb: 1_024, billedMs: 100 },
  ],
  executions: 10,
  transitions: 50,
  expressGbSeconds: 0.0625,
  tables: [
    { service: 'a', operation: 'PutItem', kind: 'write', calls: 10, units: 30 },
    { service: 'b', operation: 'UpdateItem', kind: 'write', calls: 10, units: 10 },
    { service: 'a', operation: 'GetItem', kind: 'read', calls: 10, units: 5 },
  ],
  streamReads: 10,
  events: [
    { type: 'a.made', published: 20, billed: 20, bytes: 20_000 },
    { type: 'a.lost', published: 5, billed: 10, bytes: 500_000 },
  ],
  queues: [
    { name: 'b/two', messages: 20, requests: 50 },
    { name: 'c/three', messages: 5, requests: 15 },
  ],
  functionLogBytes: 30_000,
  otherLogBytes: 10_000,
  traceRoots: 60,
};
const billOf = (workflow: 'STANDARD' | 'EXPRESS') =>
  toBill(ofTen, 10, workflow).map(({ unit, perOrder, dollarsPerMillionOrders }) => [
    unit,
    Number(perOrder.toFixed(6)),
    Number(dollarsPerMillionOrders.toFixed(4)),
  ]);
const common = (states: unknown[][]) => [
  ['requests', 1, 3.5],
  ['invocations', 3, 0.6],
  ['GB-seconds', 0.2, 2.6667],
  ...states,
  ['write units', 4, 2.5],
  ['read units', 0.5, 0.0625],
  ['stream reads by Lambda', 1, 0],
  ['events', 3, 3],
  ['bytes archived', 52_000, 6.396],
  ['requests', 6.5, 2.6],
  ['bytes of functions', 3_000, 1.5],
  ['bytes of API and sagas', 1_000, 0.5],
  ['traces recorded', 0.3, 1.5],
];

describe('the bill', () => {
  it('of the Standard profile has its transitions', () => {
    expect(billOf('STANDARD')).toEqual(common([['transitions', 5, 125]]));
  });

  it('of the Express profile has its requests and their duration times memory', () => {
    const express = [
      ['Express requests', 1, 1],
      ['Express GB-seconds', 0.00625, 0.1042],
    ];

    expect(billOf('EXPRESS')).toEqual(common(express));
  });

  it('adds up', () => {
    expect(totalOf(toBill(ofTen, 10, 'STANDARD'))).toBeCloseTo(
      3.5 + 0.6 + 2.66668 + 125 + 2.5 + 0.0625 + 3 + 6.396 + 2.6 + 2 + 1.5,
      6,
    );
  });

  it.each(Object.entries(PRICES))('has a page of AWS as the source of the price of %s', (_, { dollars, source }) => {
    expect(dollars).toBeGreaterThanOrEqual(0);
    expect(source).toMatch(/^https:\/\/(docs\.)?aws\.amazon\.com\/\S+$/);
  });
});
