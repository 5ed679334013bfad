/** What every part of a component is made in. */
import type * as pulumi from "@pulumi/pulumi";

/** The component that parts are made for, and where. Children are called `<name>-<suffix>` and have it as parent. */
export interface Scope {
  name: string;
  parent: pulumi.ComponentResource;
  region: string;
  accountId: string;
  /** Whether git reaches CodeCommit by its FIPS endpoint. */
  fips: boolean;
}
