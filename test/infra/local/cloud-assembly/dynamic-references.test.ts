import { resolveDynamicReferences } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { listDynamicReferenceProblems } from '../../../../infra/local/cloud-assembly/dynamic-references';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';

describe('a dynamic reference', () => {
  it('asks for the secret and version that it names, and takes the member of its JSON', async () => {
    const secretString = jest.fn(async () => '{"user":"ada","port":5432}');

    const resolved = await resolveDynamicReferences(
      {
        url: `{{resolve:secretsmanager:${arn}:SecretString:user::}}@{{resolve:secretsmanager:db:SecretString:port:AWSPREVIOUS}}`,
        list: ['plain', `{{resolve:secretsmanager:${arn}}}`],
      },
      secretString,
    );

    expect(resolved).toEqual({ url: 'ada@5432', list: ['plain', '{"user":"ada","port":5432}'] });
    expect(secretString.mock.calls).toEqual(
      expect.arrayContaining([
        [arn, { stage: undefined, id: undefined }],
        ['db', { stage: 'AWSPREVIOUS', id: undefined }],
      ]),
    );
  });

  it('does not tell the secret when the member is missing', async () => {
    const reference = '{{resolve:secretsmanager:db:SecretString:password}}';

    const resolving = resolveDynamicReferences(reference, async () => 'swordfish');

    await expect(resolving).rejects.toThrow(`${reference}: the secret is no JSON object with a member password`);
  });

  it('is found to be wrong when it is for another service', () => {
    const value = { a: ['{{resolve:ssm:/x}}', '{{resolve:secretsmanager:ok}}', 1, null] };

    expect(listDynamicReferenceProblems(value)).toEqual([expect.stringContaining('{{resolve:ssm:/x}}')]);
  });
});
