import { RootConstruct } from 'constructs';
import { readSettings } from '../../infra/settings';

const PARTIES = ['paymentProviderUrl', 'carrierUrl'];

function settingsWith(context: Record<string, unknown>) {
  const { node } = new RootConstruct();
  for (const [key, value] of Object.entries(context)) node.setContext(key, value);
  return readSettings(node, PARTIES);
}

describe('the settings of a deployment', () => {
  it('describe a disposable dev stage with stand-ins and a user pool when nothing is said', () => {
    expect(settingsWith({})).toEqual({
      stage: 'dev',
      isProduction: false,
      removalPolicy: 'destroy',
      logRetention: 7,
      workflow: 'STANDARD',
      partyUrls: { paymentProviderUrl: undefined, carrierUrl: undefined },
    });
  });

  it('keep data in prod only', () => {
    expect(settingsWith({ stage: 'prod' })).toMatchObject({ isProduction: true, removalPolicy: 'retain' });
    expect(settingsWith({ stage: 'prod2' }).isProduction).toBe(false);
  });

  it('take an empty value for none, as the command line passes it', () => {
    expect(settingsWith({ stage: '', carrierUrl: '', workflow: '', issuer: '', audience: '' })).toEqual(
      settingsWith({}),
    );
  });

  it('take a stage of up to twelve characters', () => {
    expect(settingsWith({ stage: 'a' }).stage).toBe('a');
    expect(settingsWith({ stage: 'pr-123456789' }).stage).toBe('pr-123456789');
  });

  it.each(['STANDARD', 'EXPRESS'])('take the workflow %s', (workflow) => {
    expect(settingsWith({ workflow }).workflow).toBe(workflow);
  });

  it('know each party by itself, its address without a slash at the end', () => {
    const { partyUrls } = settingsWith({ carrierUrl: 'https://carrier.example/api/' });

    expect(partyUrls).toEqual({ carrierUrl: 'https://carrier.example/api', paymentProviderUrl: undefined });
  });

  it('take an issuer together with its audience, with the slash that its tokens may have', () => {
    const { tokens } = settingsWith({ issuer: 'https://id.example/', audience: 'shop,back-office' });

    expect(tokens).toEqual({ issuer: 'https://id.example/', audience: 'shop,back-office' });
  });

  it.each([
    [{ stage: 'Prod' }, 'context stage must be 1 to 12 of a-z, 0-9 and -, beginning with a letter, got Prod'],
    [{ stage: '1st' }, 'context stage must be 1 to 12 of a-z, 0-9 and -, beginning with a letter, got 1st'],
    [{ stage: '-dev' }, 'context stage must be 1 to 12 of a-z, 0-9 and -, beginning with a letter, got -dev'],
    [
      { stage: 'pr-1234567890' },
      'context stage must be 1 to 12 of a-z, 0-9 and -, beginning with a letter, got pr-1234567890',
    ],
    [{ stage: 'dev\n' }, 'context stage must be 1 to 12 of a-z, 0-9 and -, beginning with a letter, got dev\n'],
    [{ stage: 'my-aws' }, "context stage must not contain aws, which the user pool's domain may not, got my-aws"],
    [{ stage: 7 }, 'context stage must be a string, got 7'],
    [{ stage: ['dev'] }, 'context stage must be a string, got ["dev"]'],
    [{ workflow: 'express' }, 'context workflow must be STANDARD or EXPRESS, got express'],
    [{ workflow: 'STANDARD ' }, 'context workflow must be STANDARD or EXPRESS, got STANDARD '],
    [{ workflow: true }, 'context workflow must be a string, got true'],
    [{ audience: true }, 'context audience must be a string, got true'],
    [
      { paymentProviderUrl: 'http://p.example' },
      'context paymentProviderUrl must be an https URL, got http://p.example',
    ],
    [{ paymentProviderUrl: 'p.example' }, 'context paymentProviderUrl must be an https URL, got p.example'],
    [{ carrierUrl: 'https://' }, 'context carrierUrl must be an https URL, got https://'],
    [{ carrierUrl: 'https://c.example/a b' }, 'context carrierUrl must be an https URL, got https://c.example/a b'],
    [{ carrierUrl: { url: 1 } }, 'context carrierUrl must be a string, got {"url":1}'],
    [{ issuer: 'id.example', audience: 'shop' }, 'context issuer must be an https URL, got id.example'],
    [{ issuer: 'https://id.example' }, 'context issuer and audience must be given together, got only issuer'],
    [{ audience: 'shop' }, 'context issuer and audience must be given together, got only audience'],
  ])('refuse %j and say why', (context, message) => {
    expect(() => settingsWith(context)).toThrow(new Error(message));
  });
});
