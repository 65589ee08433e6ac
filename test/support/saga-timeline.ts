import {
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';

/** What became of one step or undo of a saga. */
export interface TimelineStep {
  readonly name: string;
  readonly outcome: 'ok' | 'FAILED';
  /** The error of the last attempt, when it failed. */
  readonly error?: string;
  /** What that error said, as far as its function told. */
  readonly message?: string;
  readonly attempts: number;
}

export interface Timeline {
  readonly status: ExecutionStatus;
  readonly steps: readonly TimelineStep[];
}

/** Longer than an order may take, its retries and undos included. */
const GIVE_UP_AFTER_MS = 90_000;

/** Reads executions through the AWS endpoint, as anybody with the AWS CLI could. */
export class SagaReader {
  private readonly client: SFNClient;
  private machineArn: string | undefined;

  constructor(awsUrl: string) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.client = new SFNClient({ endpoint: awsUrl, region: 'us-east-1', credentials });
  }

  /** The execution of one order so far; `undefined` while there is none. */
  async find(orderId: string): Promise<Timeline | undefined> {
    const arn = (await this.getMachineArn()).replace(':stateMachine:', ':execution:');
    try {
      const { events = [] } = await this.client.send(
        new GetExecutionHistoryCommand({ executionArn: `${arn}:${orderId}`, maxResults: 1000 }),
      );
      return { status: statusOf(events), steps: stepsOf(events) };
    } catch (error) {
      if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }

  /** Waits until the execution of one order has come to an end; `onStep` hears of each step as it ends. */
  async untilEnded(orderId: string, onStep: (step: TimelineStep) => void = () => undefined): Promise<Timeline> {
    const deadline = Date.now() + GIVE_UP_AFTER_MS;
    let told = 0;
    for (;;) {
      const timeline = await this.find(orderId);
      for (const step of timeline?.steps.slice(told) ?? []) onStep(step);
      told = timeline?.steps.length ?? 0;
      if (timeline && timeline.status !== 'RUNNING') return timeline;
      if (Date.now() > deadline) throw new Error(`the saga of ${orderId} has not ended in ${GIVE_UP_AFTER_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** How many states the execution of one order entered: what AWS bills. */
  async countTransitions(orderId: string): Promise<number> {
    const arn = (await this.getMachineArn()).replace(':stateMachine:', ':execution:');
    const { events = [] } = await this.client.send(
      new GetExecutionHistoryCommand({ executionArn: `${arn}:${orderId}`, maxResults: 1000 }),
    );
    return events.filter(({ type }) => type?.endsWith('StateEntered')).length;
  }

  private async getMachineArn(): Promise<string> {
    if (this.machineArn === undefined) {
      const { stateMachines = [] } = await this.client.send(new ListStateMachinesCommand({}));
      this.machineArn = stateMachines.find(({ name }) => name?.endsWith('-place-order'))?.stateMachineArn;
    }
    if (this.machineArn === undefined) throw new Error('there is no state machine place-order');
    return this.machineArn;
  }
}

function statusOf(events: readonly HistoryEvent[]): ExecutionStatus {
  switch (events.at(-1)?.type) {
    case 'ExecutionSucceeded':
      return 'SUCCEEDED';
    case 'ExecutionFailed':
      return 'FAILED';
    case 'ExecutionAborted':
      return 'ABORTED';
    case 'ExecutionTimedOut':
      return 'TIMED_OUT';
    default:
      return 'RUNNING';
  }
}

/** The tasks that have come to an end, in order. */
function stepsOf(events: readonly HistoryEvent[]): TimelineStep[] {
  const steps: TimelineStep[] = [];
  let name = '';
  let attempts = 0;
  let error: string | undefined;
  let message: string | undefined;
  for (const event of events) {
    if (event.type === 'TaskStateEntered') {
      name = event.stateEnteredEventDetails?.name ?? '';
      attempts = 0;
      error = undefined;
      message = undefined;
    }
    if (event.type === 'TaskScheduled') attempts += 1;
    if (event.type === 'TaskSucceeded') error = undefined;
    if (event.type === 'TaskFailed') {
      error = event.taskFailedEventDetails?.error;
      message = messageOf(event.taskFailedEventDetails?.cause);
    }
    if (event.type === 'TaskTimedOut') error = event.taskTimedOutEventDetails?.error;
    if (event.type === 'TaskStateExited') {
      steps.push({
        name,
        attempts,
        outcome: error === undefined ? 'ok' : 'FAILED',
        ...(error !== undefined && { error, ...(message !== undefined && { message }) }),
      });
    }
  }
  return steps;
}

/** The message in the cause that Lambda gives of a function's error. */
function messageOf(cause = ''): string | undefined {
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage;
  } catch {
    return undefined;
  }
}
