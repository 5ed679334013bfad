/** How a target group finds out whether a target is well. */
import { z } from "zod";
import type { Properties } from "../accountContext";
import { AwsError } from "../awsError";

/** The health check of a target group, as it is asked for. */
export const healthCheckSchema = z.looseObject({
  enabled: z.boolean().default(true),
  protocol: z.enum(["TCP", "HTTP", "HTTPS"]).optional(),
  port: z
    .union([z.literal("traffic-port"), z.string().regex(/^\d{1,5}$/), z.number()])
    .default("traffic-port"),
  path: z.string().startsWith("/").max(1024).optional(),
  matcher: z.string().optional(),
  interval: z.number().int().min(5).max(300).default(30),
  timeout: z.number().int().min(2).max(120).optional(),
  healthyThreshold: z.number().int().min(2).max(10).default(3),
  unhealthyThreshold: z.number().int().min(2).max(10).default(3),
});

/** A health check with Elastic Load Balancing's defaults; settings that do not fit are refused with ValidationError. */
export function healthCheckOf(healthCheck: z.infer<typeof healthCheckSchema>): Properties {
  const protocol = healthCheck.protocol ?? "TCP";
  if (protocol === "TCP" && (healthCheck.path !== undefined || healthCheck.matcher !== undefined)) {
    throw new AwsError(
      "ValidationError",
      "Health check path and matcher are not supported for health checks with protocol TCP",
    );
  }
  const timeout = healthCheck.timeout ?? (protocol === "TCP" ? 10 : 6);
  if (timeout > healthCheck.interval) {
    throw new AwsError(
      "ValidationError",
      `Health check timeout '${timeout}' must be smaller than or equal to the interval '${healthCheck.interval}'`,
    );
  }
  return {
    ...healthCheck,
    protocol,
    timeout,
    path: healthCheck.path ?? (protocol === "TCP" ? "" : "/"),
    matcher: healthCheck.matcher ?? (protocol === "TCP" ? "" : "200-399"),
  };
}
