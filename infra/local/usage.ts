import type { JsonHandler } from './endpoint/endpoint';

/** One use of a service that AWS bills by the use. State transitions are in the executions' histories. */
export type Use =
  | {
      readonly service: 'dynamodb';
      readonly operation: string;
      readonly table: string;
      readonly units: number;
      /** The function that asked; absent for anybody else. */
      readonly functionName?: string;
    }
  /** Told when an invocation begins. */
  | { readonly service: 'lambda'; readonly functionName: string }
  /** Told when an invocation has ended. */
  | {
      readonly service: 'lambda-time';
      readonly functionName: string;
      /** Whole milliseconds, 1 or more. */
      readonly billedMs: number;
      readonly memoryMb: number;
    };

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/** Tells `onUse` the capacity units of every operation that succeeds, whether or not its caller asks for them. */
export function meterTables(
  handle: JsonHandler,
  onUse: (use: Use) => void,
  functionNameOf: (accessKeyId: string) => string | undefined,
): JsonHandler {
  return async (operation, body, caller) => {
    const functionName = functionNameOf(caller.accessKeyId ?? '');
    const { ConsumedCapacity, ...result } = await handle(
      operation,
      { ReturnConsumedCapacity: 'TOTAL', ...body },
      caller,
    );
    for (const consumed of [ConsumedCapacity ?? []].flat() as Consumed[]) {
      onUse({
        service: 'dynamodb',
        operation,
        table: consumed.TableName,
        units: consumed.CapacityUnits,
        ...(functionName !== undefined && { functionName }),
      });
    }
    const isWanted = body.ReturnConsumedCapacity !== undefined && body.ReturnConsumedCapacity !== 'NONE';
    return isWanted ? { ConsumedCapacity, ...result } : result;
  };
}
