import { createStsApi } from '../../../../infra/local/endpoint/sts-api';

const sts = createStsApi({
  accountId: '123456789012',
  arnOf: ({ accessKeyId }) => `arn:aws:iam::1:role/<${accessKeyId}>`,
});

describe('the STS API', () => {
  it('says who the caller is', async () => {
    const { status, xml } = await sts('GetCallerIdentity', new URLSearchParams(), { accessKeyId: 'AKIA' });

    expect(status).toBe(200);
    expect(xml).toContain('<Arn>arn:aws:iam::1:role/&#60;AKIA&#62;</Arn>');
    expect(xml).toContain('<Account>123456789012</Account>');
  });

  it('takes twelve digits for an access key id for the account', async () => {
    const { xml } = await sts('GetCallerIdentity', new URLSearchParams(), { accessKeyId: '999999999999' });

    expect(xml).toContain('<Account>999999999999</Account>');
  });

  it('refuses other actions by name', () => {
    expect(() => sts('AssumeRole', new URLSearchParams(), {})).toThrow(
      'STS action AssumeRole is not part of the local cloud; it has GetCallerIdentity',
    );
  });
});
