import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetterQueueName, queueName } from '../../lib/service/names';
import type { ServiceFunction } from './service-function';

/**
 * So often a message is given to the function before it becomes a dead letter. AWS advises five or more, because Lambda takes messages
 * out of the queue before it knows that the function has room for them. Thirty, because what can never be taken is put aside after one
 * look, so that only what is sick is waited for: a consumer of 30 seconds, whose messages are hidden for three minutes, can be down for an
 * hour and a half before anybody has to redrive anything.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const MAX_RECEIVE_COUNT = 30;

/** Lambda refuses less than the function's timeout, and advises six times as long: a throttled batch is tried again in that time. */
const VISIBILITY_FACTOR = 6;

/** A message that has not been taken by then was not a matter of a busy consumer: its alarm has been ringing for days. */
const QUEUE_RETENTION = Duration.days(4);
/** The longest that SQS keeps anything. */
const LETTER_RETENTION = Duration.days(14);

export interface ConsumerQueuesProps {
  readonly consumer: ServiceFunction;
  /** 1 to 10 messages an invocation. */
  readonly batchSize: number;
  /** 2 to 1,000 invocations at once. */
  readonly maximumConcurrency: number;
  /** How long dead letters are kept. Default and at most 14 days. */
  readonly lettersKept?: Duration;
}

/**
 * The two queues of one consumer. What lies in the first is given to its function; what the function could not take in the end lies in
 * the second, the dead letters, and is moved back to the first when an operator has it redriven. SQS counts a letter's age from
 * when it was first sent, so that it keeps letters longer than messages.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export class ConsumerQueues extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ConsumerQueuesProps) {
    super(scope, id);
    const { consumer, batchSize, maximumConcurrency, lettersKept = LETTER_RETENTION } = props;
    const { service, handler, contract, settings } = consumer.props;
    const guarded = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: settings.removalPolicy,
    };
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...guarded,
      queueName: deadLetterQueueName(settings.stage, service, handler),
      retentionPeriod: lettersKept,
    });
    this.queue = new Queue(this, 'Queue', {
      ...guarded,
      queueName: queueName(settings.stage, service, handler),
      retentionPeriod: shorter(QUEUE_RETENTION, lettersKept),
      visibilityTimeout: Duration.seconds(VISIBILITY_FACTOR * contract.timeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    consumer.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [this.queue.queueArn]);
    consumer.allow(['sqs:SendMessage'], [this.deadLetters.queueArn]);
    consumer.function.addEventSourceMapping('Queue', {
      eventSourceArn: this.queue.queueArn,
      batchSize,
      maxConcurrency: maximumConcurrency,
      reportBatchItemFailures: true,
    });
  }

  /**
   * Lets these rules put events into the queue, and into the dead letters what they could not deliver.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
   */
  admitRules(ruleArns: readonly string[]): void {
    for (const queue of [this.queue, this.deadLetters]) {
      queue.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': [...ruleArns] } },
        }),
      );
    }
  }
}

function shorter(one: Duration, other: Duration): Duration {
  return one.toSeconds() < other.toSeconds() ? one : other;
}
