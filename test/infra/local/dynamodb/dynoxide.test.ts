import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { AwsError } from '../../../../infra/local/aws-error';
import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { openRoom } from './a-room';
import { OPERATIONS, TABLE } from './dynoxide-operations';

/** By the operation's title: in what the two differ, and who is right. */
const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'put with an undefined value':
    'dynoxide leaves out which expression it is; AWS begins with `Invalid ConditionExpression:`',
  'put with an undefined name': 'as for the value',
  'update adds to a text': 'not known; only the text differs',
  'update removes list elements':
    'dynoxide removes the second one of the shortened list; AWS means the list as it was, as its page on update expressions says',
  'update two paths overlap': 'not known; only the order in the text differs',
  'update beyond the end of a list': 'dynoxide fills up with NULL; AWS appends, as its page on update expressions says',
  'query OR': 'not known; only the text differs',
  'transact another with the token': 'not known; only the text differs',
};

type Answer = Record<string, unknown>;
type Ask = (name: string, body: Record<string, unknown>) => Promise<Answer>;

const program = findProgram();

/** Another engine, by other authors, who compared its answers with those of AWS. */
describe('the room and dynoxide', () => {
  if (program === undefined) {
    it('are not compared here: the package @dynoxide/linux-x64 is not installed', () => {
      expect(program).toBeUndefined();
    });
    return;
  }

  let dynoxide: { ask: Ask; stop(): Promise<void> };
  let room: DynamoDb;

  beforeAll(async () => {
    dynoxide = await startDynoxide(program);
    await dynoxide.ask('CreateTable', TABLE);
    const table = {
      tableName: TABLE.TableName,
      attributeDefinitions: TABLE.AttributeDefinitions,
      keySchema: TABLE.KeySchema,
      globalSecondaryIndexes: TABLE.GlobalSecondaryIndexes,
    };
    room = (await openRoom({ table })).db;
  });

  afterAll(() => dynoxide.stop());

  it('give the same answers, but for the known differences', async () => {
    const differences: Record<string, unknown> = {};
    for (const [title, name, body] of OPERATIONS) {
      const ours = await outcomeOf(room.handle(name, body));
      const theirs = await dynoxide.ask(name, body);
      const [one, other] = [toComparable(name, ours), toComparable(name, theirs)];
      if (one !== other) differences[title] = { ours: one, theirs: other };
    }

    const unknown = Object.entries(differences).filter(([title]) => !Object.hasOwn(KNOWN_DIFFERENCES, title));
    expect(unknown).toEqual([]);
    expect(Object.keys(differences).sort()).toEqual(Object.keys(KNOWN_DIFFERENCES).sort());
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(73);
  });
});

function findProgram(): string | undefined {
  try {
    return join(dirname(require.resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
  } catch {
    return undefined;
  }
}

async function startDynoxide(path: string): Promise<{ ask: Ask; stop(): Promise<void> }> {
  const port = await findFreePort();
  const process: ChildProcess = spawn(path, ['serve', '--host', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = process.stdout ?? process.stderr;
  await Promise.race([
    once(output as NodeJS.ReadableStream, 'data'),
    once(process.stderr as NodeJS.ReadableStream, 'data'),
  ]);
  return {
    ask: async (name, body) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${name}`,
          'x-amz-date': '20250601T000000Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=k/20250601/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=s',
        },
        body: JSON.stringify(body),
      });
      return (await response.json()) as Answer;
    },
    stop: async () => {
      process.kill();
      await once(process, 'exit');
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The error in the form in which the endpoint answers it. */
function outcomeOf(request: Promise<Answer>): Promise<Answer> {
  return request.catch((error: AwsError) => ({ __type: error.code, message: error.message, ...error.fields }));
}

/**
 * Without what has no order (attributes, members of sets, the items of a scan or batch) and what no client looks at: the
 * namespace of an error, the letter that its message's name begins with, and the count of errors before the message.
 */
function toComparable(operation: string, answer: Answer): string {
  const unordered = ['SS', 'NS', 'BS', TABLE.TableName, ...(operation === 'Scan' ? ['Items'] : [])];
  const normalize = (value: unknown, name: string): unknown => {
    if (name === '__type') return String(value).replace(/^.*#/, '');
    if (name === 'message') return String(value).replace('1 validation error detected: ', '');
    if (Array.isArray(value)) {
      const members = value.map((member) => normalize(member, ''));
      return unordered.includes(name) ? sorted(members) : members;
    }
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value)
      .map(([member, content]) => [member === 'Message' ? 'message' : member, content] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(members.map(([member, content]) => [member, normalize(content, member)]));
  };
  return JSON.stringify(normalize(answer, ''));
}

function sorted(values: unknown[]): unknown[] {
  return [...values].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}
