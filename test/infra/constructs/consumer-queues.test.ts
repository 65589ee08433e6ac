import { services } from '../../../functions/services';
import { listConsumers } from '../../../lib/service/consumers';
import { deadLetterQueueName, queueName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';

const consumers = listConsumers(services);
const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

describe.each(ASSEMBLY_KINDS)('the queues of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const queues = templates.resources('AWS::SQS::Queue');
  const queueOf = (service: string, handler: string) =>
    templates.queueNamed(queueName(templates.stage, service, handler));
  const lettersOf = (service: string, handler: string) =>
    templates.queueNamed(deadLetterQueueName(templates.stage, service, handler));

  it('are two for each consumer, under the names that the API goes by', () => {
    const expected = consumers.flatMap(({ service, handler }) => [
      queueName(templates.stage, service, handler),
      deadLetterQueueName(templates.stage, service, handler),
    ]);

    expect(queues.map(({ Properties: p }) => p.QueueName).sort()).toEqual(expected.sort());
  });

  it('are standard ones, as rules of EventBridge want them', () => {
    for (const { Properties } of queues) expect(Properties.FifoQueue).toBeUndefined();
  });

  it('are encrypted', () => {
    for (const { Properties } of queues) expect(Properties.SqsManagedSseEnabled).toBe(true);
  });

  it('refuse whoever comes without TLS', () => {
    for (const queue of queues) {
      expect(templates.queueStatements(queue)).toContainEqual({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      });
    }
  });

  it('outlive their stack in production only', () => {
    for (const { DeletionPolicy } of queues) expect(DeletionPolicy).toBe(kind === 'prod' ? 'Retain' : 'Delete');
  });

  it('that feed a function hide a message for six times as long as the function may take', () => {
    expect(queuesHiddenTooShortly(templates)).toEqual([]);
  });

  it.each(consumers)('of $service/$handler are tied: after thirty tries a message is a dead letter', (consumer) => {
    const queue = queueOf(consumer.service, consumer.handler);
    const { deadLetterTargetArn, maxReceiveCount } = queue.Properties.RedrivePolicy;

    expect(templates.target(queue.stack, deadLetterTargetArn)).toBe(
      `${placeOf(lettersOf(consumer.service, consumer.handler))}.Arn`,
    );
    expect(maxReceiveCount).toBe(30);
  });

  it.each(consumers)(
    'of $service/$handler are mapped to it, which says of each message what became of it',
    (consumer) => {
      const queue = queueOf(consumer.service, consumer.handler);
      const { sqs } = templates.mappingsOf(consumer.service, consumer.handler);

      expect(templates.target(queue.stack, sqs?.Properties.EventSourceArn)).toBe(`${placeOf(queue)}.Arn`);
      expect(sqs?.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      // SQS and Lambda take from 2 to 1,000.
      expect(sqs?.Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
      expect(sqs?.Properties.ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(1000);
    },
  );

  it.each(consumers)('of $service/$handler keep dead letters at least as long as messages', (consumer) => {
    const kept = (queue: PlacedResource) => queue.Properties.MessageRetentionPeriod;
    const isJob = consumer.contract.trigger.kind === 'schedule';
    const [queue, letters] = [
      queueOf(consumer.service, consumer.handler),
      lettersOf(consumer.service, consumer.handler),
    ];

    // The next run of a job makes up for the one that failed.
    expect(kept(letters)).toBe(isJob ? HOUR_SECONDS : 14 * DAY_SECONDS);
    expect(kept(queue)).toBe(isJob ? HOUR_SECONDS : 4 * DAY_SECONDS);
  });
});

describe('the rule of hidden messages', () => {
  it('finds a queue whose messages come back while the function is still at work', () => {
    const templates = new Templates('dev');
    const made = templates.functionOf('gateway', 'authorize');
    const { Resources = {} } = templates.byStack.get(made.stack) ?? {};
    const mapping = (queue: string) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: made.id }, EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] } },
    });
    const queue = (VisibilityTimeout?: number) => ({ Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout } });
    const enough = 6 * made.Properties.Timeout;
    Object.assign(Resources, { Plain: queue(), Short: queue(enough - 1), Enough: queue(enough) });
    Object.assign(Resources, { A: mapping('Plain'), B: mapping('Short'), C: mapping('Enough') });

    expect(queuesHiddenTooShortly(templates)).toEqual([`${made.stack}/Plain`, `${made.stack}/Short`]);
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
