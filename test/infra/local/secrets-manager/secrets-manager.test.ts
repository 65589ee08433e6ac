import type { AwsError } from '../../../../infra/local/aws-error';
import {
  openSecretsManager,
  type SecretsManager,
  secretArn,
} from '../../../../infra/local/secrets-manager/secrets-manager';
import { memoryStore } from '../../../support/memory-store';

const environment = { region: 'eu-west-1', accountId: '123456789012' };
const token = (digit: number) => String(digit).repeat(32);

/** A room whose clock moves one second with each look at it. */
function open(store = memoryStore()) {
  let nowMs = 1_000_000;
  const clock = {
    now: () => {
      nowMs += 1000;
      return nowMs;
    },
    after: () => () => undefined,
  };
  return openSecretsManager({ store, clock, ...environment });
}

/** Makes a secret with a value. */
async function create(secrets: SecretsManager, name: string, SecretString: string) {
  await secrets.createSecret(name);
  await secrets.handle('PutSecretValue', { SecretId: name, SecretString });
}

describe('a secret', () => {
  it('is found by its name and by an ARN that is known before it exists', async () => {
    const arn = secretArn('shop/key', environment);
    const secrets = open();
    await create(secrets, 'shop/key', 'swordfish');

    const byName = await secrets.handle('GetSecretValue', { SecretId: 'shop/key' });
    const byArn = await secrets.handle('GetSecretValue', { SecretId: arn });

    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop\/key-[A-Za-z0-9]{6}$/);
    expect(byArn).toEqual(byName);
    expect(byName).toEqual({
      ARN: arn,
      Name: 'shop/key',
      SecretString: 'swordfish',
      VersionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 1002,
    });
  });

  it('keeps its value when it is created again, also after a restart', async () => {
    const store = memoryStore();
    const generate = { PasswordLength: 40 };
    await open(store).createSecret('key', generate);
    const first = await open(store).handle('GetSecretValue', { SecretId: 'key' });

    const restarted = open(store);
    await restarted.createSecret('key', generate);

    expect(first.SecretString).toHaveLength(40);
    expect(await restarted.handle('GetSecretValue', { SecretId: 'key' })).toEqual(first);
  });

  it('has its last value as the previous one after a new one is put', async () => {
    const secrets = open();
    await create(secrets, 'key', 'one');
    await secrets.handle('PutSecretValue', { SecretId: 'key', SecretString: 'two', ClientRequestToken: token(2) });
    await secrets.handle('PutSecretValue', { SecretId: 'key', SecretString: 'three', ClientRequestToken: token(3) });

    const current = await secrets.handle('GetSecretValue', { SecretId: 'key' });
    const previous = await secrets.handle('GetSecretValue', { SecretId: 'key', VersionStage: 'AWSPREVIOUS' });
    const byId = await secrets.handle('GetSecretValue', { SecretId: 'key', VersionId: token(2) });

    expect(current).toMatchObject({ SecretString: 'three', VersionStages: ['AWSCURRENT'] });
    expect(previous).toMatchObject({ SecretString: 'two', VersionStages: ['AWSPREVIOUS'] });
    expect(byId).toEqual(previous);
  });

  it('takes a repeated put once, and refuses another value under the same token', async () => {
    const secrets = open();
    await create(secrets, 'key', 'one');
    const put = { SecretId: 'key', SecretString: 'two', ClientRequestToken: token(2) };

    const [first, second] = [await secrets.handle('PutSecretValue', put), await secrets.handle('PutSecretValue', put)];

    expect(second).toEqual(first);
    expect(await secrets.handle('GetSecretValue', { SecretId: 'key', VersionStage: 'AWSPREVIOUS' })).toMatchObject({
      SecretString: 'one',
    });
    await expect(secrets.handle('PutSecretValue', { ...put, SecretString: 'three' })).rejects.toMatchObject({
      code: 'ResourceExistsException',
    });
  });

  it('loses no value when two are put at the same time', async () => {
    const secrets = open();
    await create(secrets, 'key', 'one');

    await Promise.all(
      ['two', 'three'].map((SecretString) => secrets.handle('PutSecretValue', { SecretId: 'key', SecretString })),
    );

    const previous = await secrets.handle('GetSecretValue', { SecretId: 'key', VersionStage: 'AWSPREVIOUS' });
    const current = await secrets.handle('GetSecretValue', { SecretId: 'key' });
    expect([previous.SecretString, current.SecretString]).toEqual(['two', 'three']);
  });

  it('is listed without its value', async () => {
    const secrets = open();
    await create(secrets, 'b', 'swordfish');
    await secrets.createSecret('a');

    const list = await secrets.handle('ListSecrets', {});

    expect(list).toMatchObject({
      SecretList: [
        { Name: 'a', CreatedDate: 1003 },
        { Name: 'b', CreatedDate: 1001 },
      ],
    });
    expect(JSON.stringify(list)).not.toContain('swordfish');
  });
});

describe('a request that Secrets Manager refuses', () => {
  const wrongSuffix = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-XXXXXX';
  const notFound = "Secrets Manager can't find the specified secret";
  it.each<[string, Record<string, unknown>, string, string]>([
    ['GetSecretValue', { SecretId: 'other' }, 'ResourceNotFoundException', `${notFound}.`],
    ['GetSecretValue', { SecretId: wrongSuffix }, 'ResourceNotFoundException', `${notFound}.`],
    ['PutSecretValue', { SecretId: 'other', SecretString: 'x' }, 'ResourceNotFoundException', `${notFound}.`],
    [
      'GetSecretValue',
      { SecretId: 'empty' },
      'ResourceNotFoundException',
      `${notFound} value for staging label: AWSCURRENT`,
    ],
    [
      'GetSecretValue',
      { SecretId: 'key', VersionId: 'x' },
      'ResourceNotFoundException',
      `${notFound} value for VersionId: x`,
    ],
    ['GetSecretValue', {}, 'InvalidParameterException', 'SecretId must be a name or an ARN'],
    ['PutSecretValue', { SecretId: 'key' }, 'InvalidParameterException', 'SecretString must be text'],
    [
      'PutSecretValue',
      { SecretId: 'key', SecretBinary: '' },
      'InvalidParameterException',
      'does not understand SecretBinary',
    ],
    ['ListSecrets', { Filters: [] }, 'InvalidParameterException', 'ListSecrets does not understand Filters'],
    [
      'DeleteSecret',
      {},
      'UnknownOperationException',
      'operation DeleteSecret is not part of the local cloud; it has Get',
    ],
    ['toString', {}, 'UnknownOperationException', 'operation toString is not part of the local cloud'],
  ])('%s %j', async (operation, body, code, message) => {
    const secrets = open();
    await create(secrets, 'key', 'one');
    await secrets.createSecret('empty');

    const refused = secrets.handle(operation, body);

    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toEqual(expect.objectContaining<Partial<AwsError>>({ code }));
  });

  it('is one for a version under a stage that it does not have', async () => {
    const secrets = open();
    await create(secrets, 'key', 'one');
    const { VersionId } = await secrets.handle('GetSecretValue', { SecretId: 'key' });

    const refused = secrets.handle('GetSecretValue', { SecretId: 'key', VersionId, VersionStage: 'AWSPREVIOUS' });

    await expect(refused).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});
