import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FunctionUrlAuthType, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Saga } from '../../lib/saga/saga';
import type { Consumer } from '../../lib/service/consumers';
import type { HandlerContract, ServiceContract, Trigger, UrlTrigger } from '../../lib/service/contract';
import { listDeclaredCircuits } from '../../lib/service/declared-circuits';
import { ENV, pascalCase } from '../../lib/service/names';
import type { Bundles } from '../bundle';
import { circuitAlarm } from '../constructs/alarms';
import { functionArn } from '../constructs/arns';
import { grantCircuits } from '../constructs/circuit-grants';
import { EventConsumer } from '../constructs/event-consumer';
import { EventRelay } from '../constructs/event-relay';
import { JobSchedule } from '../constructs/job-schedule';
import { grantOperations } from '../constructs/operations-grants';
import { SagaGrants } from '../constructs/saga-grants';
import { ServiceFunction } from '../constructs/service-function';
import { serviceTable } from '../constructs/service-table';
import { StreamConsumer } from '../constructs/stream-consumer';
import type { Settings } from '../settings';
import type { Tokens } from './platform-stack';

export interface ServiceStackProps extends StackProps {
  readonly contract: ServiceContract;
  /** Every saga of the system. */
  readonly sagas: readonly Saga[];
  /** Every service that is deployed. */
  readonly services: readonly ServiceContract[];
  /** Every consumer of these. */
  readonly consumers: readonly Consumer[];
  readonly bundles: Bundles;
  readonly settings: Settings;
  readonly tokens: Tokens;
  /** The stacks of stand-ins by the service's name. */
  readonly standIns: ReadonlyMap<string, ServiceStack>;
}

/** One service: its table, its functions, and exactly what its contract says that they may do. */
export class ServiceStack extends Stack {
  /** Addresses of handlers with a `url` trigger. */
  readonly urls = new Map<string, string>();
  /** The secret that a stand-in expects. */
  readonly secret: Secret | undefined;
  private readonly table: TableV2 | undefined;
  readonly contract: ServiceContract;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceStackProps,
  ) {
    super(scope, id, props);
    const { contract, settings } = props;
    this.contract = contract;
    const prefix = pascalCase(contract.name);
    if (contract.table) {
      this.table = serviceTable(this, contract, contract.table, settings);
      new CfnOutput(this, `${prefix}TableName`, { value: this.table.tableName });
    }
    if (contract.standIn) {
      this.secret = this.makeSecret('Secret');
      new CfnOutput(this, `${prefix}SecretArn`, { value: this.secret.secretArn });
    }
    const parties = Object.keys(contract.parties ?? {}).map((role) => [role, this.findParty(role)] as const);
    for (const { circuit, name } of listDeclaredCircuits([contract])) {
      circuitAlarm(this, `${pascalCase(circuit)}CircuitOpen`, { circuit: name });
    }
    const made = Object.entries(contract.handlers).map(([name, handler]) => ({
      handler,
      function: this.addHandler(name, handler, new Map(parties)),
    }));
    // A relay must know every event that the others write: it is changed before them.
    const relay = made.find(({ handler }) => handler.trigger.kind === 'relay')?.function;
    if (relay) for (const other of made) if (other.function !== relay) other.function.node.addDependency(relay);
    if (this.secret) for (const value of [this.secret.secretArn, ...this.urls.values()]) this.exportValue(value);
  }

  private addHandler(name: string, contract: HandlerContract, parties: ReadonlyMap<string, Party>): LambdaFunction {
    const { settings, bundles, tokens, sagas, services, consumers } = this.props;
    const service = this.props.contract.name;
    const made = new ServiceFunction(this, pascalCase(name), {
      service,
      handler: name,
      contract,
      settings,
      codeDirectory: bundles.codeOf(service, name),
    });
    this.allowTable(made, contract);
    for (const call of contract.calls ?? []) {
      const [callee = '', operation = ''] = call.split('/');
      made.allow(['lambda:InvokeFunction'], [functionArn(this, settings.stage, callee, operation)]);
    }
    new SagaGrants(made, sagas, settings).add(contract);
    grantOperations(made, contract, consumers);
    grantCircuits(made, contract, services);
    const party = contract.party === undefined ? undefined : parties.get(contract.party);
    if (contract.party !== undefined && party) {
      made.allow(['secretsmanager:GetSecretValue'], [party.secretArn]);
      made.setEnvironment(ENV.partyUrl(contract.party), party.url);
      made.setEnvironment(ENV.partySecretArn(contract.party), party.secretArn);
    }
    if (contract.ownSecret && this.secret) {
      made.allow(['secretsmanager:GetSecretValue'], [this.secret.secretArn]);
      made.setEnvironment(ENV.ownSecretArn, this.secret.secretArn);
    }
    if (contract.tokens) {
      made.setEnvironment(ENV.tokenIssuer, tokens.issuer);
      made.setEnvironment(ENV.tokenAudience, tokens.audience);
    }
    this.addTrigger(name, made, contract.trigger);
    return made.function;
  }

  /** Routes, steps and queries are named by those who call them. */
  private addTrigger(name: string, made: ServiceFunction, trigger: Trigger): void {
    const id = (kind: string) => `${pascalCase(name)}${kind}`;
    const consumer = made;
    if (trigger.kind === 'stream' && this.table) {
      new StreamConsumer(this, id('Stream'), { consumer, table: this.table, trigger });
    }
    if (trigger.kind === 'relay' && this.table) {
      const { events = [] } = this.props.contract;
      new EventRelay(this, id('Relay'), { consumer, table: this.table, trigger, events });
    }
    if (trigger.kind === 'events') new EventConsumer(this, id('Events'), { consumer, trigger });
    if (trigger.kind === 'schedule') new JobSchedule(this, id('Schedule'), { consumer, trigger });
    if (trigger.kind === 'url') this.addUrl(name, made, trigger);
  }

  private allowTable(made: ServiceFunction, contract: HandlerContract): void {
    if (!this.table) return;
    const { tableArn, tableName } = this.table;
    if (contract.table)
      made.allow(
        contract.table.map((action) => `dynamodb:${action}`),
        [tableArn],
      );
    for (const [index, actions] of Object.entries(contract.indexes ?? {})) {
      made.allow(
        actions.map((action) => `dynamodb:${action}`),
        [`${tableArn}/index/${index}`],
      );
    }
    if (contract.table || contract.indexes) made.setEnvironment(ENV.tableName, tableName);
  }

  /** The function checks its callers itself, by the secret: an outside party has no AWS identity. */
  private addUrl(name: string, made: ServiceFunction, trigger: UrlTrigger): void {
    const { url } = made.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    this.urls.set(name, url);
    if (trigger.output !== undefined) new CfnOutput(this, trigger.output, { value: url });
  }

  /** The outside party that the settings name, or its stand-in. */
  private findParty(role: string): Party {
    const { contract, settings, standIns } = this.props;
    const party = contract.parties?.[role];
    const url = settings.partyUrls[party?.urlContext ?? ''];
    if (url !== undefined) {
      const secret = this.makeSecret(`${pascalCase(role)}Secret`);
      new CfnOutput(this, `${pascalCase(role)}SecretArn`, { value: secret.secretArn });
      return { url, secretArn: secret.secretArn };
    }
    const standIn = standIns.get(party?.standIn.service ?? '');
    const standInUrl = standIn?.urls.get(party?.standIn.handler ?? '');
    if (!standIn?.secret || standInUrl === undefined) {
      throw new Error(`${contract.name}: the party ${role} has neither an address in the context nor a stand-in`);
    }
    return { url: standInUrl, secretArn: standIn.secret.secretArn };
  }

  private makeSecret(id: string): Secret {
    return new Secret(this, id, {
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
      removalPolicy: this.props.settings.removalPolicy,
    });
  }
}

/** An outside party as its callers see it. */
interface Party {
  readonly url: string;
  readonly secretArn: string;
}
