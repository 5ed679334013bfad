/** Whether git reaches CodeCommit by its FIPS endpoint, as an argument. */
import { fipsRegions } from "../../facts/hosts";
import { boolean } from "./fields";

/** @param inRegion where it has to exist */
export function fips(inRegion: string | undefined) {
  return boolean(false).superRefine((value, context) => {
    if (!value || inRegion === undefined || fipsRegions.includes(inRegion)) return;
    const message = `asks for an endpoint that CodeCommit does not have in ${inRegion}; expected false, or one of the regions ${fipsRegions.join(", ")}`;
    context.addIssue({ code: "custom", input: value, message });
  });
}
