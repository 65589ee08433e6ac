import { circuits } from '../../../functions/circuits/contract';
import { AwsError } from '../../../infra/local/aws-error';
import { hasUndos } from '../../../lib/saga/rows';
import type { Saga } from '../../../lib/saga/saga';
import { sagaVariables } from '../../../lib/saga/saga-variables';
import type { HandlerContract, ServiceContract } from '../../../lib/service/contract';
import {
  deadLetterQueueName,
  ENV,
  eventBusName,
  functionName,
  queueName,
  stateMachineName,
  tableName,
} from '../../../lib/service/names';
import type { Profile } from '../simulation';

export const STAGE = 'dev';
export const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** What the stand-ins expect from their callers. */
export const SECRET = 'the secret of the sandbox';

const SECRET_ARN = `arn:aws:secretsmanager:${PLACE.region}:${PLACE.accountId}:secret:sandbox`;

/** The ARN of a saga's state machine. */
export function machineArn(saga: string, role: 'main' | 'repair' | 'undo'): string {
  return `arn:aws:states:${PLACE.region}:${PLACE.accountId}:stateMachine:${stateMachineName(STAGE, saga, role)}`;
}

/** The ARN of a handler's function. */
export function functionArn(service: string, handler: string): string {
  return `arn:aws:lambda:${PLACE.region}:${PLACE.accountId}:function:${functionName(STAGE, service, handler)}`;
}

/** Where SQS is reached: the URLs of queues begin with it. */
export const SQS_ENDPOINT = `https://sqs.${PLACE.region}.amazonaws.com`;

/** The ARN of a consumer's queue. */
export function queueArn(service: string, handler: string): string {
  return sqsArn(queueName(STAGE, service, handler));
}

/** The ARN of the queue for the dead letters of a consumer. */
export function deadLetterArn(service: string, handler: string): string {
  return sqsArn(deadLetterQueueName(STAGE, service, handler));
}

function sqsArn(name: string): string {
  return `arn:aws:sqs:${PLACE.region}:${PLACE.accountId}:${name}`;
}

/** Which handler a function's name or ARN stands for. @throws {AwsError} when there is none */
export function findHandler(
  services: readonly ServiceContract[],
  nameOrArn: string,
): { service: ServiceContract; handler: string } {
  const name = nameOrArn.split(':').at(-1);
  for (const service of services) {
    const handler = Object.keys(service.handlers).find((it) => functionName(STAGE, service.name, it) === name);
    if (handler !== undefined) return { service, handler };
  }
  throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
}

/** The address of an outside party, by its role. */
export function partyUrl(role: string): string {
  return `https://${role}.party.example`;
}

/** The environment variables with which the infrastructure deploys a function. */
export function variablesOf(
  service: ServiceContract,
  handler: string,
  profile: Profile,
  sagas: readonly Saga[],
): Record<string, string> {
  const contract = service.handlers[handler] as HandlerContract;
  const { table, indexes, party, trigger } = contract;
  const deadLetters = deadLetterQueueName(STAGE, service.name, handler);
  return {
    AWS_REGION: PLACE.region,
    AWS_ACCESS_KEY_ID: 'simulated',
    AWS_SECRET_ACCESS_KEY: 'simulated',
    AWS_LAMBDA_FUNCTION_NAME: functionName(STAGE, service.name, handler),
    [ENV.stage]: STAGE,
    ...((table ?? indexes) && { [ENV.tableName]: tableName(STAGE, service.name) }),
    ...sagaVariables(contract, {
      workflow: profile,
      hasUndos: (name) => sagas.some((saga) => saga.name === name && hasUndos(saga)),
      arnOf: machineArn,
    }),
    ...(trigger.kind === 'relay' && { [ENV.eventBusName]: eventBusName(STAGE) }),
    ...(['relay', 'stream', 'events'].includes(trigger.kind) && {
      [ENV.deadLetterQueueUrl]: `${SQS_ENDPOINT}/${PLACE.accountId}/${deadLetters}`,
    }),
    ...(party !== undefined && {
      [ENV.partyUrl(party)]: partyUrl(party),
      [ENV.partySecretArn(party)]: SECRET_ARN,
      [ENV.circuitsTableName]: tableName(STAGE, circuits.name),
    }),
    ...(contract.ownSecret && { [ENV.ownSecretArn]: SECRET_ARN }),
    ...(contract.tokens && { [ENV.tokenIssuer]: 'https://issuer.example', [ENV.tokenAudience]: 'holdfast' }),
  };
}
