/** The way in for work terminals: a load balancer that ends TLS. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { NewGitlabArgs } from "./gitlabArgs";
import { createIngressName } from "./ingressName";
import type { Network } from "./network";
import type { Scope } from "../scope";
import { allowIn, allowOut, securityGroup } from "./securityGroups";

/** What a work terminal reaches, and where it ends up on the host. */
interface Door {
  suffix: "web" | "ssh";
  /** The port on the load balancer. */
  port: number;
  /** The port on the host. */
  hostPort: number;
}

const web: Door = { suffix: "web", port: 443, hostPort: 80 };
const ssh: Door = { suffix: "ssh", port: 22, hostPort: 22 };

export interface Ingress {
  dnsName: pulumi.Output<string>;
  /** The URL people use. */
  url: pulumi.Output<string>;
  doors: { door: Door; targetGroup: aws.lb.TargetGroup }[];
}

/**
 * Makes the load balancer, its certificate where one is asked for, and a listener for each door. It has a security group
 * from the start, because a Network Load Balancer made without one can never get one (docs.aws.amazon.com/
 * elasticloadbalancing/latest/network/load-balancer-security-groups.html).
 */
export function createIngress(
  scope: Scope,
  network: Network,
  { gitlab, workTerminalCidrs }: { gitlab: NewGitlabArgs; workTerminalCidrs: string[] },
  gitlabGroup: aws.ec2.SecurityGroup,
): Ingress {
  const doors = gitlab.gitOverSsh ? [web, ssh] : [web];
  const group = securityGroup(
    scope,
    "ingress",
    network.vpcId,
    "Ingress load balancer, for work terminals only",
  );
  const balancer = new aws.lb.LoadBalancer(
    `${scope.name}-ingress`,
    {
      loadBalancerType: "network",
      internal: false,
      securityGroups: [group.id],
      subnets: network.publicSubnets.map((subnet) => subnet.id),
      // There is one host in one zone; people reach it by the addresses of both.
      enableCrossZoneLoadBalancing: true,
    },
    { parent: scope.parent },
  );
  const certificateArn = gitlab.certificateArn ?? createdCertificate(scope, gitlab, balancer);
  return {
    dnsName: balancer.dnsName,
    url: pulumi.interpolate`https://${gitlab.hostname ?? balancer.dnsName}`,
    doors: doors.map((door) => {
      for (const cidr of workTerminalCidrs)
        allowIn(scope, `ingress-in-${door.suffix}-${cidr.replace("/", "-")}`, group, {
          cidr,
          port: door.port,
        });
      allowOut(scope, `ingress-out-${door.suffix}`, group, { group: gitlabGroup, port: door.hostPort });
      allowIn(scope, `gitlab-in-${door.suffix}`, gitlabGroup, { group, port: door.hostPort });
      return { door, targetGroup: openDoor(scope, network, door, { balancer, certificateArn }) };
    }),
  };
}

/** Sends what comes in by the doors to the host. */
export function connectIngress(scope: Scope, ingress: Ingress, host: aws.ec2.Instance): void {
  for (const { door, targetGroup } of ingress.doors)
    new aws.lb.TargetGroupAttachment(
      `${scope.name}-${door.suffix}`,
      { targetGroupArn: targetGroup.arn, targetId: host.id, port: door.hostPort },
      { parent: scope.parent },
    );
}

/**
 * Client addresses are not preserved, so that the host sees the load balancer alone and can admit its group alone; on
 * the web door the PROXY protocol tells GitLab who it was, while sshd does not understand it. The health check is a
 * TCP connection: nginx answers no plain HTTP request where it expects that protocol.
 */
function openDoor(
  scope: Scope,
  network: Network,
  door: Door,
  { balancer, certificateArn }: { balancer: aws.lb.LoadBalancer; certificateArn: pulumi.Input<string> },
): aws.lb.TargetGroup {
  const name = `${scope.name}-${door.suffix}`;
  const opts = { parent: scope.parent };
  const targetGroup = new aws.lb.TargetGroup(
    name,
    {
      vpcId: network.vpcId,
      targetType: "instance",
      protocol: "TCP",
      port: door.hostPort,
      preserveClientIp: "false",
      proxyProtocolV2: door === web,
      healthCheck: { protocol: "TCP" },
    },
    opts,
  );
  new aws.lb.Listener(
    name,
    {
      loadBalancerArn: balancer.arn,
      port: door.port,
      ...(door === web
        ? { protocol: "TLS", certificateArn, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }
        : { protocol: "TCP" }),
      defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
    },
    opts,
  );
  return targetGroup;
}

/** One for GitLab's name in a zone that is given, or one that it signs itself. */
function createdCertificate(
  scope: Scope,
  { hostname, hostedZoneId }: NewGitlabArgs,
  balancer: aws.lb.LoadBalancer,
): pulumi.Output<string> {
  if (hostname !== undefined && hostedZoneId !== undefined)
    return createIngressName(scope, { hostname, hostedZoneId }, balancer);
  return selfSignedCertificate(scope, hostname ?? balancer.dnsName);
}

/**
 * A certificate that nobody vouches for, good for a year and renewed by any update in its last month. It has no common
 * name: that holds 64 characters at most, and a load balancer's name may be longer.
 */
function selfSignedCertificate(scope: Scope, hostname: pulumi.Input<string>): pulumi.Output<string> {
  const name = `${scope.name}-self-signed`;
  const opts = { parent: scope.parent };
  const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  const certificate = new tls.SelfSignedCert(
    name,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { organization: "git-airlock, self-signed" },
      dnsNames: [hostname],
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: 365 * 24,
      earlyRenewalHours: 30 * 24,
    },
    opts,
  );
  return new aws.acm.Certificate(
    name,
    { privateKey: key.privateKeyPem, certificateBody: certificate.certPem },
    opts,
  ).arn;
}
