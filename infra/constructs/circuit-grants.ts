import type { HandlerContract, ServiceContract } from '../../lib/service/contract';
import { listDeclaredCircuits } from '../../lib/service/declared-circuits';
import { ENV, tableName } from '../../lib/service/names';
import { tableArn } from './arns';
import type { ServiceFunction } from './service-function';

/** @throws {Error} unless exactly one service keeps the circuits. */
export function keeperOf(services: readonly ServiceContract[]): ServiceContract {
  const [keeper, ...others] = services.filter(({ keepsCircuits }) => keepsCircuits);
  if (keeper && others.length === 0) return keeper;
  throw new Error(`exactly one service must keep the circuits, got ${keeper ? others.length + 1 : 0}`);
}

/**
 * Lets a handler that calls a party use the circuits of its service, and no others: the partition of the table is the service's name.
 * Both actions name a partition always, without which the condition would hold for whatever they are about.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function grantCircuits(
  made: ServiceFunction,
  { party, circuits }: HandlerContract,
  services: readonly ServiceContract[],
): void {
  const { service: own, settings } = made.props;
  if (party !== undefined) {
    const keeper = keeperOf(services).name;
    made.allow(['dynamodb:Query', 'dynamodb:UpdateItem'], [tableArn(made, settings.stage, keeper)], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [own] },
    });
    made.setEnvironment(ENV.circuitsTableName, tableName(settings.stage, keeper));
  }
  if (circuits) {
    const names = listDeclaredCircuits(services).map(({ service, circuit }) => `${service}/${circuit}`);
    made.setEnvironment(ENV.circuits, names.join());
  }
}
