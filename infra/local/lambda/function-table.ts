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

/** A name for a version of a function. */
export interface AliasDefinition {
  readonly name: string;
  readonly functionVersion: string;
}

/** The only version besides `$LATEST`: the local cloud has no code but the template's, so every version has it. */
export const ONLY_VERSION = '1';

const LATEST = '$LATEST';

/** The functions with their versions and aliases. */
export class FunctionTable {
  private readonly functions = new Map<string, FunctionDefinition>();
  private readonly names = new Map<string, string>();
  private readonly published = new Set<string>();
  private readonly aliases = new Map<string, Map<string, AliasDefinition>>();

  constructor(private readonly place: { readonly region: string; readonly accountId: string }) {}

  create(definition: FunctionDefinition): void {
    const { functionName } = definition;
    if (this.functions.has(functionName)) throw new Error(`function ${functionName} exists already`);
    getHandlerFile(definition);
    this.functions.set(functionName, definition);
    this.names.set(accessKeyIdOf(functionName), functionName);
  }

  publishVersion(nameOrArn: string): void {
    this.published.add(this.get(toFunctionName(nameOrArn)).definition.functionName);
  }

  createAlias(nameOrArn: string, alias: AliasDefinition): void {
    const functionName = toFunctionName(nameOrArn);
    this.get(`${functionName}:${alias.functionVersion}`);
    const ofFunction = this.aliases.get(functionName) ?? new Map<string, AliasDefinition>();
    this.aliases.set(functionName, ofFunction.set(alias.name, alias));
  }

  /** @throws {AwsError} `ResourceNotFoundException` for a function, version or alias that does not exist. */
  get(nameOrArn: string): FunctionTarget {
    const { functionName, qualifier } = parseFunctionName(nameOrArn);
    const definition = this.functions.get(functionName);
    const version = this.findVersion(functionName, qualifier);
    const invokedArn = functionArn(this.place, functionName, qualifier);
    if (definition !== undefined && version !== undefined) return { definition, version, qualifier, invokedArn };
    throw new AwsError('ResourceNotFoundException', `Function not found: ${invokedArn}`, 404);
  }

  list(): FunctionDefinition[] {
    return [...this.functions.values()];
  }

  listAliases(nameOrArn: string): AliasDefinition[] {
    const { functionName } = this.get(toFunctionName(nameOrArn)).definition;
    return [...(this.aliases.get(functionName)?.values() ?? [])];
  }

  /** Which function signs with this access key id, if any. */
  findByAccessKeyId(accessKeyId: string): string | undefined {
    return this.names.get(accessKeyId);
  }

  private findVersion(functionName: string, qualifier: string | undefined): string | undefined {
    if (qualifier === undefined || qualifier === LATEST) return LATEST;
    if (qualifier === ONLY_VERSION) return this.published.has(functionName) ? ONLY_VERSION : undefined;
    return this.aliases.get(functionName)?.get(qualifier)?.functionVersion;
  }
}
