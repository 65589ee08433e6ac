import type { ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { apiGatewayTypes } from './api-gateway';
import { cognitoTypes } from './cognito';
import { dynamodbTypes } from './dynamodb';
import { eventSourceMappingTypes } from './event-source-mappings';
import { iamTypes } from './iam';
import { lambdaTypes } from './lambda';
import { secretsManagerTypes } from './secrets-manager';
import { sqsTypes } from './sqs';
import { stepFunctionsTypes } from './step-functions';

/** Where the local cloud is reached. */
export interface Addresses {
  /** Such as `http://127.0.0.1:3000`. */
  readonly apiUrl: string;
  /** Such as `http://127.0.0.1:4566`. */
  readonly awsUrl: string;
}

/** Everything that exists in the local cloud. A template that uses anything else is refused. */
export const resourceTypes = ({ apiUrl, awsUrl }: Addresses): ResourceTypes => ({
  ...apiGatewayTypes,
  ...cognitoTypes(apiUrl),
  ...dynamodbTypes,
  ...eventSourceMappingTypes,
  ...iamTypes,
  ...lambdaTypes(awsUrl),
  ...secretsManagerTypes,
  ...sqsTypes(awsUrl),
  ...stepFunctionsTypes,
  'AWS::Logs::LogGroup': {
    physicalName: { property: 'LogGroupName', maximumLength: 512 },
    attributes: {
      Arn: (group) =>
        `arn:${group.partition}:logs:${group.region}:${group.accountId}:log-group:${group.physicalName}:*`,
    },
    properties: 'ignored',
  },
});
