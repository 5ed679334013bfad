/** Who deploys, and where: Security Token Service, and the provider's own region and partition functions. */
import { capitalsAndDigits, derivedText } from "../derived";
import { AwsError, type AccountContext, type Properties, type Service } from "../service";

/** The role that the program is deployed by. Every stand-in account is born with it. */
export const deployerRoleName = "deployer";

/** ARN of the role that the program is deployed by. */
export function deployerRoleArn(context: AccountContext): string {
  return `arn:aws:iam::${context.accountId}:role/${deployerRoleName}`;
}

/** AROA and 17 capitals and digits: what IAM calls a role by itself. */
export function roleUniqueId(context: AccountContext, roleName: string): string {
  return `AROA${derivedText(context, capitalsAndDigits, 17, "role", roleName)}`;
}

export class Sts implements Service {
  constructor(private readonly context: AccountContext) {}

  readonly kinds = {};

  readonly functions = {
    "aws:index/getCallerIdentity:getCallerIdentity": (): Properties => {
      const { accountId } = this.context;
      return {
        accountId,
        arn: `arn:aws:sts::${accountId}:assumed-role/${deployerRoleName}/rehearsal`,
        id: accountId,
        userId: `${roleUniqueId(this.context, deployerRoleName)}:rehearsal`,
      };
    },
    "aws:index/getRegion:getRegion": (inputs: Properties): Properties => {
      const { region } = this.context;
      const asked = inputs["region"] ?? inputs["name"] ?? region;
      if (asked !== region) {
        throw new AwsError(
          "InvalidParameterValue",
          `getRegion: ${JSON.stringify(asked)} was asked for; this account is in ${region} only`,
        );
      }
      return {
        description: region,
        endpoint: `ec2.${region}.amazonaws.com`,
        id: region,
        name: region,
        region,
      };
    },
    "aws:index/getPartition:getPartition": (): Properties => ({
      dnsSuffix: "amazonaws.com",
      id: "aws",
      partition: "aws",
      reverseDnsPrefix: "com.amazonaws",
    }),
  };
}
