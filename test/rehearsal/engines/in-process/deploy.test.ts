import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect } from "chai";
import { Account } from "../../../../rehearsal/aws/account";
import { DeployError, deploy, type DeployOptions } from "../../../../rehearsal/engines/in-process/deploy";
import { containsUnknown, isSecret } from "../../../../rehearsal/engines/in-process/wire";

const account = () => new Account({ accountId: "111111111111", region: "ap-northeast-1", seed: "test" });

function run(program: DeployOptions["program"], more: Partial<DeployOptions> = {}) {
  return deploy({ project: "p", stack: "s", config: {}, account: account(), program, ...more });
}

/** Program bodies that return nothing but make resources. */
function making(body: () => void): DeployOptions["program"] {
  return () => {
    body();
    return Promise.resolve(undefined);
  };
}

const failure = async (deployment: Promise<unknown>): Promise<DeployError> => {
  try {
    await deployment;
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error("the deployment succeeded");
};

const vpcArgs: awsx.ec2.VpcArgs = {
  cidrBlock: "10.0.0.0/16",
  availabilityZoneNames: ["ap-northeast-1a", "ap-northeast-1c"],
  subnetStrategy: "Auto",
  subnetSpecs: [{ type: "Public" }, { type: "Private" }, { type: "Isolated" }],
};

describe("the in-process engine", () => {
  it("names a resource after the whole chain of its parents' types, as the engine does", async () => {
    class Outer extends pulumi.ComponentResource {
      constructor() {
        super("test:index:Outer", "outer");
        new aws.iam.User("user", {}, { parent: this });
        this.registerOutputs();
      }
    }
    const { resources } = await run(making(() => new Outer()));
    expect(resources.map((r) => r.urn)).to.include(
      "urn:pulumi:s::p::test:index:Outer$aws:iam/user:User::user",
    );
  });

  it("refuses two resources of one type, name and parent", async () => {
    const error = await failure(
      run(
        making(() => {
          new aws.iam.User("twin", {});
          new aws.iam.User("twin", { path: "/other/" });
        }),
      ),
    );
    expect(error.message).to.contain("Duplicate resource URN").and.contain("twin");
  });

  it("reports what the account refuses, and keeps what was made before", async () => {
    const error = await failure(
      run(
        making(() => {
          const good = new aws.iam.User("good", {});
          new aws.iam.User("bad", { name: good.name.apply(() => "not a user name!") });
        }),
      ),
    );
    expect(error.message).to.match(/failed to register new resource bad .*not a user name!/s);
    expect(error.resources.map((r) => r.name))
      .to.include("good")
      .and.not.include("bad");
  });

  it("reports what the account refuses to look up", async () => {
    const error = await failure(
      run(() => {
        const vpc = aws.ec2.getVpcOutput({ id: "vpc-0123456789abcdef0" });
        return Promise.resolve({ cidrBlock: vpc.cidrBlock });
      }),
    );
    expect(error.message).to.equal("InvalidVpcID.NotFound: no matching EC2 VPC found");
  });

  it("reports an error that the program throws, once", async () => {
    const error = await failure(run(() => Promise.reject(new Error("the config is wrong"))));
    expect(error.errors.map((e) => e.message)).to.deep.equal(["the config is wrong"]);
  });

  it("refuses a resource type that the account does not have", async () => {
    const error = await failure(run(making(() => new aws.sqs.Queue("queue"))));
    expect(error.message).to.contain("no resource type");
  });

  it("keeps what the provider calls a secret marked in the state and in the outputs", async () => {
    const deployment = await run(() => {
      const password = new random.RandomPassword("password", { length: 24 });
      return Promise.resolve({ password: password.result });
    });
    expect(
      isSecret(
        deployment.resource("random:index/randomPassword:RandomPassword", "password").outputs["result"],
      ),
    ).to.equal(true);
    expect(deployment.secretOutputNames()).to.deep.equal(["password"]);
  });

  it("lets a stack read an earlier one's outputs by reference, its secrets still secret", async () => {
    const first = await run(() => Promise.resolve({ open: "x", closed: pulumi.secret("y") }), {
      stack: "first",
    });
    const second = await run(
      async () => {
        const reference = new pulumi.StackReference("organization/p/first");
        return {
          open: await reference.getOutputDetails("open"),
          closed: await reference.getOutputDetails("closed"),
        };
      },
      { stacks: [first] },
    );
    expect(second.outputs).to.deep.equal({ open: { value: "x" }, closed: { secretValue: "y" } });
  });

  it("refuses a reference to a stack that does not exist", async () => {
    const error = await failure(run(making(() => new pulumi.StackReference("organization/p/nowhere"))));
    expect(error.message).to.contain('unknown stack "organization/p/nowhere"');
  });

  it("knows in a preview what the program gives, and nothing that the account would choose", async () => {
    const deployment = await run(
      () => {
        const user = new aws.iam.User("user", { name: "fixed" });
        return Promise.resolve({ name: user.name, id: user.uniqueId });
      },
      { preview: true },
    );
    expect(deployment.output("name")).to.equal("fixed");
    expect(containsUnknown(deployment.outputs["id"])).to.equal(true);
  });

  it("expands awsx's Vpc into the children that awsx makes", async () => {
    const { resources } = await run(
      making(() => new awsx.ec2.Vpc("n", { ...vpcArgs, natGateways: { strategy: "OnePerAz" } })),
    );
    const count = (type: string) => resources.filter((r) => r.type === type).length;
    expect({
      subnets: count("aws:ec2/subnet:Subnet"),
      routeTables: count("aws:ec2/routeTable:RouteTable"),
      routes: count("aws:ec2/route:Route"),
      natGateways: count("aws:ec2/natGateway:NatGateway"),
      eips: count("aws:ec2/eip:Eip"),
    }).to.deep.equal({ subnets: 6, routeTables: 6, routes: 4, natGateways: 2, eips: 2 });
    expect(resources.map((r) => r.urn)).to.include(
      "urn:pulumi:s::p::awsx:ec2:Vpc$aws:ec2/vpc:Vpc$aws:ec2/subnet:Subnet$aws:ec2/natGateway:NatGateway::n-2",
    );
  });

  it("applies a transform on awsx's Vpc to the NAT gateways inside it", async () => {
    const { resources } = await run(
      making(() => {
        const transform: pulumi.ResourceTransform = ({ type, props, opts }) =>
          type === "aws:ec2/natGateway:NatGateway"
            ? { props, opts: { ...opts, deleteBeforeReplace: true } }
            : undefined;
        new awsx.ec2.Vpc(
          "n",
          { ...vpcArgs, natGateways: { strategy: "Single" } },
          { transforms: [transform] },
        );
      }),
    );
    expect(resources.filter((r) => r.deleteBeforeReplace).map((r) => r.type)).to.deep.equal([
      "aws:ec2/natGateway:NatGateway",
    ]);
  });
});
