import { services } from '../../../functions/services';
import { listRoutes } from '../../../lib/service/routes';
import { placeOf, Templates } from '../templates';

const routes = listRoutes(services);
const HERE = `\${AWS::Region}:\${AWS::AccountId}`;

describe.each(['dev', 'prod'] as const)('the API of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const stack = templates.stackName('api');
  const api = templates.only('AWS::ApiGateway::RestApi', stack);
  const stage = templates.only('AWS::ApiGateway::Stage', stack).Properties;
  const permissions = templates.resources('AWS::Lambda::Permission', stack).map(({ Properties: p }) => ({
    action: p.Action,
    principal: p.Principal,
    function: templates.text(stack, p.FunctionName),
    source: templates.text(stack, p.SourceArn),
  }));
  const arnOf = (service: string, handler: string) =>
    `arn:\${AWS::Partition}:lambda:${HERE}:function:holdfast-${templates.stage}-${service}-${handler}`;
  const sourceOf = (path: string) => `arn:\${AWS::Partition}:execute-api:${HERE}:\${${placeOf(api)}}/${path}`;

  it('lets itself invoke each function by the routes of that function only', () => {
    const byRoute = routes.map(({ service, handler, route: { method, path } }) => ({
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      function: arnOf(service.name, handler),
      source: sourceOf(`*/${method}${path.replace(/\{\w+\}/g, '*')}`),
    }));
    const authorizer = {
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      function: arnOf('gateway', 'authorize'),
      source: sourceOf('authorizers/*'),
    };

    expect(permissions).toHaveLength(byRoute.length + 1);
    expect(permissions).toEqual(expect.arrayContaining([...byRoute, authorizer]));
  });

  it('sends each route to the function of its handler', () => {
    for (const { service, handler, route } of routes) {
      const integration =
        api.Properties.Body.paths[route.path][route.method.toLowerCase()]['x-amazon-apigateway-integration'];
      expect(templates.text(stack, integration.uri)).toBe(
        `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${arnOf(service.name, handler)}/invocations`,
      );
    }
  });

  it('asks the authorizer function of the contracts', () => {
    const { securitySchemes } = api.Properties.Body.components;
    const uri = securitySchemes.accessToken['x-amazon-apigateway-authorizer'].authorizerUri;

    expect(templates.text(stack, uri)).toContain(`functions/${arnOf('gateway', 'authorize')}/invocations`);
  });

  it('is regional, and is not deployed when its document raises a warning', () => {
    expect(api.Properties.EndpointConfiguration).toEqual({ Types: ['REGIONAL'] });
    expect(api.Properties.FailOnWarnings).toBe(true);
  });

  it('is traced and measured, and does not log what passes through it', () => {
    expect(stage).toMatchObject({ StageName: templates.stage, TracingEnabled: true });
    expect(stage.MethodSettings).toEqual([
      expect.objectContaining({ HttpMethod: '*', ResourcePath: '/*', MetricsEnabled: true, DataTraceEnabled: false }),
    ]);
  });

  it('logs every access with its ids and outcome, and nothing that the client sent', () => {
    const format = stage.AccessLogSetting.Format as string;
    const variables = Object.values(JSON.parse(format)).map(String);

    expect(variables).toContain('$context.requestId');
    expect(variables).toContain('$context.status');
    expect(variables.filter((variable) => !/^\$context\.[A-Za-z.]+$/.test(variable))).toEqual([]);
    expect(format).not.toMatch(/header|body|authorizer|identity|input|\$context\.path|querystring|protocol/i);
  });

  it('keeps the access log for a while, in a group named without the star that a stage refuses', () => {
    const target = templates.text(stack, stage.AccessLogSetting.DestinationArn);
    const log = templates
      .resources('AWS::Logs::LogGroup', stack)
      .find((found) => target.endsWith(`:log-group:\${${placeOf(found)}}`));

    expect(log?.Properties.RetentionInDays).toBe(kind === 'prod' ? 90 : 7);
  });

  it("brings the account's role for logs along, without which a stage with an access log is refused", () => {
    const account = templates.only('AWS::ApiGateway::Account', stack);
    const role = templates.only('AWS::IAM::Role', stack);

    expect(templates.target(stack, account.Properties.CloudWatchRoleArn)).toBe(`${placeOf(role)}.Arn`);
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' } },
    ]);
    expect(templates.only('AWS::ApiGateway::Stage', stack).DependsOn).toContain(account.id);
  });

  it('tells its address', () => {
    const { Outputs = {} } = templates.byStack.get(stack) ?? {};

    expect(templates.text(stack, Outputs.ApiUrl?.Value)).toContain(`https://\${${placeOf(api)}}.execute-api.`);
  });
});
