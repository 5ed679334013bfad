import { expect } from "chai";
import type { Deployment, ResourceState } from "../../../rehearsal/engines/in-process/deployment";

/** Who lets what in or out, in words: "gitlab in 80 from ingress". */
export function rules(deployment: Deployment): string[] {
  const groups = new Map(
    deployment.ofType("aws:ec2/securityGroup:SecurityGroup").map((g) => [g.id, g.name.slice(4)]),
  );
  const words = (direction: string, preposition: string) => (rule: ResourceState) => {
    const { securityGroupId, referencedSecurityGroupId, cidrIpv4, fromPort, toPort, ipProtocol } =
      rule.outputs;
    expect([ipProtocol, fromPort]).to.deep.equal(["tcp", toPort]);
    const peer = groups.get(String(referencedSecurityGroupId)) ?? String(cidrIpv4);
    return `${groups.get(String(securityGroupId)) ?? ""} ${direction} ${String(fromPort)} ${preposition} ${peer}`;
  };
  return [
    ...deployment
      .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(words("in", "from")),
    ...deployment.ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(words("out", "to")),
  ].sort();
}
