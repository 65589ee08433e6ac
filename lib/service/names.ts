/**
 * The names that the code that deploys and the code that runs must agree on. Explicit names, because an ARN that is built
 * from a name needs no reference between stacks, and so closes no circle.
 */

/** `holdfast-<stage>-<service>-<handler>`, at most 64 characters. */
export function functionName(stage: string, service: string, handler: string): string {
  return `holdfast-${stage}-${service}-${handler}`;
}

/** What a saga is deployed as: its own state machine, the one that repairs, the one that only undoes. */
export type MachineRole = 'main' | 'repair' | 'undo';

/** `holdfast-<stage>-<saga>`, and with `-repair` or `-undo` the state machines that take up what the first has left. */
export function stateMachineName(stage: string, saga: string, role: MachineRole = 'main'): string {
  return `holdfast-${stage}-${saga}${role === 'main' ? '' : `-${role}`}`;
}

/** The log group of a state machine. The prefix keeps Step Functions within the account's policy of log deliveries. */
export function executionLogName(machineName: string): string {
  return `/aws/vendedlogs/states/${machineName}`;
}

/** How a saga's own state machine is deployed. */
export type Workflow = 'STANDARD' | 'EXPRESS';

/** `holdfast-<stage>-<service>`. */
export function tableName(stage: string, service: string): string {
  return `holdfast-${stage}-${service}`;
}

/** The metrics of circuits, by the circuit's name: 1 each time that one opened or a probe of it failed, and that one closed. */
export const CIRCUIT_METRIC = {
  namespace: 'Holdfast',
  opened: 'CircuitOpened',
  closed: 'CircuitClosed',
  dimension: 'Circuit',
} as const;

/** What a consumer's messages wait in: `holdfast-<stage>-<service>-<handler>`. */
export function queueName(stage: string, service: string, handler: string): string {
  return `holdfast-${stage}-${service}-${handler}`;
}

/** Where the messages go that a consumer cannot take: the name of its queue and `-dead-letters`. */
export function deadLetterQueueName(stage: string, service: string, handler: string): string {
  return `${queueName(stage, service, handler)}-dead-letters`;
}

/** The one bus of a stage: `holdfast-<stage>`. */
export function eventBusName(stage: string): string {
  return `holdfast-${stage}`;
}

/** The archive of all events of the bus: `holdfast-<stage>`. */
export function archiveName(stage: string): string {
  return `holdfast-${stage}`;
}

/** How long the archive keeps an event, and so how far back a replay reaches. */
export const ARCHIVE_RETENTION_DAYS = 30;

/** The rule that puts one type of event into the queue of a service's consumer: `holdfast-<stage>-<service>-order-confirmed`. */
export function ruleName(stage: string, service: string, type: string): string {
  return `holdfast-${stage}-${service}-${type.replaceAll('.', '-')}`;
}

/** `reserve-stock` as `ReserveStock`, the form of construct ids and outputs. */
export function pascalCase(kebab: string): string {
  return kebab.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** `place-order` as `PLACE_ORDER`. */
const variable = (kebab: string) => kebab.toUpperCase().replaceAll('-', '_');

/** The environment variables of functions. */
export const ENV = {
  /** `dev`, `prod` or another stage. */
  stage: 'STAGE',
  /** The service's own table. */
  tableName: 'TABLE_NAME',
  /** Where the circuits of all services are kept. */
  circuitsTableName: 'CIRCUITS_TABLE_NAME',
  /** Every circuit that a contract declares, as `<service>/<role>`, separated by commas. */
  circuits: 'CIRCUITS',
  /** ARN of the state machine that is started, by the saga's name. */
  stateMachineArn: (saga: string) => `STATE_MACHINE_ARN_${variable(saga)}`,
  /** ARN of the standard state machine that takes up a saga's executions; with STANDARD the saga's own. */
  repairMachineArn: (saga: string) => `REPAIR_MACHINE_ARN_${variable(saga)}`,
  /** ARN of the standard state machine that only undoes, for a saga that has undos. */
  undoMachineArn: (saga: string) => `UNDO_MACHINE_ARN_${variable(saga)}`,
  /** Name of the bus that events are put on. */
  eventBusName: 'EVENT_BUS_NAME',
  /** ARN of that bus, for whoever replays its archive. */
  eventBusArn: 'EVENT_BUS_ARN',
  /** Where a consumer puts what it can never take. */
  deadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
  /** Every consumer that is deployed, as `<service>-<handler>`, separated by commas. */
  deadLetterQueues: 'DEAD_LETTER_QUEUES',
  /** `STANDARD` or `EXPRESS`. */
  workflow: 'WORKFLOW',
  /** Address of an outside party, by its role. */
  partyUrl: (role: string) => `${variable(role)}_URL`,
  /** ARN of the secret that is sent to an outside party, by its role. */
  partySecretArn: (role: string) => `${variable(role)}_SECRET_ARN`,
  /** ARN of the secret that a stand-in expects from its callers. */
  ownSecretArn: 'OWN_SECRET_ARN',
  /** Issuer of access tokens, exactly as in `iss`. */
  tokenIssuer: 'TOKEN_ISSUER',
  /** Audience of access tokens: `aud`, or `client_id` where the issuer sets no `aud`. Several are separated by commas. */
  tokenAudience: 'TOKEN_AUDIENCE',
} as const;

/** The resource server of the user pool: scopes in Cognito's tokens are written `<identifier>/<scope>`. */
export const RESOURCE_SERVER = 'holdfast';
