import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import type { Workflow } from '../lib/service/names';

/** What a deployment is told by context (`-c name=value`), checked. */
export interface Settings {
  /** 1 to 12 of `a-z 0-9 -`, default `dev`. */
  readonly stage: string;
  /** So in `prod`: data cannot be deleted by mistake. */
  readonly isProduction: boolean;
  /** What becomes of data and logs when their stack is deleted: kept in production, gone elsewhere. */
  readonly removalPolicy: RemovalPolicy;
  readonly logRetention: RetentionDays;
  /**
   * How each saga's own state machine is deployed, default `STANDARD`. To be chosen at a stage's first deployment: the type of
   * a state machine cannot change, and another of the same name cannot stand beside it.
   */
  readonly workflow: Workflow;
  /** Addresses of real parties by the context key that a contract names. */
  readonly partyUrls: Readonly<Record<string, string | undefined>>;
  /** An OIDC issuer instead of the user pool that the platform stack makes. */
  readonly tokens?: { readonly issuer: string; readonly audience: string };
}

/**
 * Reads the settings from the context.
 *
 * @throws {Error} that says which key is wrong, its value and what is allowed.
 */
export function readSettings(node: Node, partyKeys: readonly string[]): Settings {
  const text = (key: string): string | undefined => {
    const value: unknown = node.tryGetContext(key);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw new Error(`context ${key} must be a string, got ${JSON.stringify(value)}`);
    return value;
  };
  const url = (key: string): string | undefined => {
    const value = text(key);
    if (value !== undefined && !/^https:\/\/[^/\s]+(\/\S*)?$/.test(value)) {
      throw new Error(`context ${key} must be an https URL, got ${value}`);
    }
    return value;
  };
  const stage = text('stage') ?? 'dev';
  if (!/^[a-z][a-z0-9-]{0,11}$/.test(stage)) {
    throw new Error(`context stage must be 1 to 12 of a-z, 0-9 and -, beginning with a letter, got ${stage}`);
  }
  const reserved = ['aws', 'amazon', 'cognito'].find((word) => stage.includes(word));
  if (reserved !== undefined) {
    throw new Error(`context stage must not contain ${reserved}, which the user pool's domain may not, got ${stage}`);
  }
  const issuer = url('issuer');
  const audience = text('audience');
  if ((issuer === undefined) !== (audience === undefined)) {
    throw new Error(`context issuer and audience must be given together, got only ${issuer ? 'issuer' : 'audience'}`);
  }
  const workflow = text('workflow') ?? 'STANDARD';
  if (workflow !== 'STANDARD' && workflow !== 'EXPRESS') {
    throw new Error(`context workflow must be STANDARD or EXPRESS, got ${workflow}`);
  }
  const isProduction = stage === 'prod';
  return {
    stage,
    isProduction,
    removalPolicy: isProduction ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    logRetention: isProduction ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
    workflow,
    partyUrls: Object.fromEntries(partyKeys.map((key) => [key, url(key)?.replace(/\/$/, '')])),
    ...(issuer !== undefined && audience !== undefined && { tokens: { issuer, audience } }),
  };
}
