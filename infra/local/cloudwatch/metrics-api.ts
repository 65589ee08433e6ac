import { AwsError } from '../aws-error';
import { groupBy } from './group-by';
import type { MetricQuery, MetricValues } from './metric-values';
import type { Body, Operation } from './operations';
import { findStatistic, STATISTIC_NAMES, type Statistic, toPeriods } from './statistics';

/** Of a request that breaks a rule. */
export const INVALID_METRICS_PARAMETER = 'InvalidParameterValueException';

const METRIC = ['Namespace', 'MetricName', 'Dimensions'];
const WINDOW = ['StartTime', 'EndTime'];
const MAX_LISTED = 500;
const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 1_440;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export function metricsOperations(values: MetricValues): Record<string, Operation> {
  return {
    ListMetrics: { understands: [...METRIC, 'NextToken'], run: (body) => listMetrics(values, body) },
    GetMetricStatistics: {
      understands: [...METRIC, ...WINDOW, 'Period', 'Statistics', 'ExtendedStatistics', 'Unit'],
      run: (body) => getMetricStatistics(values, body),
    },
    GetMetricData: {
      understands: [...WINDOW, 'MetricDataQueries', 'ScanBy'],
      run: (body) => getMetricData(values, body),
    },
  };
}

function listMetrics(values: MetricValues, { Namespace, MetricName, Dimensions = [], NextToken = '0' }: Body) {
  if (!/^\d+$/.test(String(NextToken))) throw invalid(`NextToken is not one that was given out: ${NextToken}`);
  const wanted = Dimensions as ReadonlyArray<{ Name: string; Value?: string }>;
  const found = values
    .listMetrics()
    .filter(({ namespace }) => Namespace === undefined || namespace === Namespace)
    .filter(({ name }) => MetricName === undefined || name === MetricName)
    .filter(({ dimensions }) =>
      wanted.every(({ Name, Value }) => Name in dimensions && (Value === undefined || dimensions[Name] === Value)),
    );
  const end = Number(NextToken) + MAX_LISTED;
  return {
    Metrics: found.slice(Number(NextToken), end).map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(end < found.length && { NextToken: String(end) }),
  };
}

function getMetricStatistics(values: MetricValues, body: Body) {
  const names = (body.Statistics ?? []) as string[];
  const extendedNames = (body.ExtendedStatistics ?? []) as string[];
  if (names.length > 0 === extendedNames.length > 0) {
    throw new AwsError('InvalidParameterCombinationException', 'give either Statistics or ExtendedStatistics');
  }
  const isExtended = extendedNames.length > 0;
  const statistics = [...names, ...extendedNames].map((name) => [name, getStatistic(name)] as const);
  const misplaced = statistics.find(([name]) => STATISTIC_NAMES.includes(name) === isExtended);
  if (misplaced) throw invalid(`Statistics takes ${STATISTIC_NAMES.join(', ')}, ExtendedStatistics p0 to p100`);
  const { query, periodMs } = toQuery(body, body);
  const asked = (query.endAt - query.startAt) / periodMs;
  if (asked > MAX_DATAPOINTS) {
    const message = `You have requested up to ${Math.ceil(asked)} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}.`;
    throw new AwsError('InvalidParameterCombinationException', message);
  }
  const points = [...groupBy(values.find(query), ({ unit }) => unit)].flatMap(([unit, ofUnit]) =>
    toPeriods(ofUnit, query.startAt, periodMs).map(({ at, values: measured }) => {
      const figures = Object.fromEntries(statistics.map(([name, statistic]) => [name, statistic(measured)]));
      return { Timestamp: at / 1000, Unit: unit, ...(isExtended ? { ExtendedStatistics: figures } : figures) };
    }),
  );
  return { Label: query.name, Datapoints: points };
}

function getMetricData(values: MetricValues, body: Body) {
  const { MetricDataQueries: queries = [], ScanBy = 'TimestampDescending' } = body as {
    MetricDataQueries?: Body[];
  } & Body;
  if (queries.length === 0 || queries.length > MAX_QUERIES) {
    throw invalid(`MetricDataQueries must be 1 to ${MAX_QUERIES}, got ${queries.length}`);
  }
  const results = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .map((asked) => {
      const { Id, MetricStat, Label, ReturnData, ...others } = asked;
      if (MetricStat === undefined || Object.keys(others).length > 0) {
        const got = [...Object.keys(others)].join(', ') || 'nothing';
        throw invalid(`a query of the local CloudWatch has Id, MetricStat, Label and ReturnData, got ${got}`);
      }
      const { Metric, Period, Stat, Unit } = MetricStat as Body;
      const { query, periodMs } = toQuery({ ...(Metric as Body), Period, Unit }, body);
      const statistic = getStatistic(String(Stat));
      const points = toPeriods(values.find(query), query.startAt, periodMs);
      if (ScanBy === 'TimestampDescending') points.reverse();
      return {
        Id,
        Label: Label ?? query.name,
        Timestamps: points.map(({ at }) => at / 1000),
        Values: points.map(({ values: measured }) => statistic(measured)),
        StatusCode: 'Complete',
      };
    });
  return { MetricDataResults: results, Messages: [] };
}

function toQuery(metric: Body, window: Body): { query: MetricQuery; periodMs: number } {
  const { Namespace, MetricName, Dimensions = [], Period, Unit } = metric;
  const { StartTime, EndTime } = window;
  const missing = Object.entries({ Namespace, MetricName, Period, StartTime, EndTime })
    .filter(([, value]) => value === undefined)
    .map(([name]) => name);
  if (missing.length > 0) {
    throw new AwsError('MissingRequiredParameterException', `The parameter ${missing.join(', ')} is required`);
  }
  const periodSeconds = Number(Period);
  if (![1, 5, 10, 20, 30].includes(periodSeconds) && (periodSeconds < 60 || periodSeconds % 60 !== 0)) {
    throw invalid(`Period must be 1, 5, 10, 20, 30 or a multiple of 60, got ${Period}`);
  }
  // Timestamps come in seconds. The start is taken back to the whole minute, or to the period if that is shorter.
  const roundMs = Math.min(periodSeconds, 60) * 1000;
  const startAt = Math.floor((Number(StartTime) * 1000) / roundMs) * roundMs;
  const endAt = Number(EndTime) * 1000;
  if (!(startAt < endAt)) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  const dimensions = Object.fromEntries(
    (Dimensions as ReadonlyArray<{ Name: string; Value: string }>).map(({ Name, Value }) => [Name, Value]),
  );
  const query = { namespace: String(Namespace), name: String(MetricName), dimensions, startAt, endAt };
  return { query: { ...query, ...(Unit !== undefined && { unit: String(Unit) }) }, periodMs: periodSeconds * 1000 };
}

function getStatistic(name: string): Statistic {
  const statistic = findStatistic(name);
  if (statistic !== undefined) return statistic;
  throw invalid(`the local CloudWatch knows the statistics ${STATISTIC_NAMES.join(', ')} and p0 to p100, got ${name}`);
}

function invalid(message: string): AwsError {
  return new AwsError(INVALID_METRICS_PARAMETER, message);
}
