import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import type { QueueDefinition, Sqs } from '../sqs/sqs';
import { isPresent, member, numberOf, textOf } from './properties';

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
      QueueUrl: (queue: NamingContext) => `${awsUrl}/${queue.accountId}/${queue.physicalName}`,
    },
    properties: {
      QueueName: 'used',
      VisibilityTimeout: 'used',
      MessageRetentionPeriod: 'used',
      DelaySeconds: 'used',
      ReceiveMessageWaitTimeSeconds: 'used',
      MaximumMessageSize: 'used',
      RedrivePolicy: { members: { deadLetterTargetArn: 'used', maxReceiveCount: 'used' } },
      SqsManagedSseEnabled: 'ignored',
      Tags: 'ignored',
    },
  },
});

/**
 * Makes the queues, in the order of the resources: a dead-letter queue comes before the queues that refer to it.
 *
 * @throws {Error} for a setting that SQS refuses.
 */
export function provisionQueues(resources: readonly Resource[], sqs: Sqs): void {
  for (const resource of resources) if (resource.type === QUEUE) sqs.createQueue(toDefinition(resource));
}

/** How long a queue hides a received message, in seconds. */
export function visibilityTimeoutSecondsOf({ properties }: Resource): number {
  return numberOf(properties.VisibilityTimeout, 30);
}

/** The numbers of a queue, under the names that the room has for them. */
const NUMBERS = {
  VisibilityTimeout: 'visibilityTimeoutSeconds',
  MessageRetentionPeriod: 'messageRetentionSeconds',
  DelaySeconds: 'delaySeconds',
  ReceiveMessageWaitTimeSeconds: 'receiveWaitSeconds',
  MaximumMessageSize: 'maximumMessageBytes',
} as const;

function toDefinition({ properties, physicalName }: Resource): QueueDefinition {
  const redrivePolicy = member(properties, 'RedrivePolicy');
  const numbers = Object.entries(NUMBERS).filter(([property]) => isPresent(properties[property]));
  return {
    queueName: physicalName,
    ...Object.fromEntries(numbers.map(([property, name]) => [name, Number(properties[property])])),
    ...(redrivePolicy !== undefined && {
      redrivePolicy: {
        deadLetterTargetArn: textOf(redrivePolicy.deadLetterTargetArn),
        maxReceiveCount: Number(redrivePolicy.maxReceiveCount),
      },
    }),
  };
}
