import { createHash } from 'node:crypto';
import { openRestApi, type RestApi, type RestApiDefinition, type RestApiOptions } from '../api-gateway/rest-api';
import type { NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { member, textOf } from './properties';

const REST_API = 'AWS::ApiGateway::RestApi';
const STAGE = 'AWS::ApiGateway::Stage';
const USAGE_PLAN = 'AWS::ApiGateway::UsagePlan';
const USAGE_PLAN_KEY = 'AWS::ApiGateway::UsagePlanKey';
const API_KEY = 'AWS::ApiGateway::ApiKey';

/** Ids are ten characters, as on AWS, made from the names so that they stay. */
const toId = ({ stackName, logicalId }: NamingContext): string =>
  createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 10);

/** REST APIs with their stages, usage plans and API keys. */
export const apiGatewayTypes: ResourceTypes = {
  [REST_API]: {
    physicalName: { property: 'Name' },
    ref: toId,
    properties: {
      Name: 'used',
      Body: 'used',
      EndpointConfiguration: 'ignored',
      FailOnWarnings: 'ignored',
      Tags: 'ignored',
    },
  },
  'AWS::ApiGateway::Deployment': { properties: { RestApiId: 'used', Description: 'ignored' } },
  [STAGE]: {
    ref: (stage) => textOf(stage.property('StageName')),
    properties: {
      RestApiId: 'used',
      StageName: 'used',
      DeploymentId: 'ignored',
      TracingEnabled: 'used',
      AccessLogSetting: { members: { Format: 'used', DestinationArn: 'used' } },
      MethodSettings: {
        members: {
          DataTraceEnabled: 'ignored',
          HttpMethod: 'used',
          MetricsEnabled: 'ignored',
          ResourcePath: 'used',
          ThrottlingBurstLimit: 'used',
          ThrottlingRateLimit: 'used',
        },
      },
      Tags: 'ignored',
    },
  },
  [USAGE_PLAN]: {
    physicalName: { property: 'UsagePlanName' },
    ref: toId,
    properties: {
      UsagePlanName: 'used',
      ApiStages: { members: { ApiId: 'used', Stage: 'used' } },
      Throttle: { members: { BurstLimit: 'used', RateLimit: 'used' } },
      Quota: { members: { Limit: 'used', Period: { oneOf: ['DAY', 'WEEK', 'MONTH'] } } },
      Description: 'ignored',
      Tags: 'ignored',
    },
  },
  [USAGE_PLAN_KEY]: {
    ref: (planKey) => `${planKey.property('KeyId')}:${planKey.property('UsagePlanId')}`,
    properties: { KeyId: 'used', KeyType: { oneOf: ['API_KEY'] }, UsagePlanId: 'used' },
  },
  [API_KEY]: {
    physicalName: { property: 'Name' },
    ref: toId,
    properties: {
      Name: 'used',
      Value: 'used',
      Enabled: 'used',
      // Usage plans have taken their place on AWS, too, but the CDK still writes them.
      StageKeys: 'ignored',
      Description: 'ignored',
      Tags: 'ignored',
    },
  },
  'AWS::ApiGateway::Account': { properties: { CloudWatchRoleArn: 'used' } },
};

/**
 * Opens the REST API of the assembly with its stage, usage plans and API keys; `undefined` when there is none.
 *
 * @throws {Error} when there is more than one API or stage, for there is one address to serve it at, or the API uses what
 * is not supported.
 */
export function provisionRestApi(
  resources: readonly Resource[],
  options: Omit<RestApiOptions, 'definition'>,
): RestApi | undefined {
  const api = findOnly(resources, REST_API);
  const stage = findOnly(resources, STAGE);
  if (api === undefined || stage === undefined) return undefined;
  const accessLog = member(stage.properties, 'AccessLogSetting');
  return openRestApi({
    ...options,
    definition: {
      restApiId: api.physicalId,
      stageName: stage.physicalId,
      body: api.properties.Body as RestApiDefinition['body'],
      usagePlans: ofType(resources, USAGE_PLAN)
        .filter(({ properties }) =>
          listOf(properties.ApiStages).some(
            ({ ApiId: apiId, Stage: name }) => apiId === api.physicalId && name === stage.physicalId,
          ),
        )
        .map((plan) => toUsagePlan(plan, resources)),
      stage: {
        tracingEnabled: stage.properties.TracingEnabled === true,
        methodSettings: listOf(stage.properties.MethodSettings).map(toMethodSetting),
        ...(accessLog !== undefined && {
          accessLog: { logGroupArn: textOf(accessLog.DestinationArn), format: textOf(accessLog.Format) },
        }),
      },
    },
  });
}

type Properties = Record<string, unknown>;
type UsagePlan = RestApiDefinition['usagePlans'][number];

function findOnly(resources: readonly Resource[], type: string): Resource | undefined {
  const found = ofType(resources, type);
  if (found.length > 1) throw new Error(`there can be one ${type} in all stacks, got ${found.length}`);
  return found[0];
}

function ofType(resources: readonly Resource[], type: string): Resource[] {
  return resources.filter((resource) => resource.type === type);
}

function toUsagePlan({ physicalId, properties }: Resource, resources: readonly Resource[]): UsagePlan {
  const quota = member(properties, 'Quota');
  const keyIds = ofType(resources, USAGE_PLAN_KEY)
    .filter((planKey) => planKey.properties.UsagePlanId === physicalId)
    .map((planKey) => planKey.properties.KeyId);
  return {
    usagePlanId: physicalId,
    throttle: toLimit(member(properties, 'Throttle') ?? {}),
    ...(quota && { quota: { limit: Number(quota.Limit), period: quota.Period as 'DAY' } }),
    apiKeys: ofType(resources, API_KEY)
      .filter((key) => keyIds.includes(key.physicalId) && String(key.properties.Enabled) === 'true')
      .map(toApiKey),
  };
}

function toApiKey({ logicalId, physicalId, properties }: Resource): UsagePlan['apiKeys'][number] {
  const { Value: value } = properties;
  if (typeof value === 'string' && !value.includes('{{resolve:')) return { apiKeyId: physicalId, value };
  throw new Error(`API key ${logicalId}: Value must be text, got ${JSON.stringify(value)}`);
}

function toMethodSetting(setting: Properties): RestApiDefinition['stage']['methodSettings'][number] {
  // The slashes of a path are written ~1, but for the one that every path begins with.
  const path = textOf(setting.ResourcePath);
  return {
    resourcePath: path.startsWith('/~1') ? path.slice(1).replaceAll('~1', '/') : path,
    httpMethod: textOf(setting.HttpMethod),
    throttle: toLimit(setting, 'Throttling'),
  };
}

function toLimit(limits: Properties, prefix = '') {
  const { [`${prefix}RateLimit`]: rate, [`${prefix}BurstLimit`]: burst } = limits;
  return {
    ...(rate !== undefined && { ratePerSecond: Number(rate) }),
    ...(burst !== undefined && { burst: Number(burst) }),
  };
}

function listOf(value: unknown): Properties[] {
  return (value ?? []) as Properties[];
}
