import { expect } from "chai";
import { subnetProblem } from "../../../components/networkedGitlab/subnetProblem";

const id = "subnet-0123456789abcdef0";
const expected = { vpcId: "vpc-0123456789abcdef0", cidrBlock: "10.9.0.0/16" };

describe("a subnet that exists", () => {
  it("is taken in the given range of the given VPC", () => {
    for (const cidrBlock of ["10.9.0.0/16", "10.9.255.240/28"])
      expect(subnetProblem(id, { ...expected, cidrBlock }, expected)).to.equal(undefined);
  });

  it("is refused in another VPC", () => {
    const found = { vpcId: "vpc-0fedcba9876543210", cidrBlock: "10.9.0.0/24" };
    expect(subnetProblem(id, found, expected)).to.match(/is in vpc-0fedcba9876543210, expected vpc-0123/);
  });

  it("is refused in another range of the VPC, whose load balancers squid and nginx would not believe", () => {
    const found = { ...expected, cidrBlock: "100.64.0.0/24" };
    expect(subnetProblem(id, found, expected)).to.match(
      /subnet-\w+ has 100\.64\.0\.0\/24, which is not in network\.cidrBlock 10\.9\.0\.0\/16/,
    );
  });
});
