import type { Consumer } from '../../lib/service/consumers';
import type { HandlerContract } from '../../lib/service/contract';
import { deadLetterQueueName, ENV, queueName } from '../../lib/service/names';
import { archiveArn, eventBusArn, queueArn, replayArns } from './arns';
import type { ServiceFunction } from './service-function';

/**
 * What an operator's handler may do with the dead letters of all consumers, and with the archive of the bus. Nothing, when its
 * contract says nothing of them.
 */
export function grantOperations(
  made: ServiceFunction,
  { deadLetters, replays }: HandlerContract,
  consumers: readonly Consumer[],
): void {
  if (deadLetters) {
    made.setEnvironment(ENV.deadLetterQueues, consumers.map(({ service, handler }) => `${service}-${handler}`).join());
    (deadLetters === 'read' ? allowReading : allowRedriving)(made, consumers);
  }
  if (replays) allowReplays(made);
}

function allowReading(made: ServiceFunction, consumers: readonly Consumer[]): void {
  made.allow(
    ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    queues(made, consumers, deadLetterQueueName),
  );
}

/**
 * SQS moves messages, and tells of moves, only for a caller who may do by hand what it does for him.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
function allowRedriving(made: ServiceFunction, consumers: readonly Consumer[]): void {
  made.allow(
    [
      'sqs:GetQueueUrl',
      'sqs:GetQueueAttributes',
      'sqs:StartMessageMoveTask',
      'sqs:ListMessageMoveTasks',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
    ],
    queues(made, consumers, deadLetterQueueName),
  );
  made.allow(['sqs:SendMessage'], queues(made, consumers, queueName));
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html for the three resources */
function allowReplays(made: ServiceFunction): void {
  const { stage } = made.props.settings;
  const bus = eventBusArn(made, stage);
  made.setEnvironment(ENV.eventBusArn, bus);
  made.allow(['events:StartReplay'], [archiveArn(made, stage), bus, replayArns(made, stage)]);
}

function queues(
  made: ServiceFunction,
  consumers: readonly Consumer[],
  nameOf: (stage: string, service: string, handler: string) => string,
): string[] {
  const { stage } = made.props.settings;
  return consumers.map(({ service, handler }) => queueArn(made, nameOf(stage, service, handler)));
}
