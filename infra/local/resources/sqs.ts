import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { Sqs } from '../sqs/sqs';
import { numberOf } from './properties';

const QUEUE = 'AWS::SQS::Queue';

/** Queues. `awsUrl` is the endpoint's own address: SDK clients call the host of a queue's URL. */
export const sqsTypes = (awsUrl: string): ResourceTypes => ({
  [QUEUE]: {
    physicalName: { property: 'QueueName', maximumLength: 80 },
    ref: (queue) => `${awsUrl}/${queue.accountId}/${queue.physicalName}`,
    attributes: {
      Arn: (queue: NamingContext) =>
        `arn:${queue.partition}:sqs:${queue.region}:${queue.accountId}:${queue.physicalName}`,
      QueueName: (queue: NamingContext) => queue.physicalName,
    },
    properties: {
      QueueName: 'used',
      VisibilityTimeout: 'used',
      MessageRetentionPeriod: 'used',
      SqsManagedSseEnabled: 'ignored',
      Tags: 'ignored',
    },
  },
});

export function provisionQueues(resources: readonly Resource[], sqs: Sqs): void {
  for (const { type, properties, physicalName } of resources) {
    if (type !== QUEUE) continue;
    sqs.createQueue({
      queueName: physicalName,
      visibilityTimeoutSeconds: numberOf(properties.VisibilityTimeout, 30),
      messageRetentionSeconds: numberOf(properties.MessageRetentionPeriod, 345_600),
    });
  }
}
