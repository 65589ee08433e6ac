import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { changePattern } from '../../lib/service/change-pattern';
import type { StreamTrigger } from '../../lib/service/contract';
import { failureQueueAlarm } from './alarms';
import type { ServiceFunction } from './service-function';

/**
 * So long a record that fails is tried again, before it goes to the failure queue. Longer than an outage of what the consumer
 * needs usually lasts; not longer, because what comes after the record waits too.
 */
const MAX_RECORD_AGE = Duration.hours(1);

export interface StreamConsumerProps {
  /** `orders/start-saga`. */
  readonly title: string;
  readonly consumer: ServiceFunction;
  readonly table: TableV2;
  readonly trigger: StreamTrigger;
  /** Of the failure queue, which holds the only note of what was lost. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Feeds a function from its service's table. A batch that fails is halved until the poison stands alone; what fails to the
 * end is noted in a queue, so that the stream goes on.
 *
 * The note names the records by shard and sequence number; the stream keeps them for 24 hours, the queue its notes for 14 days.
 */
export class StreamConsumer extends Construct {
  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { title, consumer, table, trigger, removalPolicy } = props;
    const failures = new Queue(this, 'Failures', {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy,
    });
    failureQueueAlarm(this, 'FailuresWaiting', { queue: failures, consumer: title });
    const streamArn = table.tableStreamArn as string;
    consumer.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [streamArn],
    );
    consumer.allow(['sqs:SendMessage'], [failures.queueArn]);
    consumer.function.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: trigger.batchSize,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: MAX_RECORD_AGE,
      filters: trigger.changes.map((change) => FilterCriteria.filter(changePattern(change))),
      // The CDK's own destination would grant two actions more than Lambda takes.
      onFailure: { bind: () => ({ destination: failures.queueArn }) },
    });
  }
}
