import {
  anyResource,
  arnIn,
  arnOf,
  type Body,
  type Need,
  type NeedSources,
  type NeedsOf,
  needEach,
  objectsIn,
  ownAction,
  type ResourceOf,
  textIn,
} from './need';

const table: ResourceOf = (body, sources) => tableArn(body.TableName, sources);

const tableOrIndex: ResourceOf = (body, sources) => {
  const index = textIn(body.IndexName);
  const arn = table(body, sources);
  return arn === '' || index === '' ? arn : `${arn}/index/${index}`;
};

const eachTable =
  (action: string): NeedsOf =>
  ({ RequestItems: items }, sources) =>
    Object.keys((items ?? {}) as object).flatMap((name) => needEach([action], tableArn(name, sources)));

/** A transaction needs what its members would need one by one. */
const eachMember =
  (actions: Readonly<Record<string, string>>): NeedsOf =>
  ({ TransactItems: items }, sources) =>
    objectsIn(items).flatMap((item) =>
      Object.entries(actions).flatMap(([kind, action]): Need[] => {
        const member = item[kind] as Body | null | undefined;
        return needEach([action], tableArn(member?.TableName, sources));
      }),
    );

/**
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export const dynamoDbNeeds: Readonly<Record<string, NeedsOf>> = {
  ...ownAction('dynamodb', ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'], table),
  ...ownAction('dynamodb', ['DescribeTable', 'DescribeTimeToLive'], table),
  ...ownAction('dynamodb', ['Query', 'Scan'], tableOrIndex),
  ...ownAction('dynamodb', ['ListTables'], anyResource),
  BatchGetItem: eachTable('dynamodb:BatchGetItem'),
  BatchWriteItem: eachTable('dynamodb:BatchWriteItem'),
  TransactGetItems: eachMember({ Get: 'dynamodb:GetItem' }),
  TransactWriteItems: eachMember({
    Put: 'dynamodb:PutItem',
    Update: 'dynamodb:UpdateItem',
    Delete: 'dynamodb:DeleteItem',
    ConditionCheck: 'dynamodb:ConditionCheckItem',
  }),
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const dynamoDbStreamsNeeds: Readonly<Record<string, NeedsOf>> = {
  ...ownAction('dynamodb', ['ListStreams'], anyResource),
  ...ownAction('dynamodb', ['DescribeStream', 'GetShardIterator'], arnIn('StreamArn')),
  ...ownAction('dynamodb', ['GetRecords'], (body, { streamArnOf }) => streamArnOf(textIn(body.ShardIterator))),
};

function tableArn(nameOrArn: unknown, sources: NeedSources): string {
  return arnOf('dynamodb', sources, 'table/', nameOrArn);
}
