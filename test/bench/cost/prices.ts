/** What one unit costs, in US dollars, and the page that says so. */
export interface Price {
  readonly dollars: number;
  readonly source: string;
}

/**
 * Where the prices hold, and when they were collected, from copies of the pages that are some months old (Lambda's of 2026-06-18). List
 * prices, without the free tier and without discounts for volume.
 */
export const PRICES_OF = { region: 'us-east-1', collectedAt: '2026-11-24' } as const;

const MILLION = 1_000_000;

export const PRICES = {
  /** A REST API, the first 333 million in a month. */
  apiRequest: { dollars: 3.5 / MILLION, source: 'https://aws.amazon.com/api-gateway/pricing/' },
  invocation: { dollars: 0.2 / MILLION, source: 'https://aws.amazon.com/lambda/pricing/' },
  /** On arm64. */
  functionGbSecond: { dollars: 0.0000133334, source: 'https://aws.amazon.com/lambda/pricing/' },
  /** Of a Standard state machine. */
  transition: { dollars: 25 / MILLION, source: 'https://aws.amazon.com/step-functions/pricing/' },
  expressRequest: { dollars: 1 / MILLION, source: 'https://aws.amazon.com/step-functions/pricing/' },
  /** $0.06 for a GB-hour, the first thousand in a month. */
  expressGbSecond: { dollars: 0.06 / 3600, source: 'https://aws.amazon.com/step-functions/pricing/' },
  writeUnit: { dollars: 0.625 / MILLION, source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  readUnit: { dollars: 0.125 / MILLION, source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  /** Lambda reads streams for nothing. */
  streamRead: {
    dollars: 0,
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CostOptimization_StreamsUsage.html',
  },
  /** An event of ours on a bus; what rules deliver within the account is free. */
  event: { dollars: 1 / MILLION, source: 'https://aws.amazon.com/eventbridge/pricing/' },
  /** $0.10 for a GB that goes into the archive, and $0.023 for the month that it stays there. */
  archivedByte: { dollars: (0.1 + 0.023) / 1e9, source: 'https://aws.amazon.com/eventbridge/pricing/' },
  /** Of a standard queue, the first hundred thousand million in a month. */
  queueRequest: { dollars: 0.4 / MILLION, source: 'https://aws.amazon.com/sqs/pricing/' },
  /** $0.50 for a GB, taken as a thousand million bytes: the smaller reading of it, and so the dearer one. */
  logByte: { dollars: 0.5 / 1e9, source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  trace: { dollars: 5 / MILLION, source: 'https://aws.amazon.com/xray/pricing/' },
} as const satisfies Record<string, Price>;
