import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { toFunctionName } from '../lambda/function-name';
import { textOf } from './properties';

/** Roles, and who else may use what. */
export const iamTypes: ResourceTypes = {
  'AWS::IAM::Role': {
    physicalName: { property: 'RoleName', maximumLength: 64 },
    attributes: { Arn: (role) => `arn:${role.partition}:iam::${role.accountId}:role/${role.physicalName}` },
    properties: 'ignored',
  },
  'AWS::IAM::Policy': 'no local meaning',
  'AWS::SQS::QueuePolicy': 'no local meaning',
  'AWS::Lambda::Permission': {
    properties: {
      Action: { oneOf: ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'] },
      FunctionName: 'used',
      Principal: 'used',
      SourceArn: 'used',
      FunctionUrlAuthType: 'ignored',
      InvokedViaFunctionUrl: 'ignored',
    },
  },
};

/** Who may invoke what, by the functions' resource policies: pairs of function name and a pattern of the source's ARN. */
export function listInvokePermissions(
  resources: readonly Resource[],
): (functionArn: string, sourceArn: string) => boolean {
  const permissions = resources
    .filter(
      ({ type, properties }) =>
        type === 'AWS::Lambda::Permission' && properties.Principal === 'apigateway.amazonaws.com',
    )
    .map(({ properties }) => ({
      functionName: toFunctionName(textOf(properties.FunctionName)),
      matches: toPattern(textOf(properties.SourceArn)),
    }));
  return (arn, sourceArn) => {
    const name = toFunctionName(arn);
    return permissions.some(({ functionName, matches }) => functionName === name && matches.test(sourceArn));
  };
}

/** `*` stands for any characters, slashes included, as in IAM's ArnLike. */
function toPattern(arn: string): RegExp {
  return new RegExp(
    `^${arn
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
}
