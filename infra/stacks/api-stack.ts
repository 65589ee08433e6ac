import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  EndpointType,
  LogGroupLogDestination,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ServiceContract } from '../../lib/service/contract';
import { pascalCase } from '../../lib/service/names';
import { listRoutes } from '../../lib/service/routes';
import { functionArn } from '../constructs/arns';
import type { Settings } from '../settings';
import { toGatewayBody } from './gateway-body';

/** The one way in: a REST API whose body is the OpenAPI document that the contracts make. */
export class ApiStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    private readonly services: readonly ServiceContract[],
    private readonly settings: Settings,
    props: StackProps,
  ) {
    super(scope, id, props);
    const { logRetention: retention, removalPolicy } = settings;
    const authorizer = this.findAuthorizer();
    const api = new SpecRestApi(this, 'Api', {
      restApiName: `holdfast-${settings.stage}`,
      endpointTypes: [EndpointType.REGIONAL],
      failOnWarnings: true,
      apiDefinition: ApiDefinition.fromInline(
        toGatewayBody(services, {
          uri: (service, handler) => this.integrationUri(functionArn(this, settings.stage, service, handler)),
          authorizerUri: this.integrationUri(authorizer),
        }),
      ),
      cloudWatchRole: true,
      // There is one such role for each account and region: deleting a stage must not stop the logs of another.
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: settings.stage,
        tracingEnabled: true,
        metricsEnabled: true,
        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            retention,
            removalPolicy,
          }),
        ),
        accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      },
    });
    this.allowInvocations(api.restApiId, authorizer);
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }

  private findAuthorizer(): string {
    for (const { name, handlers } of this.services) {
      const found = Object.entries(handlers).find(([, { trigger }]) => trigger.kind === 'authorizer');
      if (found) return functionArn(this, this.settings.stage, name, found[0]);
    }
    throw new Error('no contract has a handler with an authorizer trigger');
  }

  private integrationUri(arn: string): string {
    return `arn:${this.partition}:apigateway:${this.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
  }

  /** Each function may be invoked by its own routes only. */
  private allowInvocations(restApiId: string, authorizer: string): void {
    const allow = (id: string, functionName: string, path: string) =>
      new CfnPermission(this, id, {
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        functionName,
        sourceArn: `arn:${this.partition}:execute-api:${this.region}:${this.account}:${restApiId}/${path}`,
      });
    allow('AllowAuthorizer', authorizer, 'authorizers/*');
    for (const { service, handler, route } of listRoutes(this.services)) {
      const arn = functionArn(this, this.settings.stage, service.name, handler);
      const path = `*/${route.method}${route.path.replace(/\{[^}]+\}/g, '*')}`;
      allow(
        `Allow${pascalCase(route.operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))}`,
        arn,
        path,
      );
    }
  }
}

/** Ids, times and outcomes; no header, no body, no query. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  traceId: '$context.xrayTraceId',
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
});
