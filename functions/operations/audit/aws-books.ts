import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { readFailureQueues } from './aws-failure-queues';
import type {
  Books,
  ChargeEntry,
  ExecutionEntry,
  OrderEntry,
  ParcelEntry,
  PaymentEntry,
  ReturnEntry,
  ShipmentEntry,
  StockEntry,
} from './books';

/** Where the books are: an endpoint that speaks AWS's protocols, or the account that the credentials name. */
export interface BooksSource {
  readonly endpoint?: string;
  /** Default `dev`. */
  readonly stage?: string;
}

/** Has a record of what was brought back, and no row of the stock. */
const RETURNED = 'returnedSku';

/** So long one page of an outside party's books may take. */
const PAGE_TIMEOUT_MS = 10_000;

/**
 * Reads the books of all services and, where the sandbox plays them, of the outside parties.
 *
 * What is written last is read first, so that what it promises is found in the books read after it: executions before the
 * orders that they settle, orders before everything that their outcome promises, the stock before the records of what was brought
 * back to it, shipments before the payments that they need, the services before the outside parties. An order that is newer than the first look is looked up once more when
 * another book names it.
 *
 * @throws {Error} when a stack or its outputs are missing, or a book cannot be read.
 */
export async function readBooks({ endpoint, stage = 'dev' }: BooksSource): Promise<Books> {
  const config = {
    ...(endpoint !== undefined && {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'audit', secretAccessKey: 'audit' },
    }),
  };
  const prefix = `holdfast-${stage}-`;
  const outputs = await readOutputs(new CloudFormationClient(config), prefix);
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const table = (name: string) => getOutput(outputs, `${name}TableName`);
  const stepFunctions = new SFNClient(config);
  const executions = await listExecutions(stepFunctions, outputs);
  const orders = await scan<OrderEntry>(tables, table('Orders'));
  const stock = await scan<StockEntry>(tables, table('Inventory'), `attribute_not_exists(${RETURNED})`);
  const returns = await scan<ReturnEntry>(tables, table('Inventory'), `attribute_exists(${RETURNED})`);
  const shipments = await scan<ShipmentEntry>(tables, table('Shipping'));
  const payments = await scan<PaymentEntry>(tables, table('Payments'));
  const sandbox = await readSandbox(new SecretsManagerClient(config), outputs);
  const named = [...payments, ...shipments, ...(sandbox.charges ?? []), ...(sandbox.parcels ?? [])].map(
    ({ orderId }) => orderId,
  );
  const reserved = stock.flatMap(({ pending }) => Object.keys(pending));
  const newer = await readNewer(tables, table('Orders'), orders, [...named, ...reserved]);
  const failureQueues = await readFailureQueues(stepFunctions.config, endpoint, stage);
  return {
    orders: [...orders, ...newer.map((order) => ({ ...order, isNewer: true as const }))],
    stock,
    returns,
    payments,
    shipments,
    failureQueues,
    ...(executions && { executions }),
    ...sandbox,
  };
}

async function readOutputs(client: CloudFormationClient, prefix: string): Promise<Map<string, string>> {
  const outputs = new Map<string, string>();
  for await (const page of paginateDescribeStacks({ client }, {})) {
    for (const stack of page.Stacks ?? []) {
      if (!stack.StackName?.startsWith(prefix)) continue;
      for (const { OutputKey, OutputValue } of stack.Outputs ?? []) outputs.set(OutputKey ?? '', OutputValue ?? '');
    }
  }
  if (outputs.size === 0) throw new Error(`there is no stack named ${prefix}…`);
  return outputs;
}

function getOutput(outputs: ReadonlyMap<string, string>, key: string): string {
  const value = outputs.get(key);
  if (value === undefined) throw new Error(`no stack has the output ${key}`);
  return value;
}

async function scan<Row>(client: DynamoDBDocumentClient, TableName: string, FilterExpression?: string): Promise<Row[]> {
  const rows: Row[] = [];
  const request = { TableName, ConsistentRead: true, ...(FilterExpression !== undefined && { FilterExpression }) };
  for await (const page of paginateScan({ client }, request)) {
    rows.push(...((page.Items ?? []) as Row[]));
  }
  return rows;
}

/** The executions of every machine of the sagas; `undefined` when one is an Express machine, whose executions cannot be listed. */
async function listExecutions(client: SFNClient, outputs: ReadonlyMap<string, string>) {
  const machines = new Map<string, string>();
  for (const [key, arn] of outputs) {
    const [, saga] = /^(PlaceOrder|CancelOrder)(?:Repair|Undo)?StateMachineArn$/.exec(key) ?? [];
    if (saga !== undefined) machines.set(arn, saga === 'PlaceOrder' ? 'place-order' : 'cancel-order');
  }
  if (machines.size === 0) throw new Error('no stack has the output PlaceOrderStateMachineArn');
  const entries: ExecutionEntry[] = [];
  for (const [stateMachineArn, saga] of machines) {
    try {
      for await (const { executions = [] } of paginateListExecutions({ client, pageSize: 1000 }, { stateMachineArn })) {
        entries.push(...executions.map(({ name = '', status = '' }) => ({ saga, name, status })));
      }
    } catch (error) {
      if ((error as Error).name === 'StateMachineTypeNotSupported') return undefined;
      throw error;
    }
  }
  return entries;
}

async function readNewer(
  client: DynamoDBDocumentClient,
  TableName: string,
  orders: readonly OrderEntry[],
  ids: readonly string[],
) {
  const known = new Set(orders.map(({ orderId }) => orderId));
  const found: OrderEntry[] = [];
  for (const orderId of new Set(ids.filter((id) => !known.has(id)))) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { orderId }, ConsistentRead: true }));
    if (Item) found.push(Item as OrderEntry);
  }
  return found;
}

async function readSandbox(client: SecretsManagerClient, outputs: ReadonlyMap<string, string>) {
  const url = outputs.get('SandboxUrl');
  if (url === undefined) return {};
  const SecretId = getOutput(outputs, 'SandboxSecretArn');
  const { SecretString: secret = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  return {
    charges: await readPages<ChargeEntry>(url, 'charges', secret),
    parcels: await readPages<ParcelEntry>(url, 'parcels', secret),
  };
}

async function readPages<Entry>(url: string, book: string, secret: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url.replace(/\/$/, '')}/${book}${query}`, {
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(PAGE_TIMEOUT_MS),
    });
    if (!response.ok)
      throw new Error(`the sandbox's ${book} could not be read: ${response.status} ${await response.text()}`);
    const page = (await response.json()) as { items: Entry[]; nextCursor?: string };
    entries.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return entries;
}
