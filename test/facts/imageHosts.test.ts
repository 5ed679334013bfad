import { expect } from "chai";
import { imageHosts, mayKeepLayers } from "../../facts/imageHosts";

describe("the hosts that an image is fetched from", () => {
  const others: Readonly<Record<string, readonly string[]>> = {
    "ubuntu/squid:6": ["registry-1.docker.io", "auth.docker.io"],
    "squid:6": ["registry-1.docker.io", "auth.docker.io"],
    "docker.io/ubuntu/squid:6": ["registry-1.docker.io", "auth.docker.io"],
    "ghcr.io/somebody/squid@sha256:0": ["ghcr.io"],
    "Registry.example.com:5000/squid:6": ["registry.example.com"],
    // An address needs no name.
    "10.0.0.5:5000/squid:6": [],
  };
  for (const [image, hosts] of Object.entries(others)) {
    it(`are, beside AWS's, ${hosts.join(" and ") || "none"} of ${image}`, () => {
      expect(imageHosts(image)).to.deep.equal({ ofAws: [], ofOthers: hosts });
    });
  }

  it("are AWS's alone of an image in ECR", () => {
    for (const image of [
      "public.ecr.aws/ubuntu/squid:6",
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/squid:1",
    ]) {
      expect(imageHosts(image).ofOthers).to.deep.equal([]);
      expect(imageHosts(image).ofAws).to.have.length.of.at.least(3);
    }
  });

  it("are never AWS's because a stranger's name looks like it", () => {
    for (const image of [
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com/squid:1",
      "public.ecr.aws.example.com/squid:1",
      "example.com/public.ecr.aws/squid:1",
    ])
      expect(imageHosts(image).ofAws).to.deep.equal([]);
  });

  it("may one day include another distribution of CloudFront, for ECR's public registry alone, by an exact name", () => {
    const image = "public.ecr.aws/ubuntu/squid:6";
    expect(mayKeepLayers("d111111abcdef8.cloudfront.net", image)).to.equal(true);
    for (const host of [
      "*.cloudfront.net",
      "x.d111111abcdef8.cloudfront.net",
      "d1.cloudfront.net.example.com",
    ])
      expect(mayKeepLayers(host, image), host).to.equal(false);
    expect(mayKeepLayers("d111111abcdef8.cloudfront.net", "ghcr.io/somebody/squid:1")).to.equal(false);
  });
});
