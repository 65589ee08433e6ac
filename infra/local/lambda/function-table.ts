import { AwsError } from '../aws-error';
import { accessKeyIdOf, type FunctionDefinition, getHandlerFile } from './function-definition';
import { functionArn, parseFunctionName, toFunctionName } from './function-name';

/** What an invocation runs. */
export interface FunctionTarget {
  readonly definition: FunctionDefinition;
  /** `$LATEST` or `1`. */
  readonly version: string;
  /** The version or alias that the caller named, if any. */
  readonly qualifier: string | undefined;
  /** The function's ARN with that qualifier. */
  readonly invokedArn: string;
}

/** The only version besides `$LATEST`: the local cloud has no code but the template's, so every version has it. */
export const ONLY_VERSION = '1';

const LATEST = '$LATEST';

/** The functions with their versions and aliases. */
export class FunctionTable {
  /** By ARN, with each qualifier and without one. */
  private readonly targets = new Map<string, FunctionTarget>();
  private readonly names = new Map<string, string>();

  constructor(private readonly place: { readonly region: string; readonly accountId: string }) {}

  create(definition: FunctionDefinition): void {
    const { functionName } = definition;
    if (this.names.has(accessKeyIdOf(functionName))) throw new Error(`function ${functionName} exists already`);
    getHandlerFile(definition);
    this.names.set(accessKeyIdOf(functionName), functionName);
    this.add(definition, LATEST, undefined);
    this.add(definition, LATEST, LATEST);
  }

  publishVersion(nameOrArn: string): void {
    this.add(this.get(nameOrArn).definition, ONLY_VERSION, ONLY_VERSION);
  }

  createAlias(nameOrArn: string, { name, functionVersion }: { name: string; functionVersion: string }): void {
    const { definition } = this.get(`${toFunctionName(nameOrArn)}:${functionVersion}`);
    this.add(definition, functionVersion, name);
  }

  /** @throws {AwsError} `ResourceNotFoundException` for a function, version or alias that does not exist. */
  get(nameOrArn: string): FunctionTarget {
    const target = this.find(nameOrArn);
    if (target !== undefined) return target;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${this.toArn(nameOrArn)}`, 404);
  }

  find(nameOrArn: string): FunctionTarget | undefined {
    return this.targets.get(this.toArn(nameOrArn));
  }

  /** Every function, as it is without a qualifier. */
  list(): FunctionTarget[] {
    return [...this.targets.values()].filter(({ qualifier }) => qualifier === undefined);
  }

  /** Which function signs with this access key id, if any. */
  findByAccessKeyId(accessKeyId: string): string | undefined {
    return this.names.get(accessKeyId);
  }

  private toArn(nameOrArn: string): string {
    const { functionName, qualifier } = parseFunctionName(nameOrArn);
    return functionArn(this.place, functionName, qualifier);
  }

  private add(definition: FunctionDefinition, version: string, qualifier: string | undefined): void {
    const invokedArn = functionArn(this.place, definition.functionName, qualifier);
    this.targets.set(invokedArn, { definition, version, qualifier, invokedArn });
  }
}
