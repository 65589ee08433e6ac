import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { escapeXml } from './errors';
import type { Caller, QueryHandler } from './protocol';

/**
 * Answers the one action of AWS STS that tools need: GetCallerIdentity. `arnOf` says who a caller is, such as a
 * function's role.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function createStsApi(options: { accountId: string; arnOf(caller: Caller): string }): QueryHandler {
  return (action, _params, caller) => {
    if (action !== 'GetCallerIdentity') {
      const message = `STS action ${action} is not part of the local cloud; it has GetCallerIdentity`;
      throw new AwsError('InvalidAction', message);
    }
    const arn = escapeXml(options.arnOf(caller));
    // Who signs with an account for an access key id is of that account: see caller-place.ts.
    const { accessKeyId = options.accountId } = caller;
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : options.accountId;
    const xml =
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `<Arn>${arn}</Arn><UserId>${escapeXml(accessKeyId)}</UserId>` +
      `<Account>${account}</Account></GetCallerIdentityResult>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
    return { status: 200, xml };
  };
}
