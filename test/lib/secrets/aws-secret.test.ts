import '../../support/environment';
import { openSecret } from '../../../lib/secrets/aws-secret';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:provider';
const FIVE_MINUTES_MS = 5 * 60_000;

describe('a secret', () => {
  let aws: FakeAws;
  let now: number;
  const open = () => openSecret(ARN, { now: () => now });
  const holds = (SecretString: string) => aws.answer((response) => response.end(JSON.stringify({ SecretString })));

  beforeAll(async () => {
    aws = await startFakeAws();
  });

  beforeEach(() => {
    aws.forget();
    now = Date.parse('2026-01-01T00:00:00Z');
  });

  afterAll(() => aws.close());

  it('is read from Secrets Manager at its first use, not before', async () => {
    holds('s3cret');

    const read = open();

    expect(aws.requests).toHaveLength(0);
    await expect(read()).resolves.toBe('s3cret');
    expect(aws.requests).toMatchObject([
      {
        path: '/',
        body: JSON.stringify({ SecretId: ARN }),
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'secretsmanager.GetSecretValue',
          authorization: expect.stringContaining('/us-east-1/secretsmanager/aws4_request'),
        },
      },
    ]);
  });

  it('is kept for five minutes, then read anew', async () => {
    const read = open();
    holds('old');
    await read();
    holds('new');

    now += FIVE_MINUTES_MS - 1;
    const kept = await read();
    now += 1;
    const anew = await read();

    expect([kept, anew, aws.requests.length]).toEqual(['old', 'new', 2]);
  });

  it('is read anew at once when the known value was refused', async () => {
    const read = open();
    holds('old');
    await read();
    holds('new');

    expect([await read('fresh'), await read(), aws.requests.length]).toEqual(['new', 'new', 2]);
  });

  it('that cannot be read is an error that says why, and is read again at the next use', async () => {
    const read = open();
    aws.answer((response) => response.writeHead(400).end('{"__type":"AccessDeniedException"}'));

    await expect(read()).rejects.toThrow(`the secret ${ARN} could not be read: 400 {"__type":"AccessDeniedException"}`);

    holds('s3cret');
    await expect(read()).resolves.toBe('s3cret');
  });

  it('without a text is an error, not a value', async () => {
    aws.answer((response) => response.end(JSON.stringify({ SecretBinary: 'AAAA' })));

    await expect(open()()).rejects.toThrow();
  });
});
