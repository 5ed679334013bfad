/** The stand-ins for VPCs and what is in them. */
import type { Family } from "../resource";
import { eip, natGateway } from "./natGateways";
import {
  resolverFirewallConfig,
  resolverFirewallDomainList,
  resolverFirewallRule,
  resolverFirewallRuleGroup,
  resolverFirewallRuleGroupAssociation,
} from "./resolverFirewall";
import { route, routeTable, routeTableAssociation } from "./routes";
import {
  defaultSecurityGroup,
  securityGroup,
  securityGroupEgressRule,
  securityGroupIngressRule,
} from "./securityGroupForms";
import { getSubnet, subnet } from "./subnets";
import { vpcEndpoint } from "./vpcEndpoints";
import { getVpc, internetGateway, vpc } from "./vpcs";

export const network: Family = {
  resources: [
    defaultSecurityGroup,
    eip,
    internetGateway,
    natGateway,
    resolverFirewallConfig,
    resolverFirewallDomainList,
    resolverFirewallRule,
    resolverFirewallRuleGroup,
    resolverFirewallRuleGroupAssociation,
    route,
    routeTable,
    routeTableAssociation,
    securityGroup,
    securityGroupEgressRule,
    securityGroupIngressRule,
    subnet,
    vpc,
    vpcEndpoint,
  ],
  lookUps: [getSubnet, getVpc],
};
