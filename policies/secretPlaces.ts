/** Rules for places that everybody reads, where no secret belongs. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { knownTexts, type FoundText } from "./support/known";
import { message, type AnyResource } from "./support/resources";
import { decodedTexts, secretsIn } from "../isolation/secrets";

const fix =
  "Keep it in Secrets Manager or as a SecureString, fetch it from there, and replace it: it has been seen.";

/** What is not known yet is looked at in the update, before the resource is made. */
function reportSecrets(
  resource: AnyResource,
  texts: readonly FoundText[],
  report: (message: string) => void,
): void {
  for (const { path, text } of texts) {
    const found = [text, ...decodedTexts(text)].flatMap(secretsIn);
    for (const what of new Set(found)) report(message(resource, `has ${what} in ${path}`, fix));
  }
}

/** The properties that tell a machine what to do at its start, by type. */
const START_UP = new Map([
  ["aws:ec2/instance:Instance", ["userData", "userDataBase64"]],
  ["aws:ec2/launchTemplate:LaunchTemplate", ["userData"]],
  ["aws:ecs/taskDefinition:TaskDefinition", ["containerDefinitions"]],
]);

export const noSecretInUserData: ResourceValidationPolicy = {
  name: "no-secret-in-user-data",
  description:
    "No secret may be in user data or in a container's definition, which whoever may look at them can read.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: fix,
  validateResource(args, reportViolation) {
    const properties = START_UP.get(args.type) ?? [];
    const texts = knownTexts(args.props).filter(({ path }) => properties.includes(path));
    reportSecrets(args, texts, reportViolation);
  },
};

export const noSecretInTags: ResourceValidationPolicy = {
  name: "no-secret-in-tags",
  description: "No secret may be in a tag: tags are on every list and every bill.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: fix,
  validateResource(args, reportViolation) {
    const texts = knownTexts(args.props).filter(({ path }) => /^tags(All)?\./.test(path));
    reportSecrets(args, texts, reportViolation);
  },
};

export const noSecretInPlainParameter: ResourceValidationPolicy = {
  name: "no-secret-in-plain-parameter",
  description:
    "No secret may be in a parameter that is not a SecureString, nor in a Systems Manager document.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: fix,
  validateResource(args, reportViolation) {
    const isPlain = args.type === "aws:ssm/parameter:Parameter" && args.props.type !== "SecureString";
    const properties = isPlain ? ["value", "insecureValue"] : (SCRIPTS.get(args.type) ?? []);
    const texts = knownTexts(args.props).filter(({ path }) => properties.includes(path.split(".")[0] ?? ""));
    reportSecrets(args, texts, reportViolation);
  },
};

/** Route 53 answers for them, and whoever is asked by then keeps the answer. */
const PUBLISHED = ["name", "records", "setIdentifier"];

export const noSecretInDnsRecord: ResourceValidationPolicy = {
  name: "no-secret-in-dns-record",
  description: "No secret may be in a DNS record: name servers tell it whoever asks.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: fix,
  validateResource(args, reportViolation) {
    if (args.type !== "aws:route53/record:Record") return;
    const texts = knownTexts(args.props).filter(({ path }) => PUBLISHED.includes(path.split(".")[0] ?? ""));
    reportSecrets(args, texts, reportViolation);
  },
};

/** What Systems Manager runs, and with which arguments. */
const SCRIPTS = new Map([
  ["aws:ssm/document:Document", ["content"]],
  ["aws:ssm/association:Association", ["parameters"]],
]);

const outputDefaults = { secretOutputs: ["pushCredential"] };

export const noSecretInOutputs: StackValidationPolicy = {
  name: "no-secret-in-outputs",
  description: "No stack output may hold a secret, but those that the program marks as one.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Take it out of the outputs. If other stacks need it, wrap it in pulumi.secret and name the output in this rule's " +
    "secretOutputs.",
  configSchema: {
    properties: {
      secretOutputs: {
        type: "array",
        items: { type: "string" },
        description:
          "Outputs that the program marks as secrets. Pulumi opens secrets for policies, so they cannot tell.",
        default: outputDefaults.secretOutputs,
      },
    },
  },
  validateStack(args, reportViolation) {
    const { secretOutputs } = { ...outputDefaults, ...args.getConfig<Partial<typeof outputDefaults>>() };
    for (const resource of args.resources.filter(({ type }) => type === "pulumi:pulumi:Stack")) {
      const texts = knownTexts(resource.props).filter(
        ({ path }) => !secretOutputs.includes(path.split(".")[0] ?? ""),
      );
      reportSecrets(resource, texts, (text) => {
        reportViolation(text, resource.urn);
      });
    }
  },
};
