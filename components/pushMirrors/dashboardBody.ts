/** What a mirror's dashboard shows. */
import { metricNamespace, mirrorDimension, repositoryDimension, runMetrics } from "../alarms/metrics";

export interface DashboardSettings {
  region: string;
  /** The value of the dimension `Mirror`. */
  mirror: string;
  /** Name of the metric of what the proxy refused; undefined where no proxy was made. */
  proxyRefusalsMetric?: string | undefined;
}

/** The host tells every half hour or so. */
const period = 1800;

/**
 * The dashboard as JSON. Repositories are searched for, so that one that was never behind needs no graph of its own
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html,
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html).
 */
export function dashboardBody({ region, mirror, proxyRefusalsMetric }: DashboardSettings): string {
  const { failed, desired, synchronized, lag } = runMetrics;
  const ofRun = (metric: string, options: object) => [
    metricNamespace,
    metric,
    mirrorDimension,
    mirror,
    options,
  ];
  const search =
    `SEARCH('{"${metricNamespace}",${mirrorDimension},${repositoryDimension}} ` +
    `MetricName="${lag}" ${mirrorDimension}="${mirror}"', 'Maximum', ${period})`;
  const graphs = [
    { title: "Lag by repository, in seconds", metrics: [[{ id: "lag", expression: search }]] },
    {
      title: "Mirrors",
      metrics: [
        ofRun(desired, { stat: "Maximum", label: "wanted" }),
        ofRun(synchronized, { stat: "Minimum", label: "synchronized" }),
      ],
    },
    { title: "Runs that failed", metrics: [ofRun(failed, { stat: "Sum", label: "failed" })] },
    ...(proxyRefusalsMetric === undefined
      ? []
      : [
          {
            title: "What the proxy refused",
            metrics: [[metricNamespace, proxyRefusalsMetric, { stat: "Sum", label: "refused" }]],
          },
        ]),
  ];
  return JSON.stringify({
    widgets: graphs.map(({ title, metrics }, i) => ({
      type: "metric",
      x: (i % 2) * 12,
      y: Math.floor(i / 2) * 6,
      width: 12,
      height: 6,
      properties: { title, region, metrics, view: "timeSeries", period, yAxis: { left: { min: 0 } } },
    })),
  });
}
