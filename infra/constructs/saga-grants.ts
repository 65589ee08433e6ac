import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { hasUndos } from '../../lib/saga/rows';
import type { Saga } from '../../lib/saga/saga';
import { sagaVariables } from '../../lib/saga/saga-variables';
import type { HandlerContract } from '../../lib/service/contract';
import { executionLogName, type MachineRole, stateMachineName } from '../../lib/service/names';
import type { Settings } from '../settings';
import { stateMachineArn } from './arns';
import type { ServiceFunction } from './service-function';

/** What a handler may do with state machines, and the names under which its environment has them. */
export class SagaGrants {
  /** Resources by action. A set each: with STANDARD one state machine has two roles. */
  private readonly resources = new Map<string, Set<string>>();

  constructor(
    private readonly made: Construct & Pick<ServiceFunction, 'allow' | 'setEnvironment'>,
    private readonly sagas: readonly Saga[],
    private readonly settings: Pick<Settings, 'stage' | 'workflow'>,
  ) {}

  /** Grants and tells what a contract says, and nothing when it names no saga. */
  add(contract: HandlerContract): void {
    const { starts = [], repairs = [], undoes = [], watches = [] } = contract;
    for (const saga of starts) this.allow('states:StartExecution', this.machine(saga, 'main'));
    for (const saga of repairs) this.allowTakingUp(saga, this.standardRoles(saga));
    for (const saga of undoes) this.allowTakingUp(saga, ['undo']);
    for (const saga of watches) this.allowReading(saga);
    for (const [action, resources] of this.resources) this.made.allow([action], [...resources]);
    const variables = sagaVariables(contract, {
      workflow: this.settings.workflow,
      hasUndos: (saga) => this.isUndone(saga),
      arnOf: (saga, role) => this.machine(saga, role),
    });
    for (const [name, value] of Object.entries(variables)) this.made.setEnvironment(name, value);
  }

  /** It starts only standard executions, and looks at those before whether they have ended. */
  private allowTakingUp(saga: string, starts: readonly MachineRole[]): void {
    for (const role of starts) this.allow('states:StartExecution', this.machine(saga, role));
    for (const role of this.standardRoles(saga)) this.allow('states:DescribeExecution', this.executions(saga, role));
  }

  /** A standard execution has a history; of an Express one the log is all there is. */
  private allowReading(saga: string): void {
    for (const role of this.standardRoles(saga)) {
      this.allow('states:GetExecutionHistory', this.executions(saga, role));
    }
    if (this.settings.workflow === 'STANDARD') return;
    const { partition, region, account } = Stack.of(this.made);
    const log = executionLogName(stateMachineName(this.settings.stage, saga, 'main'));
    this.allow('logs:FilterLogEvents', `arn:${partition}:logs:${region}:${account}:log-group:${log}:*`);
  }

  private allow(action: string, resource: string): void {
    this.resources.set(action, (this.resources.get(action) ?? new Set()).add(resource));
  }

  /** The roles of the saga's standard state machines. */
  private standardRoles(saga: string): MachineRole[] {
    return this.isUndone(saga) ? [this.repairRole, 'undo'] : [this.repairRole];
  }

  private get repairRole(): MachineRole {
    return this.settings.workflow === 'STANDARD' ? 'main' : 'repair';
  }

  private isUndone(saga: string): boolean {
    return hasUndos(this.get(saga));
  }

  private machine(saga: string, role: MachineRole): string {
    return stateMachineArn(this.made, stateMachineName(this.settings.stage, this.get(saga).name, role));
  }

  /** @throws {Error} when a contract names a saga that does not exist. */
  private get(name: string): Saga {
    const saga = this.sagas.find((candidate) => candidate.name === name);
    if (saga) return saga;
    throw new Error(`there is no saga ${name}`);
  }

  private executions(saga: string, role: MachineRole): string {
    return `${this.machine(saga, role).replace(':stateMachine:', ':execution:')}:*`;
  }
}
