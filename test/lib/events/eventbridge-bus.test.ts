import '../../support/environment';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import type { BusEvent } from '../../../lib/events/event-envelope';
import { openEventBus } from '../../../lib/events/eventbridge-bus';
import { AT } from './made-up-events';

const eventBridge = mockClient(EventBridgeClient);
const anEvent = (detail: string): BusEvent => ({ source: 'lamps', type: 'lamp.lit', occurredAt: AT, detail });
const failing = (name: string) => Object.assign(new Error(`it is ${name}`), { name });
const sent = () =>
  eventBridge
    .commandCalls(PutEventsCommand)
    .map(({ args }) => args[0].input.Entries?.map(({ Detail }) => Detail).join(' '));

describe('putting events on the bus', () => {
  beforeEach(() => eventBridge.reset());

  it('names the bus, the source, the type, the time and the trace of each', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }, { EventId: '2' }] });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    const outcomes = await openEventBus().put([{ ...anEvent('{}'), traceparent }, anEvent('[]')]);

    expect(outcomes).toEqual([{ kind: 'published' }, { kind: 'published' }]);
    const entry = { EventBusName: 'holdfast-test', Source: 'lamps', DetailType: 'lamp.lit', Time: new Date(AT) };
    expect(eventBridge.commandCalls(PutEventsCommand)[0]?.args[0].input).toEqual({
      Entries: [
        {
          ...entry,
          Detail: '{}',
          TraceHeader: 'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1',
        },
        { ...entry, Detail: '[]' },
      ],
    });
  });

  it.each([
    ['MalformedDetail', 'refused'],
    ['InvalidArgument', 'refused'],
    ['RedactionFailure', 'refused'],
    ['InternalFailure', 'failed'],
    ['ThrottlingException', 'failed'],
    ['NotAuthorizedForSourceException', 'failed'],
    ['NotAuthorizedForDetailTypeException', 'failed'],
    ['AccessDeniedException', 'failed'],
    ['SomethingNew', 'failed'],
  ])('looks at every entry of a request that succeeds: %s is %s', async (ErrorCode, kind) => {
    eventBridge
      .on(PutEventsCommand)
      .resolves({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode }, { EventId: '3' }] });

    expect(await openEventBus().put([anEvent('1'), anEvent('2'), anEvent('3')])).toEqual([
      { kind: 'published' },
      { kind, code: ErrorCode },
      { kind: 'published' },
    ]);
  });

  it('takes an entry without an answer for one that failed', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }, {}] });

    expect(await openEventBus().put([anEvent('1'), anEvent('2'), anEvent('3')])).toEqual([
      { kind: 'published' },
      { kind: 'failed', code: 'NoAnswer' },
      { kind: 'failed', code: 'NoAnswer' },
    ]);
  });

  it.each([
    'AccessDeniedException',
    'ResourceNotFoundException',
    'InternalException',
    'ThrottlingException',
    'TimeoutError',
    'ECONNREFUSED',
  ])('takes all for failed, and none for refused, when the bus does not answer: %s', async (code) => {
    eventBridge.on(PutEventsCommand).rejects(failing(code));

    expect(await openEventBus().put([anEvent('1'), anEvent('2')])).toEqual([
      { kind: 'failed', code },
      { kind: 'failed', code },
    ]);
    expect(sent()).toEqual(['1 2']);
  });

  it('finds the one by which a whole request is refused, and puts the others', async () => {
    eventBridge.on(PutEventsCommand).callsFake(({ Entries = [] }) => {
      if (Entries.some(({ Detail }: { Detail?: string }) => Detail === 'huge')) throw failing('ValidationException');
      return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'x' })) };
    });

    expect(await openEventBus().put([anEvent('1'), anEvent('huge'), anEvent('3')])).toEqual([
      { kind: 'published' },
      { kind: 'refused', code: 'ValidationException' },
      { kind: 'published' },
    ]);
    expect(sent()).toEqual(['1 huge 3', '1', 'huge', '3']);
  });
});
