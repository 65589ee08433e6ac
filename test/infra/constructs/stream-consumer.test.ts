import { services } from '../../../functions/services';
import { parseEventFilter } from '../../../infra/local/lambda/event-filter';
import { listConsumers } from '../../../lib/service/consumers';
import { deadLetterQueueName, queueName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';

const HOUR_SECONDS = 60 * 60;

const consumers = listConsumers(services).flatMap(({ service, handler, contract: { trigger } }) =>
  trigger.kind === 'stream' || trigger.kind === 'relay' ? [{ service, handler, trigger }] : [],
);
const followers = consumers.flatMap(({ trigger: { changes }, ...rest }) => (changes ? [{ ...rest, changes }] : []));
const relays = consumers.flatMap(({ trigger, ...rest }) => (trigger.changes ? [] : [{ ...rest, trigger }]));
const hoursOf = { stream: 1, relay: 12 } as const;

/** An image of an item, with its attributes as a stream writes them. */
const image = (values: object = {}) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { [typeof value === 'number' ? 'N' : 'S']: String(value) }]),
  );
const record = (eventName: string, after?: object, before?: object) => ({
  eventName,
  dynamodb: { NewImage: image(after), OldImage: image(before) },
});

describe.each(ASSEMBLY_KINDS)('the streams of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const streamOf = (service: string, handler: string): PlacedResource => {
    const { dynamodb } = templates.mappingsOf(service, handler);
    if (!dynamodb) throw new Error(`${service}/${handler} follows no stream`);
    return dynamodb;
  };
  /** Whether Lambda gives a record to the function. */
  const takes = (service: string, handler: string) => {
    const { Filters } = streamOf(service, handler).Properties.FilterCriteria;
    // Lambda's own limit.
    expect(Filters.length).toBeLessThanOrEqual(5);
    return (taken: object) => Filters.some(({ Pattern }: { Pattern: string }) => parseEventFilter(Pattern)(taken));
  };

  it('feed exactly the handlers with a stream or a relay trigger', () => {
    const streams = templates
      .resources('AWS::Lambda::EventSourceMapping')
      .filter(({ Properties: p }) => p.StartingPosition !== undefined);

    expect(relays.length).toBeGreaterThan(1);
    expect(streams).toHaveLength(consumers.length);
  });

  it.each(followers)('give $service/$handler the changes of its contract and no other', (consumer) => {
    const isTaken = takes(consumer.service, consumer.handler);
    const { changes } = consumer;

    for (const { event, becomes } of changes) {
      const other = Object.fromEntries(Object.keys(becomes ?? {}).map((name) => [name, 'OTHER']));
      expect(isTaken(record(event, becomes, other))).toBe(true);
      expect(isTaken(record(event, becomes))).toBe(true);
      if (becomes) expect(isTaken(record(event, becomes, becomes))).toBe(false);
      if (becomes) expect(isTaken(record(event, other, becomes))).toBe(false);
    }
    const known = changes.map(({ event }) => event);
    for (const event of (['INSERT', 'MODIFY', 'REMOVE'] as const).filter((name) => !known.includes(name))) {
      expect(isTaken(record(event, { status: 'CANCELLING' }))).toBe(false);
    }
  });

  it.each(relays)('give $service/$handler what an item that has emitted became, and no deletion', (relay) => {
    const isTaken = takes(relay.service, relay.handler);

    expect(isTaken(record('INSERT', { _outSeq: 1 }))).toBe(true);
    expect(isTaken(record('MODIFY', { _outSeq: 2 }, { _outSeq: 1 }))).toBe(true);
    expect(isTaken(record('MODIFY', { status: 'PENDING' }))).toBe(false);
    expect(isTaken(record('REMOVE', undefined, { _outSeq: 2 }))).toBe(false);
  });

  it.each(consumers.map((consumer) => ({ ...consumer, hours: hoursOf[consumer.trigger.kind] })))(
    'give up on a record for $service/$handler after $hours hours, long before they forget it',
    (consumer) => {
      const { Properties } = streamOf(consumer.service, consumer.handler);

      expect(Properties.MaximumRecordAgeInSeconds).toBe(consumer.hours * HOUR_SECONDS);
      expect(Properties.MaximumRetryAttempts).toBeUndefined();
    },
  );

  describe.each(consumers)('$service/$handler', ({ service, handler, trigger }) => {
    it("reads its own service's table from the oldest record on", () => {
      const { stack, Properties } = streamOf(service, handler);
      const table = templates.only('AWS::DynamoDB::GlobalTable', templates.stackName(service));

      expect(templates.target(stack, Properties.EventSourceArn)).toBe(`${placeOf(table)}.StreamArn`);
      expect(Properties).toMatchObject({ StartingPosition: 'TRIM_HORIZON', BatchSize: trigger.batchSize });
    });

    it('isolates a poisonous record so that those beside it go on', () => {
      const { Properties } = streamOf(service, handler);

      expect(Properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
    });

    it('notes what it gave up on among its dead letters', () => {
      const { stack, Properties } = streamOf(service, handler);
      const deadLetters = templates.queueNamed(deadLetterQueueName(templates.stage, service, handler));

      expect(templates.target(stack, Properties.DestinationConfig.OnFailure.Destination)).toBe(
        `${placeOf(deadLetters)}.Arn`,
      );
    });

    it('takes such notes as messages, too, when they are sent again', () => {
      const queue = templates.queueNamed(queueName(templates.stage, service, handler));
      const { sqs } = templates.mappingsOf(service, handler);

      expect(templates.target(queue.stack, sqs?.Properties.EventSourceArn)).toBe(`${placeOf(queue)}.Arn`);
      expect(sqs?.Properties).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    });
  });
});
