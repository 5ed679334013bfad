/** Reads endpoints, load balancers, and what runs: instances, tasks, functions. */
import type { Endpoint, Host, Listener, ListenerTarget, LoadBalancer } from "./deployment";
import type { Properties, StackResource } from "./snapshot";
import { isEmpty, readSquidContainer } from "./squidContainer";
import { isWithin, propertiesOf, type Stack } from "./stack";
import * as types from "./types";
import { needed } from "./vpcs";

const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];
const ATTACHMENTS = ["aws:lb/targetGroupAttachment:TargetGroupAttachment"];
const PROFILE = "aws:iam/instanceProfile:InstanceProfile";
const ROLE = "aws:iam/role:Role";

export function readEndpoints(stack: Stack): Endpoint[] {
  return stack.of(types.VPC_ENDPOINT).map((endpoint) => {
    const kind = stack.text(endpoint, "vpcEndpointType") ?? "Gateway";
    const known = (
      ["Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"] as const
    ).find((name) => name === kind);
    if (known === undefined) stack.gap(endpoint, `its type ${kind} is not understood`);
    return {
      urn: endpoint.urn,
      name: endpoint.name,
      id: endpoint.id,
      kind: known ?? "Interface",
      vpc: needed(stack, endpoint, "vpcId", types.VPCS),
      serviceName: stack.text(endpoint, "serviceName") ?? "",
      policy: stack.policy(endpoint, propertiesOf(endpoint).policy, endpoint.name),
      subnets: stack.references(endpoint, "subnetIds", types.SUBNETS),
      routeTables: stack.references(endpoint, "routeTableIds", types.ROUTE_TABLES),
      securityGroups: stack.references(endpoint, "securityGroupIds", types.GROUPS),
      privateDns: stack.flag(endpoint, "privateDnsEnabled"),
    };
  });
}

export function readLoadBalancers(stack: Stack): LoadBalancer[] {
  const targets = readTargets(stack);
  const listeners = new Map<string, Listener[]>();
  for (const listener of stack.of(...LISTENERS)) {
    const balancer = needed(stack, listener, "loadBalancerArn", types.LOAD_BALANCERS);
    const read = {
      urn: listener.urn,
      port: stack.number(listener, "port") ?? 0,
      protocol: stack.text(listener, "protocol") ?? "",
      targets: readForwarding(stack, listener).flatMap((group) => targets.get(group) ?? []),
    };
    listeners.set(balancer, [...(listeners.get(balancer) ?? []), read]);
  }
  return stack.of(...types.LOAD_BALANCERS).map((balancer) => {
    const kind = stack.text(balancer, "loadBalancerType") ?? "application";
    const mappings = stack.objects(balancer, "subnetMappings").flatMap((mapping) => {
      const subnet = stack.reference(balancer, "subnetId", types.SUBNETS, {
        from: mapping,
        property: "subnetMappings",
      });
      return subnet === undefined
        ? []
        : [{ subnet, ip: stack.text(balancer, "privateIpv4Address", mapping) }];
    });
    const subnets = [
      ...stack.references(balancer, "subnets", types.SUBNETS),
      ...mappings.map(({ subnet }) => subnet),
    ];
    if (subnets.length === 0) stack.gap(balancer, "the subnets that it stands in are not known");
    return {
      urn: balancer.urn,
      name: balancer.name,
      kind: kind === "network" || kind === "gateway" ? kind : "application",
      internal: stack.flag(balancer, "internal"),
      subnets: [...new Set(subnets)].sort(),
      privateIps: Object.fromEntries(
        mappings.flatMap(({ subnet, ip }) => (ip === undefined ? [] : [[subnet, ip]])),
      ),
      dnsName: stack.text(balancer, "dnsName"),
      securityGroups: stack.references(balancer, "securityGroups", types.GROUPS),
      listeners: listeners.get(balancer.urn) ?? [],
    };
  });
}

/** The target groups that a listener passes packets on to; what it answers by itself goes nowhere. */
function readForwarding(stack: Stack, listener: StackResource): string[] {
  const groups = stack.objects(listener, "defaultActions").flatMap((action) => {
    const type = stack.text(listener, "type", action) ?? "forward";
    if (type === "redirect" || type === "fixed-response") return [];
    const property = "defaultActions";
    const group = stack.reference(listener, "targetGroupArn", types.TARGET_GROUPS, {
      from: action,
      property,
    });
    const weighted = stack
      .objects(listener, "targetGroups", stack.object(listener, "forward", action))
      .map((each) => stack.reference(listener, "arn", types.TARGET_GROUPS, { from: each, property }));
    const all = [...(group === undefined ? [] : [group]), ...weighted];
    const known = all.filter((one) => one !== undefined);
    if (type !== "forward" || known.length === 0 || known.length < all.length)
      stack.gap(listener, "an action forwards in a form that is not understood");
    return known;
  });
  return [...new Set(groups)];
}

function readTargets(stack: Stack): Map<string, ListenerTarget[]> {
  const targets = new Map<string, ListenerTarget[]>();
  const add = (group: string, resource: StackResource, to: string, port: number | undefined) => {
    if (port === undefined) {
      stack.gap(resource, "a target's port is not known");
      return;
    }
    const found = stack.of(...types.TARGET_GROUPS).find(({ urn }) => urn === group);
    const healthCheck = found === undefined ? undefined : readHealthCheck(stack, found, port);
    targets.set(group, [...(targets.get(group) ?? []), { to, port, healthCheck }]);
  };
  const ports = new Map(
    stack.of(...types.TARGET_GROUPS).map((group) => [group.urn, stack.number(group, "port")]),
  );
  for (const attachment of stack.of(...ATTACHMENTS)) {
    const group = needed(stack, attachment, "targetGroupArn", types.TARGET_GROUPS);
    const to = needed(stack, attachment, "targetId", [
      types.INSTANCE,
      types.FUNCTION,
      ...types.LOAD_BALANCERS,
    ]);
    add(group, attachment, to, stack.number(attachment, "port") ?? ports.get(group));
  }
  for (const service of stack.of(types.SERVICE)) {
    for (const balancer of stack.objects(service, "loadBalancers")) {
      const group = stack.reference(service, "targetGroupArn", types.TARGET_GROUPS, {
        from: balancer,
        property: "loadBalancers",
      });
      if (group !== undefined)
        add(group, service, service.urn, stack.number(service, "containerPort", balancer));
    }
  }
  return targets;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html */
function readHealthCheck(
  stack: Stack,
  group: StackResource,
  targetPort: number,
): ListenerTarget["healthCheck"] {
  const check = stack.object(group, "healthCheck");
  const port = stack.text(group, "port", check) ?? "traffic-port";
  const number = port === "traffic-port" ? targetPort : Number(port);
  const protocol = stack.text(group, "protocol", check) ?? stack.text(group, "protocol");
  return protocol === undefined || Number.isNaN(number) ? undefined : { protocol, port: number };
}

export function readHosts(stack: Stack): Host[] {
  return [
    ...readInstances(stack),
    ...readServices(stack),
    ...readFunctions(stack),
    ...readScheduledTasks(stack),
  ];
}

function readInstances(stack: Stack): Host[] {
  const addressed = readAddressed(stack);
  const rolesOfProfile = (instance: StackResource) => {
    const profile = stack.reference(instance, "iamInstanceProfile", [PROFILE]);
    const found = stack.of(PROFILE).find(({ urn }) => urn === profile);
    return found === undefined ? (profile ?? []) : (stack.reference(found, "role", [ROLE]) ?? []);
  };
  const gitlabs = stack.of(types.INSTANCE).filter((one) => isWithin(one, types.SOURCE_COMPONENT));
  for (const one of gitlabs.slice(1))
    stack.gap(one, "is not the component's only host: which one is GitLab is not known");
  return stack.of(types.INSTANCE).map((instance): Host => {
    const subnet = stack.reference(instance, "subnetId", types.SUBNETS);
    const groups = ["vpcSecurityGroupIds", "securityGroups"].flatMap((n) =>
      stack.references(instance, n, types.GROUPS),
    );
    const hasMore = ["networkInterfaces", "secondaryNetworkInterfaces"].some(
      (name) => stack.list(instance, name).length > 0,
    );
    // A launch template may give it interfaces, groups and a role that nothing here shows.
    const hasTemplate = Object.keys(stack.object(instance, "launchTemplate")).length > 0;
    if (hasMore || hasTemplate || subnet === undefined) {
      stack.gap(instance, "the network interfaces that it has are not all known");
    }
    const hasMoreAddresses = stack.list(instance, "secondaryPrivateIps").length > 0;
    return {
      urn: instance.urn,
      name: instance.name,
      kind: "instance",
      role: isWithin(instance, types.SOURCE_COMPONENT) ? "gitlab" : "other",
      subnets: subnet === undefined ? [] : [subnet],
      securityGroups: [...new Set(groups)].sort(),
      privateIp: hasMoreAddresses ? undefined : stack.text(instance, "privateIp"),
      publicIp:
        stack.flag(instance, "associatePublicIpAddress") ||
        (isEmpty(instance.inputs.associatePublicIpAddress) && mapsPublicIp(stack, subnet)) ||
        stack.text(instance, "publicIp") !== undefined ||
        addressed.has(instance.urn),
      identities: [rolesOfProfile(instance)].flat(),
    };
  });
}

function readServices(stack: Stack): Host[] {
  const listened = new Set(stack.of(...LISTENERS).flatMap((listener) => readForwarding(stack, listener)));
  return stack.of(types.SERVICE).map((service): Host => {
    const network = stack.object(service, "networkConfiguration");
    const task = taskOf(stack, stack.reference(service, "taskDefinition", [types.TASKS]));
    if (task === undefined) stack.gap(service, "its task definition is not known");
    const isListened = stack.objects(service, "loadBalancers").some((each) =>
      listened.has(
        stack.reference(service, "targetGroupArn", types.TARGET_GROUPS, {
          from: each,
          property: "loadBalancers",
        }) ?? "",
      ),
    );
    const proxy = isListened ? readProxy(stack, service, task) : undefined;
    const desiredCount = stack.number(service, "desiredCount");
    return {
      urn: service.urn,
      name: service.name,
      kind: "tasks",
      role: proxy === undefined ? "other" : "proxy",
      subnets: placed(
        stack.references(service, "subnets", types.SUBNETS, {
          from: network,
          property: "networkConfiguration",
        }),
      ),
      securityGroups: stack.references(service, "securityGroups", types.GROUPS, {
        from: network,
        property: "networkConfiguration",
      }),
      privateIp: undefined,
      publicIp: stack.flag(service, "assignPublicIp", network),
      identities: rolesOf(stack, task),
      ...(desiredCount !== undefined && { desiredCount }),
      ...proxy,
    };
  });
}

function readFunctions(stack: Stack): Host[] {
  return stack.of(types.FUNCTION).map((lambda): Host => {
    const vpc: Properties = stack.object(lambda, "vpcConfig");
    return {
      urn: lambda.urn,
      name: lambda.name,
      kind: "function",
      role: "other",
      subnets: stack.references(lambda, "subnetIds", types.SUBNETS, { from: vpc, property: "vpcConfig" }),
      securityGroups: stack.references(lambda, "securityGroupIds", types.GROUPS, {
        from: vpc,
        property: "vpcConfig",
      }),
      privateIp: undefined,
      publicIp: false,
      identities: [stack.reference(lambda, "role", [ROLE]) ?? []].flat(),
    };
  });
}

/** Instances that an Elastic IP was given to, be it by their first interface. Whose another interface is, is a gap. */
function readAddressed(stack: Stack): Set<string> {
  const byInterface = new Map(
    stack.of(types.INSTANCE).map((one) => [stack.text(one, "primaryNetworkInterfaceId"), one.urn]),
  );
  const ofNat = new Set(stack.of(types.NAT).map((nat) => stack.text(nat, "networkInterfaceId")));
  return new Set(
    stack.of(types.EIP, types.ec2("EipAssociation")).flatMap((resource) => {
      const named = ["instance", "instanceId"].flatMap(
        (name) => stack.reference(resource, name, [types.INSTANCE]) ?? [],
      );
      const own = ["networkInterface", "networkInterfaceId"].flatMap(
        (name) => stack.text(resource, name) ?? [],
      );
      const strange = own.filter((id) => !ofNat.has(id) && !byInterface.has(id));
      if (named.length === 0 && strange.length > 0)
        stack.gap(resource, `whose interface ${strange.join(", ")} is, is not shown`);
      return [...named, ...own.flatMap((id) => byInterface.get(id) ?? [])];
    }),
  );
}

/** Tasks that rules and schedules run: they have interfaces while they do. */
function readScheduledTasks(stack: Stack): Host[] {
  const runs = [
    ...stack
      .of(types.EVENT_TARGET)
      .map((resource) => ({ resource, property: "ecsTarget", task: stack.object(resource, "ecsTarget") })),
    ...stack.of(types.SCHEDULE).map((resource) => {
      const target = stack.object(resource, "target");
      return { resource, property: "target", task: stack.object(resource, "ecsParameters", target) };
    }),
  ];
  return runs.flatMap(({ resource, property, task }): Host[] => {
    if (Object.keys(task).length === 0) return [];
    const network = stack.object(resource, "networkConfiguration", task);
    return [
      {
        urn: resource.urn,
        name: resource.name,
        kind: "tasks",
        role: "other",
        subnets: placed(stack.references(resource, "subnets", types.SUBNETS, { from: network, property })),
        securityGroups: stack.references(resource, "securityGroups", types.GROUPS, {
          from: network,
          property,
        }),
        privateIp: undefined,
        publicIp: stack.flag(resource, "assignPublicIp", network),
        identities: rolesOf(
          stack,
          taskOf(
            stack,
            stack.reference(resource, "taskDefinitionArn", [types.TASKS], { from: task, property }),
          ),
        ),
      },
    ];
  });
}

function taskOf(stack: Stack, reference: string | undefined): StackResource | undefined {
  return stack.of(types.TASKS).find(({ urn }) => urn === reference);
}

function rolesOf(stack: Stack, task: StackResource | undefined): string[] {
  const roles = ["taskRoleArn", "executionRoleArn"].flatMap((name) =>
    task === undefined ? [] : (stack.reference(task, name, [ROLE]) ?? []),
  );
  return [...new Set(roles)].sort();
}

/** Tasks that name no subnet stand where their container instances do, which no one shows. */
function placed(subnets: readonly string[]): readonly string[] {
  return subnets.length > 0 ? subnets : ["of its container instances"];
}

/**
 * What a service's tasks run where that is squid alone. That a service of the component is the proxy says its place alone: one
 * that runs something else is a gap. Undefined for other services.
 */
function readProxy(
  stack: Stack,
  service: StackResource,
  task: StackResource | undefined,
): Pick<Host, "squidConf" | "image"> | undefined {
  const isMade = isWithin(service, types.SOURCE_COMPONENT);
  if (task === undefined) return isMade ? {} : undefined;
  const container = isEmpty(propertiesOf(task).proxyConfiguration)
    ? readSquidContainer(stack.text(task, "containerDefinitions") ?? "")
    : "it has a proxyConfiguration";
  if (typeof container === "string") {
    if (!isMade) return undefined;
    stack.gap(service, `that it runs squid alone, and with which squid.conf, is not known: ${container}`);
    return {};
  }
  const isMeshed = stack.flag(service, "enabled", stack.object(service, "serviceConnectConfiguration"));
  if (isMeshed || stack.flag(service, "enableExecuteCommand")) {
    if (!isMade) return undefined;
    stack.gap(service, "more than its task's container runs in it");
  }
  return { squidConf: container.squidConf, image: container.image };
}

/** Whether instances in a subnet get public addresses where they do not say otherwise. */
function mapsPublicIp(stack: Stack, subnet: string | undefined): boolean {
  const found = stack.of(...types.SUBNETS).find(({ urn }) => urn === subnet);
  return found !== undefined && stack.flag(found, "mapPublicIpOnLaunch");
}
