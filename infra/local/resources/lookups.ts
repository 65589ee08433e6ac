import type { Resource } from '../cloud-assembly/cloud-assembly';
import { GLOBAL_TABLE } from './dynamodb';
import { numberOf, textOf } from './properties';

/** What others need to know of the functions of a template, by name. */
export function listFunctions(
  resources: readonly Resource[],
): ReadonlyMap<string, { readonly roleArn: string; readonly timeoutSeconds: number }> {
  return new Map(
    resources
      .filter(({ type }) => type === 'AWS::Lambda::Function')
      .map(({ physicalName, properties }) => [
        physicalName,
        { roleArn: textOf(properties.Role), timeoutSeconds: numberOf(properties.Timeout, 3) },
      ]),
  );
}

/**
 * What finds the name of the partition key of a table of a template, named by itself or by its ARN, or of one of its indexes. Made
 * once: IAM asks with every request.
 */
export function partitionKeys(resources: readonly Resource[]): (table: string, index?: string) => string | undefined {
  const names = new Map<string, string>();
  for (const { physicalName, properties } of resources.filter(({ type }) => type === GLOBAL_TABLE)) {
    names.set(physicalName, hashKeyOf(properties as unknown as Keyed));
    for (const index of (properties.GlobalSecondaryIndexes ?? []) as Array<Keyed & { IndexName: string }>) {
      names.set(`${physicalName}/${index.IndexName}`, hashKeyOf(index));
    }
  }
  return (table, index) => {
    const name = table.slice(table.lastIndexOf('/') + 1);
    return names.get(index === undefined ? name : `${name}/${index}`);
  };
}

interface Keyed {
  readonly KeySchema?: ReadonlyArray<{ readonly AttributeName: string; readonly KeyType: string }>;
}

function hashKeyOf({ KeySchema = [] }: Keyed): string {
  return KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
}

/** The queues of a template whose dead letters go to this queue. */
export function sourceQueueArns(resources: readonly Resource[], deadLetterQueueArn: string): string[] {
  return resources
    .filter(({ type, properties }) => {
      const policy = properties.RedrivePolicy as { deadLetterTargetArn?: unknown } | undefined;
      return type === 'AWS::SQS::Queue' && policy?.deadLetterTargetArn === deadLetterQueueArn;
    })
    .map((queue) => queue.attribute('Arn'));
}
