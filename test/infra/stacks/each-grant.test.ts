import { loadAssembly, type Resource } from '../../../infra/local/cloud-assembly/cloud-assembly';
import type { RequestContext } from '../../../infra/local/iam/condition';
import { provisionAccess } from '../../../infra/local/resources/iam';
import { resourceTypes } from '../../../infra/local/resources/resource-types';
import { type AssemblyKind, assemblyDirectory } from '../../support/assembly';

const PLACE = { region: 'us-east-1', accountId: '000000000000' };

type Tests = Readonly<Record<string, string | string[]>>;

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Readonly<Partial<Record<'StringEquals' | 'ForAllValues:StringEquals', Tests>>>;
}

interface Grant {
  readonly policy: Resource;
  readonly roleArn: string;
  readonly statement: Statement;
  readonly action: string;
  readonly resource: string;
}

function resourcesOf(kind: AssemblyKind): Resource[] {
  const types = resourceTypes({ apiUrl: 'http://api', awsUrl: 'http://aws' });
  return loadAssembly(assemblyDirectory(kind), PLACE, types).stacks.flatMap((stack) => stack.resources);
}

function grantsIn(resources: readonly Resource[]): Grant[] {
  return resources
    .filter(({ type }) => type === 'AWS::IAM::Policy')
    .flatMap((policy) => statementsOf(policy).flatMap((statement) => grantsOf(resources, policy, statement)));
}

function statementsOf({ properties }: Resource): Statement[] {
  return (properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

function grantsOf(resources: readonly Resource[], policy: Resource, statement: Statement): Grant[] {
  const [roleName] = policy.properties.Roles as string[];
  const role = resources.find(({ type, physicalName }) => type === 'AWS::IAM::Role' && physicalName === roleName);
  const roleArn = role?.attribute('Arn') ?? '';
  return [statement.Action]
    .flat()
    .flatMap((action) =>
      [statement.Resource].flat().map((resource) => ({ policy, roleArn, statement, action, resource })),
    );
}

/** A request that meets what a statement asks for. */
function contextOf({ Condition }: Statement): RequestContext {
  const single = Object.entries(Condition?.StringEquals ?? {});
  const sets = Object.entries(Condition?.['ForAllValues:StringEquals'] ?? {});
  return {
    ...Object.fromEntries(single.map(([key, values]) => [key, [values].flat()[0] ?? ''])),
    ...Object.fromEntries(sets.map(([key, values]) => [key, [values].flat()])),
  };
}

/** All that decides on what the role of a grant may do, with the one action taken out of the one policy. */
function without(resources: readonly Resource[], { policy, statement, action }: Grant): Resource[] {
  const Statement = statementsOf(policy).flatMap((other) => {
    const left = [other.Action].flat().filter((name) => other !== statement || name !== action);
    return left.length === 0 ? [] : [{ ...other, Action: left }];
  });
  const properties = { ...policy.properties, PolicyDocument: { Version: '2012-10-17', Statement } };
  const isOfAnother = ({ type, properties: { Roles = [] } }: Resource) =>
    type === 'AWS::IAM::Policy' && (Roles as string[])[0] !== (policy.properties.Roles as string[])[0];
  return resources
    .filter((resource) => !isOfAnother(resource))
    .map((resource) => (resource === policy ? { ...resource, properties } : resource));
}

describe.each(['dev', 'express'] as const)('each action in the policies of the %s assembly', (kind) => {
  const resources = resourcesOf(kind);
  const grants = grantsIn(resources);
  const access = provisionAccess(resources, PLACE);

  it('is there', () => expect(grants.length).toBeGreaterThan(150));

  it.each(grants.map((grant) => [grant.action, grant.policy.logicalId, grant.resource, grant] as const))(
    '%s in %s is the only one to allow it on %s',
    (action, _policy, resource, grant) => {
      const request = {
        principal: { kind: 'role', roleArn: grant.roleArn, sessionName: 'test' },
        action,
        resource: resource === '*' ? '*' : resource.replaceAll('*', 'any'),
        context: contextOf(grant.statement),
      } as const;

      expect(() => access.check(request)).not.toThrow();
      expect(() => provisionAccess(without(resources, grant), PLACE).check(request)).toThrow(
        new RegExp(`is not authorized to perform: ${action}`, 'i'),
      );
    },
  );
});
