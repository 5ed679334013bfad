import { expect } from "chai";
import { problemsOf, soundSource } from "./entries";
import { testRefusals, type Row } from "./refusing";

const certificate =
  "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";
const selfSigned = { version: "18.5.1", selfSignedCertificate: true };
const zones = ["ap-northeast-1a", "ap-northeast-1c"];
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const existingNetwork = {
  vpcId: "vpc-0123456789abcdef0",
  cidrBlock: "10.0.0.0/16",
  publicSubnetIds: ["subnet-00000000000000001", "subnet-00000000000000002"],
  privateSubnetIds: ["subnet-00000000000000003"],
  isolatedSubnetIds: ["subnet-00000000000000004"],
  natPublicIps: ["203.0.113.10"],
};

const source: readonly Row[] = [
  [{ workTerminalCidrs: [] }, "workTerminalCidrs", /is missing; expected e\.g\. \["198/],
  [{ workTerminalCidrs: "[" }, "workTerminalCidrs", /"\[" is not a list; expected e\.g\./],
  [{ workTerminalCidrs: { a: 1 } }, "workTerminalCidrs", /is not a list/],
  [{ workTerminalCidrs: [7] }, "workTerminalCidrs[0]", /7 is not a text/],
  [
    { workTerminalCidrs: ["198.51.100.7"] },
    "workTerminalCidrs[0]",
    /no prefix length.*"198\.51\.100\.7\/32"/,
  ],
  [{ workTerminalCidrs: ["198.51.100.7/24"] }, "workTerminalCidrs[0]", /its range is "198\.51\.100\.0\/24"/],
  [{ workTerminalCidrs: ["198.51.100.0/024"] }, "workTerminalCidrs[0]", /is not a CIDR/],
  [{ workTerminalCidrs: ["0.0.0.0/0"] }, "workTerminalCidrs[0]", /the whole Internet/],
  [{ workTerminalCidrs: ["::/0"] }, "workTerminalCidrs[0]", /IPv6/],
  [{ workTerminalCidrs: ["2001:db8::/32"] }, "workTerminalCidrs[0]", /IPv6/],
  [{ workTerminalCidrs: ["10.0.0.0/7"] }, "workTerminalCidrs[0]", /wider than \/8/],
  [{ workTerminalCidrs: ["10.0.0.0/8", "10.0.0.0/8"] }, "workTerminalCidrs[1]", /twice/],
  [{ network: {} }, "network.availabilityZones", /is missing/],
  [{ network: "{availabilityZones" }, "network", /is not an object; expected e\.g\./],
  [{ network: ["a"] }, "network", /is not an object/],
  [
    { network: { availabilityZones: ["us-east-1a", "ap-northeast-1a"] } },
    "network.availabilityZones[0]",
    /aws:region/,
  ],
  [
    { network: { availabilityZones: ["apne1-az1", "ap-northeast-1a"] } },
    "network.availabilityZones[0]",
    /zone/,
  ],
  [{ network: { availabilityZones: [zones[0], zones[0]] } }, "network.availabilityZones[1]", /twice/],
  [
    { network: { availabilityZones: [...zones, "ap-northeast-1d"] } },
    "network.availabilityZones",
    /exactly two/,
  ],
  [{ network: { availabilityZones: zones, cidrBlock: "10.0.0.0/25" } }, "network.cidrBlock", /\/16 to \/24/],
  [{ network: { availabilityZones: zones, cidrBlock: "10.0.0.0/15" } }, "network.cidrBlock", /\/16 to \/24/],
  [
    { network: { availabilityZones: zones, natGateways: "None" } },
    "network.natGateways",
    /"OnePerAz" or "Single"/,
  ],
  [{ network: { ...existingNetwork, vpcId: "vpc-1" } }, "network.vpcId", /id of a VPC/],
  [{ network: { ...existingNetwork, vpcId: undefined } }, "network.vpcId", /is missing/],
  [{ network: { ...existingNetwork, cidrBlock: "10.0.0.0/8" } }, "network.cidrBlock", /\/16 to \/28/],
  [
    { network: { ...existingNetwork, publicSubnetIds: ["subnet-00000000000000001"] } },
    "network.publicSubnetIds",
    /2 or more/,
  ],
  [{ network: { ...existingNetwork, isolatedSubnetIds: [] } }, "network.isolatedSubnetIds", /for GitLab/],
  [{ network: { ...existingNetwork, privateSubnetIds: [] } }, "network.privateSubnetIds", /for the proxy/],
  [
    { network: { ...existingNetwork, isolatedSubnetIds: existingNetwork.privateSubnetIds } },
    "network.isolatedSubnetIds[0]",
    /is in privateSubnetIds too; expected a subnet of one tier only/,
  ],
  [{ network: { ...existingNetwork, privateSubnetIds: ["eni-1"] } }, "network.privateSubnetIds[0]", /subnet/],
  [
    { network: { ...existingNetwork, privateSubnetIds: [], isolatedSubnetIds: [] }, proxy: { mode: "none" } },
    "network.privateSubnetIds",
    /for GitLab/,
  ],
  [
    { network: { ...existingNetwork, natPublicIps: ["10.0.0.1"] } },
    "network.natPublicIps[0]",
    /10\.0\.0\.0\/8 is private/,
  ],
  [{ network: { ...existingNetwork, natPublicIps: [] } }, "network.natPublicIps", /is missing/],
  [{ network: { ...existingNetwork, natGateways: "Single" } }, "network.natGateways", /is not a known key/],
  [{ gitlab: { ...selfSigned, hostname: "Gitlab.example.com" } }, "gitlab.hostname", /lower case/],
  [{ gitlab: { ...selfSigned, hostname: "gitlab" } }, "gitlab.hostname", /full host name/],
  [{ gitlab: { ...selfSigned, hostname: "192.0.2.1" } }, "gitlab.hostname", /full host name/],
  [{ gitlab: { ...selfSigned, hostname: "a_b.example.com" } }, "gitlab.hostname", /full host name/],
  [{ gitlab: { selfSignedCertificate: true } }, "gitlab.version", /is missing; expected e\.g\. "19/],
  [{ gitlab: { ...selfSigned, version: "18.5" } }, "gitlab.version", /three numbers/],
  [{ gitlab: { ...selfSigned, amiId: "ami-xyz" } }, "gitlab.amiId", /AMI/],
  [{ gitlab: { ...selfSigned, instanceType: "large" } }, "gitlab.instanceType", /instance type/],
  [{ gitlab: { ...selfSigned, instanceType: "m4.large" } }, "gitlab.instanceType", /Xen.*NVMe/],
  [{ gitlab: { ...selfSigned, rootVolumeSize: 19 } }, "gitlab.rootVolumeSize", /from 20 to 16384/],
  [
    { gitlab: { ...selfSigned, dataVolumeSize: "100" } },
    "gitlab.dataVolumeSize",
    /"100" is not a whole number/,
  ],
  [{ gitlab: { ...selfSigned, dataVolumeSize: 99.5 } }, "gitlab.dataVolumeSize", /whole number/],
  [{ gitlab: { version: "18.5.1" } }, "gitlab.certificateArn", /or selfSignedCertificate: true/],
  [
    { gitlab: { ...selfSigned, hostname: "a.example.com", certificateArn: certificate } },
    "gitlab.selfSignedCertificate",
    /one of the two/,
  ],
  [{ gitlab: { version: "18.5.1", certificateArn: certificate } }, "gitlab.hostname", /is missing/],
  [
    {
      gitlab: {
        version: "18.5.1",
        hostname: "a.example.com",
        certificateArn: certificate.replace("ap-northeast-1", "us-east-1"),
      },
    },
    "gitlab.certificateArn",
    /is a certificate of us-east-1/,
  ],
  [
    {
      gitlab: {
        ...selfSigned,
        selfSignedCertificate: false,
        hostname: "a.example.com",
        certificateArn: "arn:x",
      },
    },
    "gitlab.certificateArn",
    /ARN of an ACM/,
  ],
  [
    { gitlab: { ...selfSigned, selfSignedCertificate: "true" } },
    "gitlab.selfSignedCertificate",
    /true or false/,
  ],
  [{ gitlab: { ...selfSigned, gitOverSsh: 1 } }, "gitlab.gitOverSsh", /true or false/],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, start: "0 8 * * *" } } },
    "gitlab.officeHours.start",
    /six fields/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, stop: "cron(0 20 ? * MON-FRI *)" } } },
    "gitlab.officeHours.stop",
    /without cron/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, stop: officeHours.start } } },
    "gitlab.officeHours.stop",
    /same as start/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, timezone: "Asia/Tokio" } } },
    "gitlab.officeHours.timezone",
    /IANA/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, timezone: "+09:00" } } },
    "gitlab.officeHours.timezone",
    /IANA/,
  ],
  [{ gitlab: { ...selfSigned, backups: { time: "24:00" } } }, "gitlab.backups.time", /HH:MM/],
  [{ gitlab: { ...selfSigned, backups: { kep: 3 } } }, "gitlab.backups.kep", /did you mean "keep"/],
  [{ gitlab: { url: "gitlab.example.com" } }, "gitlab.url", /is not a URL/],
  [{ gitlab: { url: "http://gitlab.example.com" } }, "gitlab.url", /is not a URL of https/],
  [{ gitlab: { url: "https://gitlab.example.com/gitlab" } }, "gitlab.url", /has a path/],
  [{ gitlab: { url: "https://gitlab.example.com?x=1" } }, "gitlab.url", /query/],
  [{ gitlab: { instanceId: "i-0123456789abcdef0" } }, "gitlab.url", /is missing/],
  [{ gitlab: { url: "https://gitlab.example.com", instanceId: "web" } }, "gitlab.instanceId", /instance/],
  [{ proxy: { mode: "some" } }, "proxy.mode", /"managed" or "existing" or "none"/],
  [{ proxy: { tasks: 0 } }, "proxy.tasks", /from 1 to 2/],
  [{ proxy: { image: "ubuntu/squid" } }, "proxy.image", /neither a tag nor a digest/],
  [{ proxy: { image: "Ubuntu Squid:1" } }, "proxy.image", /not a container image/],
  [{ proxy: { mode: "existing" } }, "proxy.url", /is missing/],
  [
    { proxy: { mode: "existing", url: "https://proxy.internal:3128" } },
    "proxy.url",
    /is not a URL of http; expected e\.g\. "http:/,
  ],
  [
    { proxy: { mode: "existing", url: "http://proxy.internal" } },
    "proxy.url",
    /names no port.*expected e\.g\. "http:\/\/proxy\.internal:3128"/,
  ],
  [{ proxy: { mode: "existing", url: "http://proxy.internal:3128/path" } }, "proxy.url", /has a path/],
  [{ proxy: { mode: "none", tasks: 2 } }, "proxy.tasks", /is not a known key/],
  [{ repositories: [{ gitlabProject: "a/b" }] }, "repositories", /belongs to the role "target".*is "source"/],
  [{ sourceAddressCount: "3" }, "sourceAddressCount", /belongs to the role "target"/],
  [{ pull: "{" }, "pull", /belongs to the role "target"/],
];

describe("a wrong config of a source is refused, with its key named", () => {
  testRefusals("source", soundSource, source);

  it("work terminals that are the whole Internet in slices, or nearly so", () => {
    const slices = Array.from({ length: 256 }, (_, index) => `${index}.0.0.0/8`);
    expect(problemsOf({ ...soundSource, workTerminalCidrs: slices }).join()).to.match(
      /together hold 100 % of all/,
    );
    expect(problemsOf({ ...soundSource, workTerminalCidrs: slices.slice(0, 200) }).join()).to.match(
      /together hold 78 %/,
    );
    expect(problemsOf({ ...soundSource, workTerminalCidrs: slices.slice(1, 5) })).to.deep.equal([]);
  });
});
