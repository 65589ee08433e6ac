import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { OAuthScope, UserPool, UserPoolClient, UserPoolResourceServer } from 'aws-cdk-lib/aws-cognito';
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { SCOPES } from '../../lib/service/contract';
import { ARCHIVE_RETENTION_DAYS, archiveName, eventBusName, RESOURCE_SERVER } from '../../lib/service/names';
import type { Settings } from '../settings';

/** Who issues access tokens, and for whom they are meant. */
export interface Tokens {
  readonly issuer: string;
  readonly audience: string;
}

/**
 * What all services share: the bus with its archive, and the user pool that issues access tokens, unless the settings name another
 * issuer.
 */
export class PlatformStack extends Stack {
  readonly tokens: Tokens;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, props);
    this.makeBus(settings);
    this.tokens = settings.tokens ?? this.makeUserPool(settings);
  }

  /** No pattern: the archive keeps every event. What is replayed is not kept again. */
  private makeBus({ stage, removalPolicy }: Settings): void {
    const bus = new EventBus(this, 'Bus', { eventBusName: eventBusName(stage) });
    const archive = new CfnArchive(this, 'Archive', {
      archiveName: archiveName(stage),
      description: 'Every event, to be replayed',
      sourceArn: bus.eventBusArn,
      retentionDays: ARCHIVE_RETENTION_DAYS,
    });
    for (const resource of [bus, archive]) resource.applyRemovalPolicy(removalPolicy);
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
  }

  private makeUserPool(settings: Settings): Tokens {
    const pool = new UserPool(this, 'UserPool', {
      userPoolName: `holdfast-${settings.stage}`,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      deletionProtection: settings.isProduction,
      removalPolicy: settings.removalPolicy,
    });
    const scopes = SCOPES.map((scopeName) => ({ scopeName, scopeDescription: scopeName }));
    const server = new UserPoolResourceServer(this, 'ResourceServer', {
      userPool: pool,
      identifier: RESOURCE_SERVER,
      scopes,
    });
    const domain = pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `holdfast-${settings.stage}-${Aws.ACCOUNT_ID}` },
    });
    const client = new UserPoolClient(this, 'MachineClient', {
      userPool: pool,
      userPoolClientName: `holdfast-${settings.stage}-machine`,
      generateSecret: true,
      accessTokenValidity: Duration.hours(1),
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.resourceServer(server, scope)),
      },
    });
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId });
    new CfnOutput(this, 'MachineClientId', { value: client.userPoolClientId });
    new CfnOutput(this, 'TokenUrl', { value: `${domain.baseUrl()}/oauth2/token` });
    return { issuer: pool.userPoolProviderUrl, audience: client.userPoolClientId };
  }
}
