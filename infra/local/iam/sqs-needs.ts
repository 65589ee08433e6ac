import { anyResource, arnOf, type NeedsOf, needEach, ownAction, type ResourceOf, textIn } from './need';

const queue: ResourceOf = (body, sources) => arnOf('sqs', sources, '', textIn(body.QueueUrl).split('/').at(-1));

/** Each of these has a batch, which is checked as the single action. */
const single = ownAction('sqs', ['SendMessage', 'DeleteMessage', 'ChangeMessageVisibility'], queue);
const batches = Object.entries(single).map(([operation, needs]) => [`${operation}Batch`, needs] as const);

const MOVING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/**
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export const sqsNeeds: Readonly<Record<string, NeedsOf>> = {
  ...single,
  ...Object.fromEntries(batches),
  ...ownAction('sqs', ['ReceiveMessage', 'GetQueueAttributes', 'ListDeadLetterSourceQueues', 'PurgeQueue'], queue),
  ...ownAction('sqs', ['GetQueueUrl'], (body, sources) => arnOf('sqs', sources, '', body.QueueName)),
  ...ownAction('sqs', ['ListQueues'], anyResource),
  // It moves for its caller, who has to be allowed to do so by hand.
  StartMessageMoveTask: (body, sources) => {
    const source = textIn(body.SourceArn);
    const destination = textIn(body.DestinationArn);
    const destinations = destination === '' ? sources.sourceQueueArns(source) : [destination];
    return [
      ...needEach(['sqs:StartMessageMoveTask', ...MOVING], source),
      ...destinations.flatMap((queueArn) => needEach(['sqs:SendMessage'], queueArn)),
    ];
  },
  ListMessageMoveTasks: (body) => needEach(['sqs:ListMessageMoveTasks', ...MOVING], textIn(body.SourceArn)),
};
