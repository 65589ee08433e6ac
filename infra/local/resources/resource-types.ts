import type { ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { apiGatewayTypes } from './api-gateway';
import { cloudWatchTypes } from './cloudwatch';
import { cognitoTypes } from './cognito';
import { dynamodbTypes } from './dynamodb';
import { eventBridgeTypes } from './event-bridge';
import { eventSourceMappingTypes } from './event-source-mappings';
import { iamTypes } from './iam';
import { lambdaTypes } from './lambda';
import { schedulerTypes } from './scheduler';
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
  ...cloudWatchTypes,
  ...cognitoTypes(apiUrl),
  ...dynamodbTypes,
  ...eventBridgeTypes,
  ...eventSourceMappingTypes,
  ...iamTypes,
  ...lambdaTypes(awsUrl),
  ...schedulerTypes,
  ...secretsManagerTypes,
  ...sqsTypes(awsUrl),
  ...stepFunctionsTypes,
});
