/** The stand-ins for Systems Manager, CloudWatch and CloudTrail. */
import type { Family } from "../resource";
import { trail } from "./cloudTrail";
import { dashboard, metricAlarm } from "./cloudWatch";
import { logGroup, logMetricFilter } from "./logs";
import { parameter } from "./ssm";
import { association } from "./ssmAssociations";
import { document } from "./ssmDocuments";

export const management: Family = {
  resources: [association, dashboard, document, logGroup, logMetricFilter, metricAlarm, parameter, trail],
};
