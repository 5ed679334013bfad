import { expect } from "chai";
import fc from "fast-check";
import { gitlabRb, rubyString } from "../../../components/networkedGitlab/gitlabRb";

const settings = {
  version: "18.5.1",
  externalUrl: "https://gitlab.dev.example.com",
  loadBalancerCidr: "10.0.0.0/16",
  proxyUrl: "http://proxy.internal:3128",
};

/** What Ruby reads from a single-quoted string: a backslash escapes a backslash or a quote and is itself otherwise. */
function readRubyString(literal: string): string {
  let text = "";
  let i = 1;
  while (literal[i] !== "'") {
    const next = literal[i + 1];
    if (i >= literal.length) throw new Error(`the string ${literal} does not end`);
    if (literal[i] === "\\" && (next === "\\" || next === "'")) i += 1;
    text += literal[i] ?? "";
    i += 1;
  }
  if (literal[0] !== "'" || i !== literal.length - 1) throw new Error(`${literal} is more than one string`);
  return text;
}

describe("gitlab.rb", () => {
  const lines = gitlabRb(settings).split("\n");

  it("gives the URL that people use", () => {
    expect(lines).to.include("external_url 'https://gitlab.dev.example.com'");
  });

  it("sends pushes, URL checks and workhorse through the proxy", () => {
    for (const service of ["gitaly", "gitlab_rails", "gitlab_workhorse"])
      expect(lines).to.include(`${service}['env'] = proxy_environment`);
    expect(lines).to.include("  'https_proxy' => 'http://proxy.internal:3128',");
    expect(lines).to.include("  'http_proxy' => 'http://proxy.internal:3128',");
  });

  it("reaches nothing of AWS but the instance metadata without the proxy", () => {
    const noProxy = lines.find((line) => line.includes("no_proxy"));
    expect(noProxy).to.equal("  'no_proxy' => 'localhost,127.0.0.1,169.254.169.254',");
  });

  it("names no proxy where there is none", () => {
    expect(gitlabRb({ ...settings, proxyUrl: undefined })).not.to.contain("proxy_environment");
  });

  it("leaves TLS to the load balancer and believes its PROXY protocol alone", () => {
    expect(lines).to.include.members([
      "nginx['listen_port'] = 80",
      "nginx['listen_https'] = false",
      "nginx['proxy_protocol'] = true",
      "nginx['real_ip_trusted_addresses'] = ['127.0.0.0/8', '10.0.0.0/16']",
      "letsencrypt['enable'] = false",
    ]);
  });

  it("tells GitLab's makers nothing from the first start on, and gives new projects no pipelines", () => {
    expect(lines).to.include.members([
      "gitlab_rails['usage_ping_enabled'] = false",
      "gitlab_rails['initial_gitlab_product_usage_data'] = false",
      "gitlab_rails['gitlab_default_projects_features_builds'] = false",
    ]);
  });

  it("names nginx's settings where GitLab 19.2 and later have them", () => {
    const ofVersion = (version: string) => gitlabRb({ ...settings, version }).split("\n");
    for (const version of ["19.2.0", "19.10.3", "20.0.0"]) {
      const settled = ofVersion(version).filter((line) => line.includes("nginx["));
      expect(settled).to.deep.equal([]);
      expect(ofVersion(version)).to.include("gitlab_rails['nginx']['proxy_protocol'] = true");
    }
    for (const version of ["19.1.8", "18.11.0"])
      expect(ofVersion(version)).to.include("nginx['proxy_protocol'] = true");
  });

  it("sets each service's environment once, since the last assignment wins", () => {
    const assigned = lines
      .map((line) => /^[a-z_]+\['\w+'\](?= =)/.exec(line)?.[0])
      .filter((key) => key !== undefined);
    expect(assigned).to.deep.equal([...new Set(assigned)]);
  });

  it("numbers GitLab's users, so that they own their data on the next root too", () => {
    for (const user of ["user", "web_server", "redis", "postgresql"])
      expect(
        lines.filter((line) => /^\w+\['[ug]id'\] = \d+$/.test(line) && line.startsWith(`${user}[`)),
      ).to.have.length(2);
  });

  it("waits for the data volume and keeps no copy of the root password", () => {
    expect(lines).to.include("high_availability['mountpoint'] = '/var/opt/gitlab'");
    expect(lines).to.include("gitlab_rails['store_initial_root_password'] = false");
  });

  it("is the same for the same settings", () => {
    expect(gitlabRb({ ...settings })).to.equal(gitlabRb(settings));
  });
});

describe("a Ruby string", () => {
  const printable = fc.string({ unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text));

  it("reads back as the text it was made from, whatever quotes and backslashes it holds", () => {
    const tricky = fc.string({ unit: fc.constantFrom("'", "\\", "#", "{", "}", '"', "$", "a") });
    fc.assert(
      fc.property(fc.oneof(printable, tricky), (text) => {
        expect(readRubyString(rubyString(text))).to.equal(text);
      }),
    );
  });

  it("refuses line breaks and other control characters, and shows which text it was", () => {
    expect(() => rubyString("a\nexternal_url 'http://evil'")).to.throw(
      /"a\\nexternal_url.*without control characters/,
    );
    expect(() => rubyString("\u0000")).to.throw();
  });
});
