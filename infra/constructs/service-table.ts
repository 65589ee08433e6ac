import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { ServiceContract, TableContract } from '../../lib/service/contract';
import { tableName } from '../../lib/service/names';
import type { Settings } from '../settings';

const stringKey = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table of a service, paid by request, with point-in-time recovery. Kept in production, deleted elsewhere. */
export function serviceTable(
  scope: Construct,
  contract: ServiceContract,
  table: TableContract,
  settings: Settings,
): TableV2 {
  return new TableV2(scope, 'Table', {
    tableName: tableName(settings.stage, contract.name),
    partitionKey: stringKey(table.partitionKey),
    ...(table.sortKey !== undefined && { sortKey: stringKey(table.sortKey) }),
    globalSecondaryIndexes: Object.entries(table.indexes ?? {}).map(([indexName, index]) => ({
      indexName,
      partitionKey: stringKey(index.partitionKey),
      sortKey: stringKey(index.sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    })),
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(table.timeToLive !== undefined && { timeToLiveAttribute: table.timeToLive }),
    ...(table.stream && { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }),
    deletionProtection: settings.isProduction,
    removalPolicy: settings.removalPolicy,
  });
}
