import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { executionArn, type Place } from './arns';
import { type Executions, findRedriveObstacle } from './executions';
import type { HistoryEvent } from './history';
import type { ExecutionRecord, Journal, Machine } from './journal';
import { checkStart, page, type Request, readRequest } from './request';

/** What the operations work on. */
export interface ApiSources {
  place: Place;
  clock: Clock;
  journal: Journal;
  executions: Executions;
  /** The machines of the template, by ARN. */
  machines: ReadonlyMap<string, Machine>;
}

type Wire = Record<string, unknown>;

/** An operation, with the members that its requests may have. Members of its answer that are undefined are left out. */
interface Operation {
  members: ReadonlyArray<keyof Request>;
  run(request: Request, sources: ApiSources): Promise<Wire>;
}

/** The operations of the service that are supported. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartExecution: {
    members: ['stateMachineArn', 'name', 'input', 'traceHeader'],
    async run(request, sources) {
      const { run } = await start(request, machineOf(request, sources), sources);
      return { executionArn: run.record.executionArn, startDate: run.record.startedAtMs / 1000 };
    },
  },
  StartSyncExecution: {
    members: ['stateMachineArn', 'name', 'input', 'traceHeader'],
    async run(request, sources) {
      const { run, done } = await start(request, machineOf(request, sources, 'EXPRESS'), sources);
      await done;
      if (run.record.status === 'RUNNING') throw new AwsError('ServiceUnavailable', 'Step Functions shuts down', 503);
      return describeSyncExecution(run.record);
    },
  },
  RedriveExecution: {
    members: ['executionArn', 'clientToken'],
    async run({ executionArn: arn, clientToken }, { executions }) {
      const { redrivenAtMs } = await executions.redrive(arn, clientToken);
      return { redriveDate: toSeconds(redrivenAtMs) };
    },
  },
  StopExecution: {
    members: ['executionArn', 'error', 'cause'],
    async run({ executionArn: arn, error, cause }, { executions }) {
      const { stoppedAtMs } = await executions.stop(arn, error, cause);
      return { stopDate: toSeconds(stoppedAtMs) };
    },
  },
  DescribeExecution: {
    members: ['executionArn'],
    run: async ({ executionArn: arn }, { executions, clock }) =>
      describeExecution(await executions.get(arn), clock.now()),
  },
  ListExecutions: {
    members: ['stateMachineArn', 'statusFilter', 'maxResults', 'nextToken'],
    async run(request, sources) {
      const { statusFilter } = request;
      const records = await sources.journal.list(machineOf(request, sources, 'STANDARD').stateMachineArn);
      const listed = records.filter(({ status }) => statusFilter === undefined || statusFilter === status);
      const { shown, nextToken } = page(listed, ({ order }) => -order, request);
      return { executions: shown.map(summarizeExecution), nextToken };
    },
  },
  GetExecutionHistory: {
    members: ['executionArn', 'reverseOrder', 'maxResults', 'nextToken'],
    async run(request, { executions, journal }) {
      const { executionArn: arn } = await executions.get(request.executionArn);
      const placeOf = ({ id }: HistoryEvent) => (request.reverseOrder ? -id : id);
      const { shown, nextToken } = page(await journal.history(arn), placeOf, request);
      return { events: shown, nextToken };
    },
  },
  ListStateMachines: {
    members: [],
    async run(_, { machines }) {
      const sorted = [...machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { stateMachines: sorted.map(summarizeStateMachine) };
    },
  },
  DescribeStateMachine: {
    members: ['stateMachineArn'],
    async run(request, sources) {
      const machine = machineOf(request, sources);
      const { definition, roleArn } = machine;
      return { ...summarizeStateMachine(machine), status: 'ACTIVE', definition, roleArn };
    },
  },
};

/**
 * Carries out one operation of the service.
 *
 * @throws {AwsError} `UnknownOperationException` for an operation that is not supported, else the operation's own errors
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
export async function callOperation(name: string, body: Record<string, unknown>, sources: ApiSources): Promise<Wire> {
  const operation = OPERATIONS[name];
  if (operation === undefined) {
    const supported = Object.keys(OPERATIONS).join(', ');
    throw new AwsError('UnknownOperationException', `${name} is not supported here; supported are ${supported}`);
  }
  const answer = await operation.run(readRequest(body, operation.members), sources);
  // As it is on the wire: without members that are undefined.
  return JSON.parse(JSON.stringify(answer));
}

function start(request: Request, machine: Machine, { place, executions }: ApiSources): ReturnType<Executions['start']> {
  const { name = randomUUID(), input = '{}', traceHeader } = request;
  checkStart({ name, input, ...(traceHeader !== undefined && { traceHeader }) });
  const standardArn = executionArn(place, machine.name, name);
  // Names need not be unique in an Express machine.
  const expressArn = `${standardArn.replace(':execution:', ':express:')}:${randomUUID()}`;
  const isExpress = machine.type === 'EXPRESS';
  const trace = traceHeader === undefined ? {} : { traceHeader };
  return executions.start(machine, { executionArn: isExpress ? expressArn : standardArn, name, input, ...trace });
}

/** The machine that a request names; `only` is the type that the operation is for. */
function machineOf({ stateMachineArn: arn }: Request, { machines }: ApiSources, only?: Machine['type']): Machine {
  const machine = machines.get(arn);
  if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  if (only === undefined || machine.type === only) return machine;
  const what = 'This operation is not supported by this type of state machine';
  throw new AwsError('StateMachineTypeNotSupported', what);
}

/** `DescribeExecution` at that instant: instants on the wire are in epoch seconds. */
function describeExecution(record: ExecutionRecord, nowMs: number): Wire {
  const { input, output, error, cause, traceHeader } = record;
  const redriveStatusReason = findRedriveObstacle(record, nowMs);
  const redriveStatus = redriveStatusReason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE';
  const redrive = { redriveStatus, redriveStatusReason };
  return { ...summarizeExecution(record), input, output, error, cause, traceHeader, ...redrive };
}

/** An entry of `ListExecutions`. */
function summarizeExecution(record: ExecutionRecord): Wire {
  const { executionArn, stateMachineArn, name, status, startedAtMs, stoppedAtMs, redrivenAtMs } = record;
  const dates = {
    startDate: toSeconds(startedAtMs),
    stopDate: toSeconds(stoppedAtMs),
    redriveDate: toSeconds(redrivenAtMs),
  };
  return { executionArn, stateMachineArn, name, status, ...dates, redriveCount: record.redriveCount ?? 0 };
}

function toSeconds(instantMs: number | undefined): number | undefined {
  return instantMs === undefined ? undefined : instantMs / 1000;
}

/** `StartSyncExecution`: an Express execution that has ended. */
function describeSyncExecution(record: ExecutionRecord): Wire {
  const { input, output, error, cause, traceHeader } = record;
  const { redriveCount: _, ...summary } = summarizeExecution(record);
  return { ...summary, input, output, error, cause, traceHeader };
}

/** An entry of `ListStateMachines`. */
function summarizeStateMachine({ stateMachineArn, name, type, createdAtMs }: Machine): Wire {
  return { stateMachineArn, name, type, creationDate: createdAtMs / 1000 };
}
