import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { changePattern, emissionPattern } from '../../lib/service/change-pattern';
import type { RelayTrigger, StreamTrigger } from '../../lib/service/contract';
import { deadLettersAlarm, iteratorAgeAlarm } from './alarms';
import { ConsumerQueues } from './consumer-queues';
import type { ServiceFunction } from './service-function';

/**
 * So long a record that fails is tried again, before it becomes a dead letter; what comes after it waits too. For most consumers an
 * hour is longer than an outage of what they need usually lasts. A relay waits for a bus that is away much longer, because what is
 * put aside loses its place in the order of events; half of the stream's 24 hours are left to redrive in.
 */
const MAX_RECORD_AGE = { stream: Duration.hours(1), relay: Duration.hours(12) } as const;

export interface StreamConsumerProps {
  readonly consumer: ServiceFunction;
  readonly table: TableV2;
  readonly trigger: StreamTrigger | RelayTrigger;
}

/**
 * Feeds a function from its service's table. A batch that fails is halved until the poison stands alone; what fails to the
 * end is noted in the dead letters, so that the stream goes on. A note that is redriven is given to the function as a message.
 *
 * The note names the records by shard and sequence number; the stream keeps them for 24 hours, the queue its notes for 14 days.
 */
export class StreamConsumer extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { consumer, table, trigger }: StreamConsumerProps) {
    super(scope, id);
    // A note stands for up to a whole batch, and few come at once.
    const { deadLetters } = new ConsumerQueues(this, 'Queues', { consumer, batchSize: 1, maximumConcurrency: 2 });
    this.deadLetters = deadLetters;
    const streamArn = table.tableStreamArn as string;
    consumer.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [streamArn],
    );
    const patterns = trigger.changes?.map(changePattern) ?? [emissionPattern];
    consumer.function.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: trigger.batchSize,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: MAX_RECORD_AGE[trigger.kind],
      filters: patterns.map((pattern) => FilterCriteria.filter(pattern)),
      // The CDK's own destination would grant two actions more than Lambda takes.
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    deadLettersAlarm(this, 'DeadLettersWaiting', { deadLetters, consumer: consumer.title });
    iteratorAgeAlarm(this, 'Behind', { made: consumer.function, consumer: consumer.title });
  }
}
