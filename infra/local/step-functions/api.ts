import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { assertArn, executionArn, expressExecutionArn, type Place, parseExecutionArn } from './arns';
import type { ExecutionStart, Executions, Machine } from './executions';
import { withoutData } from './history';
import type { ExecutionRecord, Journal } from './journal';
import { uuidFrom } from './jsonata-functions';
import { ascending, checkInput, checkName, descending, page, type Request, readRequest } from './request';
import * as wire from './wire';

/** What the operations work on. */
export interface ApiSources {
  place: Place;
  clock: Clock;
  random: () => number;
  journal: Journal;
  executions: Executions;
  /** The machines of the template, by name. */
  machines: ReadonlyMap<string, Machine>;
}

type Operation = (request: Request, sources: ApiSources) => Promise<Record<string, unknown>>;

/** The operations of the service that are supported, with the members that their requests may have. */
const OPERATIONS: Record<string, { members: string[]; run: Operation }> = {
  // A trace header is taken and not used, because SDKs with tracing switched on send it by themselves.
  StartExecution: { members: ['stateMachineArn', 'name', 'input', 'traceHeader'], run: startExecution },
  StartSyncExecution: { members: ['stateMachineArn', 'name', 'input', 'traceHeader'], run: startSyncExecution },
  RedriveExecution: { members: ['executionArn', 'clientToken'], run: redriveExecution },
  StopExecution: { members: ['executionArn', 'error', 'cause'], run: stopExecution },
  DescribeExecution: { members: ['executionArn'], run: describeExecution },
  ListExecutions: {
    members: ['stateMachineArn', 'statusFilter', 'redriveFilter', 'maxResults', 'nextToken'],
    run: listExecutions,
  },
  GetExecutionHistory: {
    members: ['executionArn', 'reverseOrder', 'maxResults', 'nextToken', 'includeExecutionData'],
    run: getExecutionHistory,
  },
  ListStateMachines: { members: ['maxResults', 'nextToken'], run: listStateMachines },
  DescribeStateMachine: { members: ['stateMachineArn'], run: describeStateMachine },
  DescribeStateMachineForExecution: { members: ['executionArn'], run: describeStateMachineForExecution },
};

/**
 * Carries out one operation of the service.
 *
 * @throws {AwsError} `UnknownOperationException` for an operation that is not supported, else the operation's own errors
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
export async function callOperation(
  name: string,
  body: Record<string, unknown>,
  sources: ApiSources,
): Promise<Record<string, unknown>> {
  const operation = OPERATIONS[name];
  if (operation === undefined) {
    const supported = Object.keys(OPERATIONS).join(', ');
    throw new AwsError('UnknownOperationException', `${name} is not supported here; supported are ${supported}`);
  }
  return operation.run(readRequest(body, operation.members), sources);
}

async function startExecution(request: Request, sources: ApiSources): Promise<Record<string, unknown>> {
  const machine = machineOf(request, sources);
  const start = startOf(request, machine, sources);
  const { executions } = sources;
  const isExpress = machine.type === 'EXPRESS';
  const record = isExpress ? executions.startExpress(machine, start).record : await executions.start(machine, start);
  return { executionArn: record.executionArn, startDate: record.startedAtMs / 1000 };
}

async function startSyncExecution(request: Request, sources: ApiSources): Promise<Record<string, unknown>> {
  const machine = machineOf(request, sources, 'EXPRESS');
  const { record, done } = sources.executions.startExpress(machine, startOf(request, machine, sources));
  await done;
  if (record.status === 'RUNNING') throw new AwsError('ServiceUnavailable', 'Step Functions is shutting down', 503);
  return wire.describeSyncExecution(record);
}

function startOf(request: Request, machine: Machine, { place, random }: ApiSources): ExecutionStart {
  const name = checkName(request.optionalText('name') ?? uuidFrom(random));
  const input = checkInput(request.optionalText('input') ?? '{}');
  const arn =
    machine.type === 'EXPRESS'
      ? expressExecutionArn(place, machine.name, name, uuidFrom(random))
      : executionArn(place, machine.name, name);
  return { executionArn: arn, name, input };
}

async function redriveExecution(request: Request, { executions }: ApiSources): Promise<Record<string, unknown>> {
  const arn = request.text('executionArn');
  const record = await executions.redrive(parseExecutionArn(arn), request.optionalText('clientToken', 64));
  return { redriveDate: (found(record, arn).redrivenAtMs as number) / 1000 };
}

async function stopExecution(request: Request, { executions }: ApiSources): Promise<Record<string, unknown>> {
  const arn = request.text('executionArn');
  const key = parseExecutionArn(arn);
  const record = await executions.stop(key, request.optionalText('error', 256), request.optionalText('cause', 32_768));
  return { stopDate: (found(record, arn).stoppedAtMs as number) / 1000 };
}

async function describeExecution(request: Request, sources: ApiSources): Promise<Record<string, unknown>> {
  return wire.describeExecution(await executionOf(request, sources), sources.clock.now());
}

const STATUSES = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'] as const;
const REDRIVE_FILTERS = ['REDRIVEN', 'NOT_REDRIVEN'] as const;

async function listExecutions(request: Request, sources: ApiSources): Promise<Record<string, unknown>> {
  const machine = machineOf(request, sources, 'STANDARD');
  const status = request.oneOf('statusFilter', STATUSES);
  if (status === 'PENDING_REDRIVE') {
    // Only the executions of a map run are ever pending, and there are none.
    throw new AwsError('ValidationException', 'statusFilter PENDING_REDRIVE needs a mapRunArn');
  }
  const redrive = request.oneOf('redriveFilter', REDRIVE_FILTERS);
  const isListed = (record: ExecutionRecord) =>
    (status === undefined || record.status === status) &&
    (redrive === undefined || (redrive === 'REDRIVEN') === (record.redriveCount ?? 0) > 0);
  const records = await sources.journal.list(machine.name);
  const { items, nextToken } = page(
    records.filter(isListed),
    ({ startedAtMs, sequence, name }) => descending(startedAtMs) + descending(sequence) + name,
    request,
  );
  return { executions: items.map(wire.summarizeExecution), ...(nextToken && { nextToken }) };
}

async function getExecutionHistory(request: Request, sources: ApiSources): Promise<Record<string, unknown>> {
  const record = await executionOf(request, sources);
  const events = await sources.journal.history(record);
  const order = request.flag('reverseOrder', false) ? descending : ascending;
  const { items, nextToken } = page(events, ({ id }) => order(id), request);
  const shown = request.flag('includeExecutionData', true) ? items : items.map(withoutData);
  return { events: shown, ...(nextToken && { nextToken }) };
}

async function listStateMachines(request: Request, { machines }: ApiSources): Promise<Record<string, unknown>> {
  const { items, nextToken } = page([...machines.values()], ({ name }) => name, request);
  return { stateMachines: items.map(wire.summarizeStateMachine), ...(nextToken && { nextToken }) };
}

async function describeStateMachine(request: Request, sources: ApiSources): Promise<Record<string, unknown>> {
  return wire.describeStateMachine(machineOf(request, sources));
}

async function describeStateMachineForExecution(
  request: Request,
  sources: ApiSources,
): Promise<Record<string, unknown>> {
  const record = await executionOf(request, sources);
  const revision = await sources.journal.revision(record.revision);
  if (revision === undefined) throw new Error(`the journal lacks the definition of ${record.executionArn}`);
  return wire.describeStateMachineForExecution(revision);
}

/** The machine that a request names; `only` is the type that the operation is for. */
function machineOf(request: Request, { machines }: ApiSources, only?: Machine['type']): Machine {
  const arn = request.text('stateMachineArn');
  assertArn(arn);
  const machine = [...machines.values()].find(({ stateMachineArn }) => stateMachineArn === arn);
  if (machine === undefined) {
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }
  if (only === undefined || machine.type === only) return machine;
  const what = 'This operation is not supported by this type of state machine';
  throw new AwsError('StateMachineTypeNotSupported', what);
}

async function executionOf(request: Request, { executions }: ApiSources): Promise<ExecutionRecord> {
  const arn = request.text('executionArn');
  return found(await executions.find(parseExecutionArn(arn)), arn);
}

function found(record: ExecutionRecord | undefined, arn: string): ExecutionRecord {
  if (record !== undefined && record.executionArn === arn) return record;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}
