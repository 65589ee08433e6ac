import { services } from '../../../functions/services';
import { type PlacedResource, Templates } from '../templates';

const owners = services.flatMap(({ name, table }) => (table ? [{ name, table }] : []));

describe.each(['dev', 'prod'] as const)('the tables of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const tableOf = (name: string) => templates.only('AWS::DynamoDB::GlobalTable', templates.stackName(name));

  it('are one for each service whose contract has a table', () => {
    expect(
      templates
        .resources('AWS::DynamoDB::GlobalTable')
        .map(({ stack }) => stack)
        .sort(),
    ).toEqual(owners.map(({ name }) => templates.stackName(name)).sort());
  });

  describe.each(owners)('that of $name', ({ name, table }) => {
    it('has the keys and indexes of the contract, the indexes with keys only', () => {
      const { Properties } = tableOf(name);

      expect(Properties.TableName).toBe(`holdfast-${templates.stage}-${name}`);
      expect(Properties.KeySchema).toEqual(keySchema(table.partitionKey, table.sortKey));
      expect(Properties.GlobalSecondaryIndexes ?? []).toEqual(
        Object.entries(table.indexes ?? {}).map(([IndexName, { partitionKey, sortKey }]) => ({
          IndexName,
          KeySchema: keySchema(partitionKey, sortKey),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        })),
      );
    });

    it('defines exactly the attributes that are keys, as strings: CloudFormation refuses others', () => {
      const keys = [table, ...Object.values(table.indexes ?? {})].flatMap((key) => [key.partitionKey, key.sortKey]);
      const names = [...new Set(keys.filter((key) => key !== undefined))];

      expect(tableOf(name).Properties.AttributeDefinitions).toHaveLength(names.length);
      expect(tableOf(name).Properties.AttributeDefinitions).toEqual(
        expect.arrayContaining(names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))),
      );
    });

    it('is paid by request and can be restored to any second', () => {
      expect(tableOf(name).Properties.BillingMode).toBe('PAY_PER_REQUEST');
      expect(replicaOf(tableOf(name)).PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    });

    it('lives in one region, the one of its stack', () => {
      expect(tableOf(name).Properties.Replicas.map(({ Region }: { Region: unknown }) => Region)).toEqual([
        { Ref: 'AWS::Region' },
      ]);
    });

    it('has a stream, and forgets by time, only where the contract says so', () => {
      const { StreamSpecification, TimeToLiveSpecification } = tableOf(name).Properties;

      expect(StreamSpecification).toEqual(table.stream ? { StreamViewType: 'NEW_AND_OLD_IMAGES' } : undefined);
      expect(TimeToLiveSpecification).toEqual(
        table.timeToLive === undefined ? undefined : { AttributeName: table.timeToLive, Enabled: true },
      );
    });

    it(kind === 'prod' ? 'outlives its stack' : 'goes with its stack', () => {
      const found = tableOf(name);
      const policy = kind === 'prod' ? 'Retain' : 'Delete';

      expect(replicaOf(found).DeletionProtectionEnabled).toBe(kind === 'prod');
      expect(found).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
    });
  });
});

function keySchema(partitionKey: string, sortKey?: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' }]),
  ];
}

function replicaOf({ Properties }: PlacedResource) {
  return Properties.Replicas[0];
}
