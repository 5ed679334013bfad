/** What leads isolated terminals past their own endpoint: C5, C6. */
import { each } from "../weakening";
import { otherGitEndpoint } from "./parts";

export const isolatedAttacks = each({ stack: "target", claim: ["C5", "C6"] }, [
  {
    what: "lets isolated terminals in to the open endpoint for git of another VPC",
    edit: (stack) => {
      otherGitEndpoint(stack, "192.0.2.0/25");
    },
  },
]);
