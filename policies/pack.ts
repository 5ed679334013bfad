/** The policy pack, as `pulumi preview --policy-pack policies` loads it. */
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("git-airlock", { policies: rules });
