import { findEnv, requireEnv } from '../env';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * What SDK clients ask for credentials, in place of the SDK's own chain of providers (the bundler puts it there): Lambda hands a
 * function the credentials of its role in the environment, and the rest of the chain (files, containers, single sign-on) would be a
 * third of each bundle.
 *
 * @throws {Error} from the provider, when the environment has none
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = () => async (): Promise<Credentials> => {
  const sessionToken = findEnv('AWS_SESSION_TOKEN');
  return {
    accessKeyId: requireEnv('AWS_ACCESS_KEY_ID'),
    secretAccessKey: requireEnv('AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken !== undefined && { sessionToken }),
  };
};
