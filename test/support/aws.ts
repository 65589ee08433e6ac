import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Unchanged SDK clients, told nothing but the endpoint; as the account, unless another access key is given. */
export function awsClients(endpoint: string, accessKeyId = 'test') {
  const options = { endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey: 'test' } };
  return {
    cloudFormation: new CloudFormationClient(options),
    dynamodb: new DynamoDBClient(options),
    events: new EventBridgeClient(options),
    lambda: new LambdaClient(options),
    secrets: new SecretsManagerClient(options),
    // The endpoint has no host name of its own for synchronous executions.
    states: new SFNClient({ ...options, disableHostPrefix: true }),
    sqs: new SQSClient(options),
  };
}
