import '../../support/environment';
import type { Context, SQSRecord } from 'aws-lambda';
import { type BusEvent, type ReceivedEvent, toEnvelopes } from '../../../lib/events/event-envelope';
import { eventHandler } from '../../../lib/lambda/event-handler';
import { currentTraceparent } from '../../../lib/observability/tracing';
import { anEntry, lampLit, lampSold, lamps } from '../events/made-up-events';
import { aMessage } from './a-message';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** An event as the bus puts it into a queue. */
const delivered = ({ source, type, detail }: BusEvent) => ({
  version: '0',
  id: 'bus-id',
  source,
  'detail-type': type,
  detail: JSON.parse(detail),
});
const litMessage = (id: string, changes: object = {}) => {
  const [event] = toEnvelopes(lampLit, 'l-1', anEntry({ traceparent: TRACEPARENT, ...changes })) as [BusEvent];
  return aMessage(id, delivered(event));
};
const soldCopies = toEnvelopes(
  lampSold,
  'l-1',
  anEntry({ type: 'lamp.sold', version: 3, data: { lampId: 'l-1', weight: { kilograms: 2 } } }),
).map((event, index) => aMessage(`sold-${index + 2}`, delivered(event)));

/** A consumer of both events; it fails on lamps that burn too bright. */
function aConsumer({ hasQueue = true } = {}) {
  const seen: Array<ReceivedEvent & { readonly within: string | undefined }> = [];
  const letters: Array<{ body: string; reason: string; isBack: boolean | undefined }> = [];
  const handler = eventHandler(
    lamps,
    'on-lamp',
    {
      'lamp.sold': async (event) => void seen.push({ ...event, within: currentTraceparent() }),
      'lamp.lit': async (event) => {
        if (event.data.watts > 100) throw new Error('too bright');
        seen.push({ ...event, within: currentTraceparent() });
      },
    },
    {
      send: async (body, reason, isBack) => {
        if (!hasQueue) throw new Error('no queue');
        letters.push({ body, reason, isBack });
      },
    },
  );
  return { run: (Records: SQSRecord[]) => handler({ Records }, {} as Context), seen, letters };
}

describe('a consumer of events', () => {
  let logs: Record<'info' | 'error', jest.SpyInstance>;
  const lines = (level: 'info' | 'error') => logs[level].mock.calls.map(([line]) => JSON.parse(line));
  beforeEach(() => {
    const silent = (level: 'info' | 'error') => jest.spyOn(console, level).mockImplementation(() => undefined);
    logs = { info: silent('info'), error: silent('error') };
  });
  afterEach(() => jest.restoreAllMocks());

  it('is given what it can read of an event, in the version that its contract names, whichever copy comes first', async () => {
    const { run, seen } = aConsumer();

    const answer = await run([...soldCopies].reverse());

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toMatchObject([{ id: 'lamps/l-1/1', version: 2, data: { lampId: 'l-1', kilograms: 2 } }]);
    expect(lines('info').at(-1)).toMatchObject({
      message: 'events taken',
      counts: { handled: 1, otherCopy: 1, unknown: 0, deadLettered: 0, failed: 0 },
    });
  });

  it('reacts in the trace of whoever emitted the event', async () => {
    const { run, seen } = aConsumer();

    await run([litMessage('m-1')]);

    expect(seen[0]?.within).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(seen[0]?.within).not.toBe(TRACEPARENT);
    expect(lines('info')).toContainEqual(
      expect.objectContaining({
        message: 'event handled',
        eventId: 'lamps/l-1/1',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        correlationId: 'l-1',
      }),
    );
  });

  it('is given again what failed, and that alone, with a line of log that is found by trace and process', async () => {
    const { run, seen } = aConsumer();

    const answer = await run([litMessage('m-1', { data: { lampId: 'l-1', watts: 500 } }), litMessage('m-2')]);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(seen).toHaveLength(1);
    expect(lines('error')).toMatchObject([
      {
        message: 'event failed',
        eventId: 'lamps/l-1/1',
        eventType: 'lamp.lit',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        correlationId: 'l-1',
        error: { message: 'too bright' },
      },
    ]);
    expect(lines('info').at(-1)).toMatchObject({ counts: { handled: 1, failed: 1 } });
  });

  it('is not made, and takes nothing, without a reaction to each event of its contract', async () => {
    const reactions = { 'lamp.sold': async () => undefined };
    const nowhere = { send: async () => undefined };
    // @ts-expect-error lamp.lit is left out.
    const handler = eventHandler(lamps, 'on-lamp', reactions, nowhere);

    const answer = await handler({ Records: [litMessage('m-1')] }, {} as Context);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  });

  it.each([
    ['no JSON', { ...aMessage('m-1', {}), body: 'Alice' }, 'the message is not valid: it is not JSON'],
    ['no event', aMessage('m-1', { hello: 'Alice' }), 'the message is not valid: source is required; detail-type is'],
    [
      'an event without an envelope',
      aMessage('m-1', { source: 'lamps', 'detail-type': 'lamp.lit', detail: {} }),
      'lamp.lit is not valid: metadata is required',
    ],
    [
      'broken data',
      aMessage('m-1', JSON.parse(litMessage('m-1').body.replace('"watts":7', '"watts":"Alice"'))),
      'lamp.lit version 1 is not valid: watts must be number',
    ],
    [
      'a version later than what it knows',
      aMessage('m-1', JSON.parse(litMessage('m-1').body.replace('"version":1,"versions":[1]', '"version":2'))),
      'lamp.lit is known here up to version 1, got 2',
    ],
  ])('has what it can never take among its dead letters after one look: %s', async (_case, message, reason) => {
    const { run, seen, letters } = aConsumer();

    const answer = await run([message, litMessage('m-2')]);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toHaveLength(1);
    expect(letters).toEqual([{ body: message.body, reason: expect.stringContaining(reason), isBack: false }]);
    expect(letters[0]?.reason).not.toContain('Alice');
    expect(lines('error')).toMatchObject([{ message: 'message put among the dead letters' }]);
    expect(lines('info').at(-1)).toMatchObject({ counts: { deadLettered: 1, handled: 1 } });
  });

  it('puts back what was sent again in vain, to be had after a while, and names the event', async () => {
    const { run, letters } = aConsumer();
    const message = litMessage('m-1', {});
    const { detail, ...rest } = JSON.parse(message.body);
    const broken = JSON.stringify({ ...rest, detail: { ...detail, data: {} } });
    const reason = { dataType: 'String', stringValue: 'it was broken' };

    await run([{ ...message, body: broken, messageAttributes: { reason } as never }]);

    expect(letters).toMatchObject([{ isBack: true }]);
    expect(lines('error')).toMatchObject([{ eventId: 'lamps/l-1/1', eventType: 'lamp.lit' }]);
  });

  it('is given it again when the dead letters do not take it', async () => {
    const { run } = aConsumer({ hasQueue: false });

    expect(await run([aMessage('m-1', 'Alice')])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(lines('error')).toMatchObject([{ message: 'dead letter not sent' }]);
  });

  it.each([
    ['of a type that it does not take', { source: 'lamps', 'detail-type': 'lamp.eaten', detail: {} }],
    ['of another source', { ...delivered(toEnvelopes(lampLit, 'l-1', anEntry())[0] as BusEvent), source: 'x' }],
  ])('is not troubled by an event %s, which is counted', async (_case, event) => {
    const { run, seen, letters } = aConsumer();

    expect(await run([aMessage('m-1', event)])).toEqual({ batchItemFailures: [] });
    expect([seen, letters]).toEqual([[], []]);
    expect(lines('info').at(-1)).toMatchObject({ counts: { unknown: 1 } });
  });
});
