import { expect } from "chai";
import { Host, type TestImage } from "./host";

/** As GitLab released them: what each takes over from is in its preinst script. */
const images = {
  "18.5.1": { version: "18.5.1", takesOver: "18.2", postgresql: ["16", "17"] },
  "18.8.0": { version: "18.8.0", takesOver: "18.5", postgresql: ["16", "17"] },
  "18.11.9": { version: "18.11.9", takesOver: "18.8", postgresql: ["16", "17"] },
  "19.2.4": { version: "19.2.4", takesOver: "18.11", postgresql: ["17"] },
} as const satisfies Record<string, TestImage>;

describe("the start script on a root of another version", () => {
  let host: Host;
  beforeEach(() => {
    host = new Host();
  });
  afterEach(() => {
    host.close();
  });

  const startOn = (version: keyof typeof images) => {
    host.boot(images[version]);
    return host.start();
  };

  /** Expects a start that refuses and leaves data and configuration as they are. */
  const expectRefusal = (version: keyof typeof images, message: string) => {
    const before = ["etc/gitlab/gitlab.rb", "srv/gitlab-data/gitlab-version"].map((file) => host.read(file));
    const calls = host.calls("gitlab-ctl").length;
    const { status, output } = startOn(version);
    expect(status).to.equal(1);
    expect(output).to.contain(`GitLab is not started, and its data is as it was: ${message}`);
    const after = ["etc/gitlab/gitlab.rb", "srv/gitlab-data/gitlab-version"].map((file) => host.read(file));
    expect(after).to.deep.equal(before);
    for (const call of host.calls("gitlab-ctl").slice(calls)) expect(call).to.contain(" upgrade-check ");
    return output;
  };

  it("upgrades to a version that takes over from the last one", () => {
    startOn("18.5.1");
    const { status, output } = startOn("18.8.0");
    expect(status, output).to.equal(0);
    expect(host.read("srv/gitlab-data/gitlab-version")).to.equal("18.8.0\n");
  });

  it("asks the new version's package, and is told which stop it must not skip", () => {
    startOn("18.5.1");
    const output = expectRefusal(
      "18.11.9",
      "this image holds GitLab 18.11.9, which cannot take over from 18.5.1",
    );
    expect(host.calls("gitlab-ctl")).to.include("gitlab-ctl upgrade-check 18.5.1 18.11.9");
    expect(output).to.contain("upgrade to the latest 18.8.x version first");
  });

  it("refuses another major version, unless from the last stop before it", () => {
    startOn("18.8.0");
    expectRefusal("19.2.4", "this image holds GitLab 19.2.4, which cannot take over from 18.8.0");
    startOn("18.11.9");
    host.write("var/opt/gitlab/postgresql/data/PG_VERSION", "17\n");
    const { status, output } = startOn("19.2.4");
    expect(status, output).to.equal(0);
  });

  it("refuses an older version", () => {
    startOn("18.8.0");
    expectRefusal("18.5.1", "this image holds GitLab 18.5.1, and the data is of 18.8.0");
  });

  it("counts versions by number, not by letter", () => {
    startOn("18.8.0");
    const { status, output } = startOn("18.11.9");
    expect(status, output).to.equal(0);
  });

  it("takes Enterprise Edition over Community Edition of the same version", () => {
    startOn("18.8.0");
    host.boot({ ...images["18.8.0"], version: "18.8.0-ee" });
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
  });

  it("refuses an image without the PostgreSQL that the database is of, until pg-upgrade has run", () => {
    startOn("18.11.9");
    const message =
      "this image holds GitLab 19.2.4, without PostgreSQL 16, which the data is of: set gitlab.version back, and run gitlab-ctl pg-upgrade";
    expectRefusal("19.2.4", message);
    host.write("var/opt/gitlab/postgresql/data/PG_VERSION", "17\n");
    const { status, output } = startOn("19.2.4");
    expect(status, output).to.equal(0);
  });

  it("starts again with the old version after a refusal", () => {
    startOn("18.5.1");
    expectRefusal("19.2.4", "this image holds GitLab 19.2.4");
    const { status, output } = startOn("18.5.1");
    expect(status, output).to.equal(0);
  });

  it("knows the version of data from before it kept a note of its own", () => {
    host.write("disk", "ext4\n");
    host.write("var/opt/gitlab/gitlab-rails/VERSION", "18.5.1\n");
    expectRefusal("19.2.4", "this image holds GitLab 19.2.4, which cannot take over from 18.5.1");
  });

  describe("after an upgrade that was cut off", () => {
    beforeEach(() => {
      startOn("18.5.1");
      host.write("broken", "");
      expect(startOn("18.8.0").status).not.to.equal(0);
    });

    it("tries it again, and notes the version only once it has succeeded", () => {
      expect(host.read("srv/gitlab-data/gitlab-version")).to.equal("18.5.1\n");
      expect(startOn("18.8.0").status).not.to.equal(0);
      host.remove("broken");
      const { status, output } = startOn("18.8.0");
      expect(status, output).to.equal(0);
      expect(host.read("srv/gitlab-data/gitlab-version")).to.equal("18.8.0\n");
    });

    it("goes neither back nor further", () => {
      expectRefusal("18.5.1", "this image holds GitLab 18.5.1, and the data is of 18.8.0");
      expectRefusal("18.11.9", "this image holds GitLab 18.11.9, which cannot take over from 18.5.1");
    });
  });
});
