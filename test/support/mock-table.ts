import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

/** Plays DynamoDB for every table that is opened: it answers what a test tells it to, and remembers what it was asked. */
export function mockTable() {
  const mock = mockClient(DynamoDBDocumentClient);
  return Object.assign(mock, {
    /** The inputs of all commands so far, in order. */
    inputs: () => mock.calls().map(({ args }) => args[0].input as Record<string, unknown>),
  });
}

/** DynamoDB's refusal of a conditional write: the item in the way, or none when there is no item. */
export function refusedBy(item?: Record<string, unknown>): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(item && { Item: marshall(item) }),
  });
}
