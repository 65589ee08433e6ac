import { type HttpAnswer, type HttpRequest, parseCaller } from './protocol';

/** The region and the account in the ARNs of resources. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Shows the one set of resources in the region and account that the caller set: ARNs of its place in a request are those of
 * home, and the other way round in the answer. The region is that of the signature; the account is the access key id when
 * that is twelve digits, as an account has no other way into a signature.
 */
export async function answerInPlace(
  request: HttpRequest,
  home: Place,
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const place = placeOf(request, home);
  if (place.region === home.region && place.accountId === home.accountId) return answer(request);
  const answered = await answer({
    ...request,
    path: moveArns(request.path, place, home),
    rawQuery: moveArns(request.rawQuery, place, home),
    body: Buffer.from(moveArns(request.body.toString('utf8'), place, home)),
  });
  return { ...answered, body: moveArns(String(answered.body ?? ''), home, place) };
}

function placeOf({ headers }: HttpRequest, home: Place): Place {
  const { region, accessKeyId = '' } = parseCaller(headers);
  return { region: region ?? home.region, accountId: /^\d{12}$/.test(accessKeyId) ? accessKeyId : home.accountId };
}

/** ARNs and queue URLs of `from` as those of `to`, percent-encoded ARNs too. IAM's have an account and no region. */
function moveArns(text: string, from: Place, to: Place): string {
  const colon = '(?::|%3A)';
  const start = `arn${colon}aws${colon}[a-z0-9-]+${colon}`;
  const arns = new RegExp(`(${start})(${from.region})?(${colon})${from.accountId}(?=${colon})`, 'gi');
  const moved = text.replace(arns, (_arn, service: string, region: string | undefined, end: string) =>
    [service, region && to.region, end, to.accountId].join(''),
  );
  // The account in the URL of a queue.
  return moved.replace(new RegExp(`(https?://[^/"]+/)${from.accountId}(?=/)`, 'g'), `$1${to.accountId}`);
}
