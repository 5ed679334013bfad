/** How a target group finds out whether a target is well. */
import { z } from "zod";
import { AwsError } from "../service";

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

/**
 * A health check with Elastic Load Balancing's defaults for the protocol of its target group. Settings that do not fit
 * the protocol are refused with ValidationError.
 */
export function healthCheckOf(
  protocol: string,
  healthCheck: z.infer<typeof healthCheckSchema>,
): Record<string, unknown> {
  const isHttpGroup = protocol === "HTTP" || protocol === "HTTPS";
  const checkProtocol = healthCheck.protocol ?? (isHttpGroup ? "HTTP" : "TCP");
  if (checkProtocol === "TCP" && isHttpGroup) {
    throw new AwsError(
      "ValidationError",
      `Health check protocol 'TCP' is not supported for ${protocol} target groups`,
    );
  }
  if (checkProtocol === "TCP" && (healthCheck.path !== undefined || healthCheck.matcher !== undefined)) {
    throw new AwsError(
      "ValidationError",
      "Health check path and matcher are not supported for health checks with protocol TCP",
    );
  }
  const timeout = healthCheck.timeout ?? (checkProtocol === "TCP" ? 10 : 6);
  if (timeout > healthCheck.interval) {
    throw new AwsError(
      "ValidationError",
      `Health check timeout '${timeout}' must be smaller than or equal to the interval '${healthCheck.interval}'`,
    );
  }
  const isHttp = checkProtocol !== "TCP";
  return {
    ...healthCheck,
    protocol: checkProtocol,
    timeout,
    path: healthCheck.path ?? (isHttp ? "/" : ""),
    matcher: healthCheck.matcher ?? (isHttp ? (isHttpGroup ? "200" : "200-399") : ""),
  };
}
