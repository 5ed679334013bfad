/** What keeps code from coming in: C1. */
import type { Editor } from "../editor";
import { each } from "../weakening";

export const livenessAttacks = each({ stack: "source", claim: "C1" }, [
  {
    what: "runs no task of the proxy",
    edit: (stack) => {
      stack.change("ecs.Service", "source-proxy", { desiredCount: 0 });
    },
  },
  {
    what: "takes the NAT gateways' subnets' routes to the Internet away",
    edit: (stack) => {
      for (const name of ["public-1", "public-2"]) stack.remove("ec2.Route", `source-network-${name}`);
    },
  },
  {
    what: "takes one NAT gateway's subnet's route to the Internet away",
    edit: (stack) => {
      stack.remove("ec2.Route", "source-network-public-2");
    },
  },
  ...["private-1", "private-2"].map((name) => ({
    what: `has the route ${name} to the NAT gateway in the state blackhole`,
    edit: (stack: Editor) => {
      stack.change("ec2.Route", `source-network-${name}`, { state: "blackhole" });
    },
  })),
  {
    what: "has the public routes in the state blackhole",
    edit: (stack) => {
      for (const name of ["public-1", "public-2"])
        stack.change("ec2.Route", `source-network-${name}`, { state: "blackhole" });
    },
  },
  {
    what: "keeps an endpoint in GitLab's VPC that answers for CodeCommit's name",
    edit: (stack) => {
      const { outputs } = stack.find("ec2.VpcEndpoint", "source-ssm");
      const serviceName = "com.amazonaws.ap-northeast-1.git-codecommit";
      stack.add("ec2.VpcEndpoint", "git", { ...outputs, serviceName }, "vpce-git");
    },
  },
]);
