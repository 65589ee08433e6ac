import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type DynamoDb, streamArn, type TableDefinition, tableArn } from '../dynamodb/dynamodb';
import { isPresent, member, textOf } from './properties';

export const GLOBAL_TABLE = 'AWS::DynamoDB::GlobalTable';

/** Tables as the CDK's `TableV2` makes them: a global table with one replica, in the stack's own region. */
export const dynamodbTypes: ResourceTypes = {
  [GLOBAL_TABLE]: {
    physicalName: { property: 'TableName', maximumLength: 255 },
    attributes: {
      Arn: (table) => tableArn(table, table.physicalName),
      StreamArn: (table) => streamArn(table, table.physicalName),
    },
    properties: {
      TableName: 'used',
      AttributeDefinitions: 'used',
      KeySchema: 'used',
      GlobalSecondaryIndexes: { members: { IndexName: 'used', KeySchema: 'used', Projection: 'used' } },
      StreamSpecification: { members: { StreamViewType: 'used' } },
      TimeToLiveSpecification: { members: { AttributeName: 'used', Enabled: 'used' } },
      BillingMode: { oneOf: ['PAY_PER_REQUEST'] },
      Replicas: {
        members: {
          Region: 'ignored',
          DeletionProtectionEnabled: 'ignored',
          GlobalSecondaryIndexes: 'ignored',
          PointInTimeRecoverySpecification: 'ignored',
          Tags: 'ignored',
        },
      },
    },
  },
};

export async function provisionTables(resources: readonly Resource[], dynamodb: DynamoDb): Promise<void> {
  const tables = resources.filter((resource) => resource.type === GLOBAL_TABLE);
  await dynamodb.createTable(...tables.map(toTable));
}

function toTable({ properties, physicalName }: Resource): TableDefinition {
  const timeToLive = member(properties, 'TimeToLiveSpecification');
  const ttlAttribute = timeToLive?.Enabled === true ? textOf(timeToLive.AttributeName) : undefined;
  const view = member(properties, 'StreamSpecification')?.StreamViewType;
  return {
    tableName: physicalName,
    attributeDefinitions: (properties.AttributeDefinitions ?? []) as TableDefinition['attributeDefinitions'],
    keySchema: (properties.KeySchema ?? []) as TableDefinition['keySchema'],
    globalSecondaryIndexes: (properties.GlobalSecondaryIndexes ?? []) as TableDefinition['globalSecondaryIndexes'],
    ...(isPresent(view) && { streamViewType: view as NonNullable<TableDefinition['streamViewType']> }),
    ...(ttlAttribute !== undefined && { ttlAttribute }),
  };
}
