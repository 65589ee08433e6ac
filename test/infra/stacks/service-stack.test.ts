import { services } from '../../../functions/services';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';
import { expectedGrants, grantsOf } from './grants';

/** AWS offers no narrower resource for these actions. */
const WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'traces have no ARN',
  'xray:PutTelemetryRecords': 'traces have no ARN',
  'xray:GetSamplingRules': 'Step Functions samples by rules of the whole account',
  'xray:GetSamplingTargets': 'Step Functions samples by rules of the whole account',
  'logs:CreateLogDelivery': 'log deliveries of Step Functions have no ARN',
  'logs:GetLogDelivery': 'log deliveries of Step Functions have no ARN',
  'logs:UpdateLogDelivery': 'log deliveries of Step Functions have no ARN',
  'logs:DeleteLogDelivery': 'log deliveries of Step Functions have no ARN',
  'logs:ListLogDeliveries': 'log deliveries of Step Functions have no ARN',
  'logs:PutResourcePolicy': 'the policy of log deliveries is one for the whole account',
  'logs:DescribeResourcePolicies': 'the policy of log deliveries is one for the whole account',
  'logs:DescribeLogGroups': 'Step Functions looks its log up by prefix',
};

/** Business actions a function may have on average: what a bulk grant of table rights gives is eleven. */
const MAX_AVERAGE_ACTIONS = 4;

const ARN = `arn:\${AWS::Partition}`;

describe.each(ASSEMBLY_KINDS)('the permissions of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const deployed = services.filter(({ name }) => templates.byStack.has(templates.stackName(name)));
  const handlers = deployed.flatMap((service) =>
    Object.entries(service.handlers).map(([handler, contract]) => ({
      name: `${service.name}/${handler}`,
      service,
      handler,
      contract,
    })),
  );
  const roles = templates.resources('AWS::IAM::Role');
  const allowedTo = (role: PlacedResource) => templates.statementsOf(role).filter(({ effect }) => effect === 'Allow');

  it.each(handlers)('let $name do what its contract says, and nothing else', ({ service, handler, contract }) => {
    const role = templates.roleOf(templates.functionOf(service.name, handler));

    expect(grantsOf(templates.statementsOf(role))).toEqual(
      expectedGrants(templates, service, handler, contract).sort(),
    );
  });

  it('let nobody reach the table of another service, but for the own circuits in that of the circuits', () => {
    const circuits = `${ARN}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${templates.stackName('circuits')}`;
    const ownCircuits = (stack: string) =>
      JSON.stringify({
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [stack.slice(templates.stackName('').length)] },
      });
    const tables = templates.resources('AWS::DynamoDB::GlobalTable');
    for (const role of roles) {
      const own = tables.filter(({ stack }) => stack === role.stack).map((table) => `\${${placeOf(table)}.`);
      const reached = allowedTo(role)
        .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
        .filter(
          ({ resources, conditions }) =>
            resources.join() !== circuits || JSON.stringify(conditions) !== ownCircuits(role.stack),
        )
        .flatMap(({ resources }) => resources);
      expect(reached.filter((resource) => !own.some((table) => resource.startsWith(table)))).toEqual([]);
    }
  });

  it('name every action: none has a wildcard', () => {
    const actions = roles.flatMap((role) => allowedTo(role).flatMap((statement) => statement.actions));

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('name every resource, except where AWS has none to name', () => {
    const unnamed = roles.flatMap((role) =>
      allowedTo(role).flatMap(({ actions, resources }) => (resources.some(isWild) ? actions : [])),
    );

    expect(unnamed.filter((action) => WITHOUT_RESOURCE[action] === undefined)).toEqual([]);
  });

  it("come from no managed policy but the one with which API Gateway writes the account's logs", () => {
    const managed = roles.flatMap(({ stack, Properties }) =>
      (Properties.ManagedPolicyArns ?? []).map((arn: unknown) => templates.text(stack, arn)),
    );

    expect(templates.resources('AWS::IAM::ManagedPolicy')).toEqual([]);
    expect(managed).toEqual([`${ARN}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`]);
  });

  it(`are at most ${MAX_AVERAGE_ACTIONS} actions a function on average, logs and traces apart`, () => {
    const counts = templates.resources('AWS::Lambda::Function').map((made) => {
      const actions = allowedTo(templates.roleOf(made)).flatMap((statement) => statement.actions);
      return actions.filter((action) => !/^(logs|xray):/.test(action)).length;
    });

    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeLessThanOrEqual(MAX_AVERAGE_ACTIONS);
  });
});

describe.each(ASSEMBLY_KINDS)('the addresses of the %s assembly', (kind) => {
  const templates = new Templates(kind);

  it('belong to exactly the handlers with a url trigger, which check their callers themselves', () => {
    const expected = services
      .filter(({ name }) => templates.byStack.has(templates.stackName(name)))
      .flatMap(({ name, handlers }) =>
        Object.entries(handlers)
          .filter(([, { trigger }]) => trigger.kind === 'url')
          .map(([handler]) => `${placeOf(templates.functionOf(name, handler))}.Arn NONE`),
      );
    const urls = templates
      .resources('AWS::Lambda::Url')
      .map(({ stack, Properties: p }) => `${templates.target(stack, p.TargetFunctionArn)} ${p.AuthType}`);

    expect(urls.sort()).toEqual(expected.sort());
  });

  // Both are needed for addresses made since October 2025; the second must not open the function to direct invocations.
  it('let everybody in by the address, and by nothing else', () => {
    for (const { stack, Properties } of templates.resources('AWS::Lambda::Url')) {
      const grants = templates
        .resources('AWS::Lambda::Permission', stack)
        .map(({ Properties: p }) => p)
        .filter(
          (p) => templates.target(stack, p.FunctionName) === templates.target(stack, Properties.TargetFunctionArn),
        )
        .map(({ FunctionName: _, ...rest }) => rest);
      expect(grants).toHaveLength(2);
      expect(grants).toEqual(
        expect.arrayContaining([
          { Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
          { Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
        ]),
      );
    }
  });

  it('of outside parties are those of the settings, or else those of the stand-ins', () => {
    for (const { name, parties = {}, handlers } of services) {
      for (const [handler, { party: role }] of Object.entries(handlers)) {
        const party = parties[role ?? ''];
        if (role === undefined || !party) continue;
        const { stack, Properties } = templates.functionOf(name, handler);
        const address = templates.text(stack, Properties.Environment.Variables[`${role.toUpperCase()}_URL`]);
        const standIn = () => templates.functionOf(party.standIn.service, party.standIn.handler);
        expect(address).toBe(
          templates.partyUrls[party.urlContext] ?? `\${${placeOf(urlOf(templates, standIn()))}.FunctionUrl}`,
        );
      }
    }
  });
});

function urlOf(templates: Templates, made: PlacedResource): PlacedResource {
  const urls = templates.resources('AWS::Lambda::Url', made.stack);
  const found = urls.find((u) => templates.target(u.stack, u.Properties.TargetFunctionArn) === `${placeOf(made)}.Arn`);
  if (!found) throw new Error(`${placeOf(made)} has no address`);
  return found;
}

/**
 * All executions of one state machine, all streams of one log group, all replays of one stage: what they are of is named, their own
 * names are made when they begin.
 */
const OF_ONE = /:(execution|log-group):[^*:]+:\*$|:replay\/holdfast-[^*:]+-\*$/;
const isWild = (resource: string) => resource.replace(OF_ONE, '').includes('*');
