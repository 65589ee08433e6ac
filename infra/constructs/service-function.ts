import { Duration } from 'aws-cdk-lib';
import { type Conditions, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HandlerContract } from '../../lib/service/contract';
import { ENV, functionName } from '../../lib/service/names';
import type { Settings } from '../settings';

export interface ServiceFunctionProps {
  readonly service: string;
  readonly handler: string;
  readonly contract: HandlerContract;
  readonly codeDirectory: string;
  readonly settings: Settings;
}

/**
 * A handler as a Lambda function with a role of its own: it may write its own log and traces, and nothing else until
 * {@link ServiceFunction.allow} says so.
 *
 * Lambda's lines about each invocation were most of what its log cost. From level WARN on it writes them only for invocations
 * that time out or crash; counts and durations of the others are metrics, which cost nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html#monitoring-cloudwatchlogs-log-level-mapping
 */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  private readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    readonly props: ServiceFunctionProps,
  ) {
    super(scope, id);
    const { service, handler, contract, codeDirectory, settings } = props;
    const name = functionName(settings.stage, service, handler);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${name}`,
      retention: settings.logRetention,
      removalPolicy: settings.removalPolicy,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(codeDirectory),
      handler: 'index.handler',
      role: this.role,
      timeout: Duration.seconds(contract.timeoutSeconds),
      memorySize: contract.memoryMb ?? 256,
      tracing: Tracing.ACTIVE,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: { [ENV.stage]: settings.stage, NODE_OPTIONS: '--enable-source-maps' },
    });
  }

  /** `orders/start-saga`: for people. */
  get title(): string {
    return `${this.props.service}/${this.props.handler}`;
  }

  /** Grants exactly these actions on exactly these resources, where the conditions hold. */
  allow(actions: readonly string[], resources: readonly string[], conditions: Conditions = {}): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }));
  }

  setEnvironment(name: string, value: string): void {
    this.function.addEnvironment(name, value);
  }
}
