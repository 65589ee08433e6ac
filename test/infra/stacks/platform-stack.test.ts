import { SCOPES } from '../../../lib/service/contract';
import { ARCHIVE_RETENTION_DAYS, archiveName, eventBusName, RESOURCE_SERVER } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { placeOf, Templates } from '../templates';

const tokensOf = (templates: Templates) => {
  const { stack, Properties } = templates.functionOf('gateway', 'authorize');
  const { TOKEN_ISSUER, TOKEN_AUDIENCE } = Properties.Environment.Variables;
  return { issuer: templates.text(stack, TOKEN_ISSUER), audience: templates.text(stack, TOKEN_AUDIENCE) };
};

describe.each(ASSEMBLY_KINDS)('the bus of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const stack = templates.stackName('platform');
  const bus = templates.only('AWS::Events::EventBus', stack);
  const archive = templates.only('AWS::Events::Archive', stack);

  it('is the only one, with a name that whoever needs it can tell', () => {
    const { Outputs = {} } = templates.byStack.get(stack) ?? {};

    expect(templates.resources('AWS::Events::EventBus')).toHaveLength(1);
    expect(bus.Properties).toEqual({ Name: eventBusName(templates.stage) });
    expect(templates.target(stack, Outputs.EventBusName?.Value)).toBe(placeOf(bus));
  });

  it('keeps every event for 30 days, to be replayed', () => {
    expect(ARCHIVE_RETENTION_DAYS).toBe(30);
    expect(archive.Properties).toMatchObject({
      ArchiveName: archiveName(templates.stage),
      RetentionDays: ARCHIVE_RETENTION_DAYS,
    });
    expect(templates.target(stack, archive.Properties.SourceArn)).toBe(`${placeOf(bus)}.Arn`);
    expect(archive.Properties.EventPattern).toBeUndefined();
  });

  it('outlives its stack in production only, and so does the archive', () => {
    const expected = kind === 'prod' ? 'Retain' : 'Delete';

    expect([bus.DeletionPolicy, archive.DeletionPolicy]).toEqual([expected, expected]);
  });

  it('has a name, and an archive with a name, that AWS takes in the longest stage', () => {
    expect(eventBusName('x'.repeat(12))).toMatch(/^[\w.-]{1,256}$/);
    expect(archiveName('x'.repeat(12))).toMatch(/^[\w.-]{1,48}$/);
  });
});

describe.each(['dev', 'prod'] as const)('the user pool of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const stack = templates.stackName('platform');
  const pool = templates.only('AWS::Cognito::UserPool', stack);
  const client = templates.only('AWS::Cognito::UserPoolClient', stack);
  const server = templates.only('AWS::Cognito::UserPoolResourceServer', stack);

  it('takes no sign-up but by an administrator', () => {
    expect(pool.Properties.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
  });

  it('asks for long passwords of every kind of character', () => {
    expect(pool.Properties.Policies.PasswordPolicy).toMatchObject({
      MinimumLength: 12,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
    });
  });

  it('outlives its stack in production only', () => {
    expect(pool.DeletionPolicy).toBe(kind === 'prod' ? 'Retain' : 'Delete');
    expect(pool.Properties.DeletionProtection).toBe(kind === 'prod' ? 'ACTIVE' : 'INACTIVE');
  });

  it('offers exactly the scopes of the contracts', () => {
    const names = server.Properties.Scopes.map(({ ScopeName }: { ScopeName: string }) => ScopeName);

    expect(server.Properties.Identifier).toBe(RESOURCE_SERVER);
    expect(names).toEqual([...SCOPES]);
    // Cognito takes every visible character but the quotation mark, the slash and the backslash.
    expect(names.filter((name: string) => !/^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/.test(name))).toEqual([]);
  });

  it('has a client for machines, which gets tokens by its secret and in no other way', () => {
    expect(client.Properties).toMatchObject({
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AccessTokenValidity: 60,
      TokenValidityUnits: { AccessToken: 'minutes' },
    });
    expect(client.Properties.AllowedOAuthScopes.map((scope: unknown) => templates.text(stack, scope))).toEqual(
      SCOPES.map((scope) => `\${${placeOf(server)}}/${scope}`),
    );
  });

  it('has a domain that Cognito takes: no more than 63 lower-case characters, and no reserved word', () => {
    const domain = templates.only('AWS::Cognito::UserPoolDomain', stack);
    const prefix = templates.text(stack, domain.Properties.Domain).replace(`\${AWS::AccountId}`, '123456789012');

    expect(prefix).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    expect(prefix).not.toMatch(/aws|amazon|cognito/);
  });

  it('is the issuer that the authorizer believes, its client the audience', () => {
    expect(tokensOf(templates)).toEqual({
      issuer: `\${${placeOf(pool)}.ProviderURL}`,
      audience: `\${${placeOf(client)}}`,
    });
  });

  it('tells where machines get their tokens', () => {
    const { Outputs = {} } = templates.byStack.get(stack) ?? {};

    expect(Object.keys(Outputs)).toEqual(expect.arrayContaining(['UserPoolId', 'MachineClientId', 'TokenUrl']));
    expect(templates.text(stack, Outputs.TokenUrl?.Value)).toMatch(/\.amazoncognito\.com\/oauth2\/token$/);
  });
});

describe('the platform with another issuer', () => {
  const templates = new Templates('ownIssuer');

  it('has no user pool', () => {
    const types = Object.values(templates.byStack.get(templates.stackName('platform'))?.Resources ?? {});

    expect(types.filter(({ Type }) => Type.startsWith('AWS::Cognito::'))).toEqual([]);
  });

  it('believes that issuer', () => {
    expect(tokensOf(templates)).toEqual({ issuer: 'https://id.example', audience: 'shop' });
  });
});
