import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Use } from '../../../infra/local/usage';
import { stateMachineName, type Workflow } from '../../../lib/service/names';
import type { Story } from '../../stories/stories';
import { orderBody } from '../../support/api-client';
import type { LocalSystem } from '../../support/local-system';
import { untilEffectsAreOver } from './event-effects';
import { type ExecutionEvent, hasEnded, toExecution } from './execution';
import { LogTail, type TailedLine } from './log-tail';
import { countOperations, type Operations, STAGE } from './operations';

const SAGA = 'place-order';
const MACHINE = stateMachineName(STAGE, SAGA);
const GIVE_UP_AFTER_MS = 60_000;

/** Places orders on a running system, one after the other, and counts what they take. */
export class OrderMeter {
  private readonly tail: LogTail;
  private readonly stepFunctions: SFNClient;
  private readonly client: DynamoDBDocumentClient;
  private lines: TailedLine[] = [];
  private placed = 0;

  constructor(
    private readonly system: LocalSystem,
    private readonly workflow: Workflow,
  ) {
    this.tail = new LogTail(system.awsUrl);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const access = { endpoint: system.awsUrl, region: 'us-east-1', credentials };
    this.stepFunctions = new SFNClient(access);
    this.client = DynamoDBDocumentClient.from(new DynamoDBClient(access));
  }

  /**
   * Carries the stories out, in their order. Each order is of another customer, so each asks the authorizer, and of a product of
   * its own: rows with many open reservations take more units.
   *
   * @throws {Error} when an order does not end as its story says.
   */
  async measure(stories: readonly Story[]): Promise<Operations> {
    const { uses, logs } = this.system;
    const orders = stories.map((story) => ({ story, name: `${this.placed++}` }));
    for (const { name } of orders) {
      await this.system.api.putStock(`SKU-${name}`, 100);
      await this.system.api.token(`customer-${name}`);
    }
    await this.tail.read();
    this.lines = [];
    const [firstUse, firstLog] = [uses.length, logs.length];
    const ended: Array<{ orderId: string; events: readonly ExecutionEvent[] }> = [];
    for (const order of orders) ended.push(await this.carryOut(order));
    const watched = { stage: STAGE, client: this.client, uses: () => uses.slice(firstUse) };
    await untilEffectsAreOver(
      ended.map(({ orderId }) => orderId),
      watched,
    );
    await this.untilIdle();
    await this.read();
    const seen = {
      uses: uses.slice(firstUse),
      functionLogs: logs.slice(firstLog),
      otherLogBytes: this.lines.map(({ message }) => Buffer.byteLength(message)),
      apiRequests: this.lines.filter(({ message }) => message.includes('"route"')).length,
      executions: ended.map(({ events }) => toExecution(events)),
    };
    for (const [index, { story, name }] of orders.entries()) {
      const { status } = await this.system.settled(ended[index]?.orderId ?? '', `customer-${name}`);
      if (status !== story.status) throw new Error(`${story.title}: the order is ${status}, not ${story.status}`);
    }
    return countOperations(seen);
  }

  private async carryOut({ story, name }: { story: Story; name: string }) {
    const body = orderBody({ sku: `SKU-${name}`, ...story.order });
    const { status, json, text } = await this.system.api.placeOrder(body, { sub: `customer-${name}` });
    if (status !== 202) throw new Error(`${story.title}: ${status} ${text}`);
    const orderId: string = json.orderId;
    const deadline = Date.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      const events = this.workflow === 'STANDARD' ? await this.history(orderId) : await this.logged(orderId);
      if (hasEnded(events)) return { orderId, events };
      if (Date.now() > deadline) throw new Error(`${story.title}: ${MACHINE} has not ended in ${GIVE_UP_AFTER_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The function that started the saga need not have ended when the saga has. */
  private async untilIdle(): Promise<void> {
    const deadline = Date.now() + GIVE_UP_AFTER_MS;
    const count = (kind: Use['service']) => this.system.uses.filter(({ service }) => service === kind).length;
    for (;;) {
      const running = count('lambda') - count('lambda-time');
      if (running === 0) return;
      if (Date.now() > deadline) throw new Error(`${running} invocations have not ended`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async history(orderId: string): Promise<ExecutionEvent[]> {
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:${MACHINE}:${orderId}`;
    try {
      const command = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
      const { events = [] } = await this.stepFunctions.send(command);
      return events.map(({ type, timestamp }) => ({ type: type ?? '', at: timestamp?.getTime() ?? 0 }));
    } catch (error) {
      if ((error as Error).name === 'ExecutionDoesNotExist') return [];
      throw error;
    }
  }

  /** An Express execution has no history: its events are in the log of its machine, which has the level ALL. */
  private async logged(orderId: string): Promise<ExecutionEvent[]> {
    await this.read();
    return this.lines
      .filter(({ logGroup, message }) => logGroup.endsWith(`/${MACHINE}`) && message.includes(`:${orderId}:`))
      .map(({ message }) => JSON.parse(message) as { type: string; event_timestamp: string })
      .map(({ type, event_timestamp }) => ({ type, at: Number(event_timestamp) }));
  }

  private async read(): Promise<void> {
    this.lines.push(...(await this.tail.read()));
  }
}
