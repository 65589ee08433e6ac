import type { Resource } from '../cloud-assembly/cloud-assembly';
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

/** The queues of a template whose dead letters go to this queue. */
export function sourceQueueArns(resources: readonly Resource[], deadLetterQueueArn: string): string[] {
  return resources
    .filter(({ type, properties }) => {
      const policy = properties.RedrivePolicy as { deadLetterTargetArn?: unknown } | undefined;
      return type === 'AWS::SQS::Queue' && policy?.deadLetterTargetArn === deadLetterQueueArn;
    })
    .map((queue) => queue.attribute('Arn'));
}
