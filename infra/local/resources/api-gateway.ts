import { openRestApi, type RestApi, type RestApiDefinition, type RestApiOptions } from '../api-gateway/rest-api';
import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { member, textOf } from './properties';

const REST_API = 'AWS::ApiGateway::RestApi';
const STAGE = 'AWS::ApiGateway::Stage';

/** REST APIs. Their ids are ten characters, as on AWS, made from the name so that they stay. */
export const apiGatewayTypes: ResourceTypes = {
  [REST_API]: {
    physicalName: { property: 'Name' },
    ref: (api) => Buffer.from(api.logicalId).toString('hex').slice(-10),
    attributes: { RootResourceId: () => 'root' },
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
      AccessLogSetting: { members: { Format: 'used', DestinationArn: 'ignored' } },
      MethodSettings: {
        members: {
          DataTraceEnabled: 'ignored',
          HttpMethod: 'ignored',
          MetricsEnabled: 'ignored',
          ResourcePath: 'ignored',
        },
      },
      Tags: 'ignored',
    },
  },
  'AWS::ApiGateway::Account': 'no local meaning',
};

/**
 * Opens the one REST API of the assembly, with its stage.
 *
 * @throws {Error} when there is not exactly one of each: there is one address to serve it at.
 */
export function provisionRestApi(resources: readonly Resource[], options: Omit<RestApiOptions, 'definition'>): RestApi {
  const api = getOnly(resources, REST_API);
  const { properties } = getOnly(resources, STAGE);
  const accessLog = member(properties, 'AccessLogSetting')?.Format;
  return openRestApi({
    ...options,
    definition: {
      restApiId: api.physicalId,
      stageName: textOf(properties.StageName),
      body: api.properties.Body as RestApiDefinition['body'],
      gatewayResponses: [],
      stage: {
        tracingEnabled: properties.TracingEnabled === true,
        ...(accessLog !== undefined && { accessLogFormat: textOf(accessLog) }),
      },
    },
  });
}

function getOnly(resources: readonly Resource[], type: string): Resource {
  const found = resources.filter((resource) => resource.type === type);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`there must be one ${type} in all stacks, got ${found.length}`);
  return only;
}
