import { findEnv } from '../env';
import { digest } from '../id';

const ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

/**
 * The trace id of this call: 32 lower-case hexadecimal digits, as in W3C `traceparent`. An X-Ray root
 * `1-5759e988-bd862e3fe1be46a994272793` is the same id written with its parts apart. It is taken from the header that the
 * gateway sends on (`X-Amzn-Trace-Id`), else from the environment; without any, it is made from `seed`.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
 */
export function currentTraceId(seed: string, traceHeader = ''): string {
  const root = ROOT.exec(traceHeader) ?? ROOT.exec(findEnv('_X_AMZN_TRACE_ID') ?? '');
  return root ? `${root[1]}${root[2]}` : digest(seed).slice(0, 32);
}
