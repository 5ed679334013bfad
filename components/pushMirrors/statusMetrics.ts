/** The state machine that makes metrics of a mirror's status, in the Amazon States Language. */
import { metricNamespace, mirrorDimension, repositoryDimension, runMetrics } from "../alarms/metrics";

/**
 * Reads the status parameter and puts what it says into CloudWatch. JSONata as Step Functions knows it: version 2.0.6, with
 * `$parse` (docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html). A status that is not JSON fails the
 * execution, and the silence is what alarms then.
 *
 * One call takes 1,000 metrics, which is more than a parameter of 8 KB can hold
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html).
 *
 * @param mirror the value of the dimension `Mirror`
 */
export function statusMetricsDefinition(parameterName: string, mirror: string): Record<string, unknown> {
  return {
    Comment: "What the GitLab host wrote into the status parameter, as metrics",
    QueryLanguage: "JSONata",
    StartAt: "ReadStatus",
    States: {
      ReadStatus: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:ssm:getParameter",
        Arguments: { Name: parameterName },
        Output: expression("$parse($states.result.Parameter.Value)"),
        Retry: retry,
        Next: "PutMetrics",
      },
      PutMetrics: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:cloudwatch:putMetricData",
        Arguments: { Namespace: metricNamespace, MetricData: expression(metricData(mirror)) },
        Retry: retry,
        End: true,
      },
    },
  };
}

/** Both services are throttled at times. A datum put twice changes no maximum, and that is what is looked at. */
const retry = [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }];

function expression(jsonata: string): string {
  return `{% ${jsonata} %}`;
}

/** What a run did not see is told by nobody, also as no zero. What is not known to have succeeded has failed. */
function metricData(mirror: string): string {
  const { failed, desired, synchronized, lagging, lag } = runMetrics;
  return `(
  $status := $states.input;
  $mirror := {"Name": ${JSON.stringify(mirrorDimension)}, "Value": ${JSON.stringify(mirror)}};
  $metric := function($name, $value, $unit) {
    {"MetricName": $name, "Value": $value, "Unit": $unit, "Dimensions": [$mirror]}
  };
  $ofRun := [
    $metric("${failed}", $status.outcome = "succeeded" ? 0 : 1, "Count"),
    $metric("${desired}", $status.counts.desired, "Count"),
    $metric("${synchronized}", $status.counts.synchronized, "Count"),
    $metric("${lagging}", $status.counts.lagging, "Count"),
    $metric("${lag}", $status.lagSeconds, "Seconds")
  ];
  $ofRepositories := $each($status.lags, function($seconds, $repository) {
    {
      "MetricName": "${lag}",
      "Value": $seconds,
      "Unit": "Seconds",
      "Dimensions": [$mirror, {"Name": "${repositoryDimension}", "Value": $repository}]
    }
  });
  [$filter($append($ofRun, $ofRepositories), function($one) { $type($one.Value) = "number" })]
)`;
}
