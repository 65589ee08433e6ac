import { services } from '../../../functions/services';
import { parseEventFilter } from '../../../infra/local/lambda/event-filter';
import type { StreamTrigger } from '../../../lib/service/contract';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';

const consumers = services.flatMap(({ name, handlers }) =>
  Object.entries(handlers).flatMap(([handler, { trigger }]) =>
    trigger.kind === 'stream' ? [{ service: name, handler, trigger: trigger as StreamTrigger }] : [],
  ),
);
const DAY_SECONDS = 24 * 60 * 60;

describe.each(ASSEMBLY_KINDS)('the streams of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const mappings = templates.resources('AWS::Lambda::EventSourceMapping');
  const mappingOf = (service: string, handler: string) => {
    const place = placeOf(templates.functionOf(service, handler));
    const found = mappings.filter(({ stack, Properties: p }) => templates.target(stack, p.FunctionName) === place);
    expect(found).toHaveLength(1);
    return found[0] as PlacedResource;
  };
  const failureQueueOf = ({ stack, Properties }: PlacedResource) => {
    const target = templates.target(stack, Properties.DestinationConfig.OnFailure.Destination);
    const queue = templates.resources('AWS::SQS::Queue', stack).find((found) => `${placeOf(found)}.Arn` === target);
    if (!queue) throw new Error(`${target} is no queue of ${stack}`);
    return queue;
  };

  it('feed exactly the handlers with a stream trigger', () => {
    expect(mappings).toHaveLength(consumers.length);
  });

  describe.each(consumers)('$service/$handler', ({ service, handler, trigger }) => {
    it("reads its own service's table from the oldest record on", () => {
      const { stack, Properties } = mappingOf(service, handler);
      const table = templates.only('AWS::DynamoDB::GlobalTable', templates.stackName(service));

      expect(templates.target(stack, Properties.EventSourceArn)).toBe(`${placeOf(table)}.StreamArn`);
      expect(Properties).toMatchObject({ StartingPosition: 'TRIM_HORIZON', BatchSize: trigger.batchSize });
    });

    it('gets the events of its contract and no other', () => {
      const { Filters } = mappingOf(service, handler).Properties.FilterCriteria;
      const isTaken = (record: object) =>
        Filters.some(({ Pattern }: { Pattern: string }) => parseEventFilter(Pattern)(record));
      const image = (values: object = {}) =>
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }]));
      const record = (eventName: string, after?: object, before?: object) => ({
        eventName,
        dynamodb: { NewImage: image(after), OldImage: image(before) },
      });

      // Lambda's own limit.
      expect(Filters.length).toBeLessThanOrEqual(5);
      for (const { event, becomes } of trigger.changes) {
        const other = Object.fromEntries(Object.keys(becomes ?? {}).map((name) => [name, 'OTHER']));
        expect(isTaken(record(event, becomes, other))).toBe(true);
        expect(isTaken(record(event, becomes))).toBe(true);
        if (becomes) expect(isTaken(record(event, becomes, becomes))).toBe(false);
        if (becomes) expect(isTaken(record(event, other, becomes))).toBe(false);
      }
      const known = trigger.changes.map(({ event }) => event);
      for (const event of (['INSERT', 'MODIFY', 'REMOVE'] as const).filter((name) => !known.includes(name))) {
        expect(isTaken(record(event, { status: 'CANCELLING' }))).toBe(false);
      }
    });

    it('isolates a poisonous record and gives up on it after a bounded number of tries', () => {
      const { Properties } = mappingOf(service, handler);

      expect(Properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      expect(Properties.MaximumRetryAttempts).toBeUndefined();
      // Longer than usual outages, and far less than the 24 hours after which the stream forgets.
      expect(Properties.MaximumRecordAgeInSeconds).toBeGreaterThanOrEqual(30 * 60);
      expect(Properties.MaximumRecordAgeInSeconds).toBeLessThanOrEqual(6 * 3600);
    });

    it('notes what it gave up on in a queue of its stack, to which its role may send', () => {
      const mapping = mappingOf(service, handler);
      const queue = failureQueueOf(mapping);
      const role = templates.roleOf(templates.functionOf(service, handler));

      expect(templates.statementsOf(role)).toContainEqual({
        effect: 'Allow',
        actions: expect.arrayContaining(['sqs:SendMessage']),
        resources: [`\${${placeOf(queue)}.Arn}`],
      });
    });

    it('keeps those notes for 14 days', () => {
      const queue = failureQueueOf(mappingOf(service, handler));

      expect(queue.Properties.MessageRetentionPeriod).toBe(14 * DAY_SECONDS);
    });
  });
});

describe.each(ASSEMBLY_KINDS)('the queues of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const queues = templates.resources('AWS::SQS::Queue');

  it('are encrypted', () => {
    for (const { Properties } of queues) {
      expect(Properties.SqsManagedSseEnabled === true || Properties.KmsMasterKeyId !== undefined).toBe(true);
    }
  });

  it('refuse whoever comes without TLS', () => {
    const policies = templates.resources('AWS::SQS::QueuePolicy');
    for (const queue of queues) {
      const denials = policies
        .filter(({ stack, Properties: p }) =>
          p.Queues.some((ref: unknown) => templates.target(stack, ref) === placeOf(queue)),
        )
        .flatMap(({ Properties: p }) => p.PolicyDocument.Statement);
      expect(denials).toContainEqual({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      });
    }
  });

  it('that feed a function hide a message for six times as long as the function may take', () => {
    expect(queuesHiddenTooShortly(templates)).toEqual([]);
  });
});

describe('the rule of hidden messages', () => {
  it('finds a queue whose messages come back while the function is still at work', () => {
    const templates = new Templates('dev');
    const { stack } = templates.functionOf('orders', 'start-saga');
    const { Resources = {} } = templates.byStack.get(stack) ?? {};
    const made = templates.functionOf('orders', 'start-saga');
    const mapping = (queue: string) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: made.id }, EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] } },
    });
    const queue = (VisibilityTimeout?: number) => ({ Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout } });
    Object.assign(Resources, { Plain: queue(), Short: queue(179), Enough: queue(180) });
    Object.assign(Resources, { A: mapping('Plain'), B: mapping('Short'), C: mapping('Enough') });

    expect(queuesHiddenTooShortly(templates)).toEqual([`${stack}/Plain`, `${stack}/Short`]);
  });
});

/**
 * Lambda refuses a mapping whose queue hides messages for less than the function's timeout, and advises six times as long.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function queuesHiddenTooShortly(templates: Templates): string[] {
  const queues = templates.resources('AWS::SQS::Queue');
  const functions = templates.resources('AWS::Lambda::Function');
  return templates.resources('AWS::Lambda::EventSourceMapping').flatMap(({ stack, Properties }) => {
    const source = templates.target(stack, Properties.EventSourceArn);
    const queue = queues.find((candidate) => `${placeOf(candidate)}.Arn` === source);
    const made = functions.find((candidate) => placeOf(candidate) === templates.target(stack, Properties.FunctionName));
    const hiddenSeconds = queue?.Properties.VisibilityTimeout ?? 30;
    return queue && hiddenSeconds < 6 * (made?.Properties.Timeout ?? 0) ? [placeOf(queue)] : [];
  });
}
