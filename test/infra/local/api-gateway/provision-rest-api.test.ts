import { loadAssembly, type Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { apiGatewayTypes, provisionRestApi } from '../../../../infra/local/resources/api-gateway';
import { memoryStore } from '../../../support/memory-store';
import { environment, writeAssembly } from '../cloud-assembly/assembly-builder';
import { FakeClock, operation, requestOf, returns } from './support';

const KEY = 'key-of-ann-0123456789';
const body = {
  openapi: '3.0.1',
  paths: {
    '/': { get: operation() },
    '/things/{thingId}': { get: operation(), put: operation({ security: [{ api_key: [] }] }) },
  },
  components: { securitySchemes: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
};
const api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop', Body: body } };
const stage = {
  Type: 'AWS::ApiGateway::Stage',
  Properties: {
    RestApiId: { Ref: 'Api' },
    StageName: 'dev',
    AccessLogSetting: { DestinationArn: 'arn:aws:logs:eu-west-1:1:log-group:access', Format: '$context.resourcePath' },
    // As the CDK synthesizes deployOptions.
    MethodSettings: [
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingBurstLimit: 3, ThrottlingRateLimit: 1, DataTraceEnabled: false },
      { HttpMethod: 'GET', ResourcePath: '/~1things~1{thingId}', ThrottlingBurstLimit: 2 },
      { HttpMethod: 'GET', ResourcePath: '/', ThrottlingBurstLimit: 1 },
    ],
  },
};

function usagePlan(more: object = {}): Record<string, unknown> {
  const covered = { ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' }, ...more };
  return {
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: {
        ApiStages: [covered],
        Quota: { Limit: 2, Period: 'DAY' },
        Throttle: { RateLimit: 5, BurstLimit: 9 },
      },
    },
    Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: KEY } },
    PlanKey: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
    },
  };
}

function resourcesOf(template: Record<string, unknown>): Resource[] {
  const directory = writeAssembly({ shop: { Resources: template } });
  return loadAssembly(directory, environment, apiGatewayTypes).stacks.flatMap((stack) => stack.resources);
}

function provision(template: Record<string, unknown>) {
  const accessLog: string[][] = [];
  const restApi = provisionRestApi(resourcesOf(template), {
    ...environment,
    clock: new FakeClock(),
    store: memoryStore(),
    invokeLambda: async () => returns({}),
    isInvokable: () => true,
    onAccessLog: (...entry) => accessLog.push(entry),
  });
  const send = async (target: string, count: number, key = '') => {
    const statuses: Array<number | undefined> = [];
    for (let i = 0; i < count; i++) {
      statuses.push((await restApi?.handle(requestOf(target, { headers: { 'x-api-key': [key] } })))?.status);
    }
    return statuses;
  };
  return { restApi, send, accessLog };
}

describe('the REST API of an assembly', () => {
  test('has the throttles of its stage, whose paths are written with ~1', async () => {
    const { send } = provision({ Api: api, Stage: stage });

    expect([await send('GET /things/7', 3), await send('GET /', 2)]).toEqual([
      [200, 200, 429],
      [200, 429],
    ]);
  });

  test('writes its access log to the group that the stage names', async () => {
    const { send, accessLog } = provision({ Api: api, Stage: stage });

    await send('GET /things/7', 1);

    expect(accessLog).toEqual([['arn:aws:logs:eu-west-1:1:log-group:access', '/things/{thingId}']]);
  });

  test('has the quotas of its usage plans', async () => {
    const { send } = provision({ Api: api, Stage: stage, ...usagePlan() });

    expect(await send('PUT /things/7', 3, KEY)).toEqual([200, 200, 429]);
  });

  test('takes the keys of its plans only, each with the plan that it is in', async () => {
    const second = Object.entries(usagePlan()).map(([id, made]) => [`${id}2`, made] as const);
    const others = JSON.parse(
      JSON.stringify(Object.fromEntries(second)).replaceAll('"Key"}', '"Key2"}').replaceAll('"Plan"}', '"Plan2"}'),
    );
    Object.assign(others.Plan2.Properties, { Quota: { Limit: 1, Period: 'DAY' } });
    Object.assign(others.Key2.Properties, { Value: 'key-of-bob-0123456789' });
    const stray = { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: 'stray-key-0123456789' } };
    const { send } = provision({ Api: api, Stage: stage, ...usagePlan(), ...others, Stray: stray });

    expect(await send('PUT /things/7', 1, 'stray-key-0123456789')).toEqual([403]);
    expect(await send('PUT /things/7', 2, 'key-of-bob-0123456789')).toEqual([200, 429]);
    expect(await send('PUT /things/7', 2, KEY)).toEqual([200, 200]);
  });

  test('takes no key that is disabled', async () => {
    const plan = usagePlan();
    Object.assign(plan.Key as object, { Properties: { Enabled: false, Value: KEY } });
    const { send } = provision({ Api: api, Stage: stage, ...plan });

    expect(await send('PUT /things/7', 1, KEY)).toEqual([403]);
  });

  test.each([{ Stage: 'prod' }, { ApiId: 'other' }])('takes no key of a plan for %j', async (other) => {
    const { send } = provision({ Api: api, Stage: stage, ...usagePlan(other) });

    expect(await send('PUT /things/7', 1, KEY)).toEqual([403]);
  });

  test('does not exist when the template has none', () => {
    expect(provision({}).restApi).toBeUndefined();
  });

  test('is refused when there are two', () => {
    expect(() => provision({ Api: api, Other: api, Stage: stage })).toThrow(
      'there can be one AWS::ApiGateway::RestApi in all stacks, got 2',
    );
  });

  test.each([undefined, '{{resolve:secretsmanager:key-of-the-plan}}'])('refuses the API key %j', (Value) => {
    const plan = usagePlan();
    Object.assign(plan.Key as object, { Properties: { Enabled: true, Value } });

    expect(() => provision({ Api: api, Stage: stage, ...plan })).toThrow('API key Key: Value must be text, got');
  });

  test('refers to keys and plans by ids that stay', () => {
    const template = { Api: api, Stage: stage, ...usagePlan() };

    const [first, second] = [resourcesOf(template), resourcesOf(template)];

    const idsOf = (resources: Resource[]) =>
      Object.fromEntries(resources.map((made) => [made.logicalId, made.physicalId]));
    const ids = idsOf(first);
    expect(idsOf(second)).toEqual(ids);
    expect(ids.Key).toMatch(/^[0-9a-f]{10}$/);
    expect(ids.PlanKey).toBe(`${ids.Key}:${ids.Plan}`);
    expect(new Set(Object.values(ids)).size).toBe(5);
  });
});
