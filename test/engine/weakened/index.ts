/** This clone's program, weakened as the catalogue's entry says whose description is in `weakened:what`. */
import * as pulumi from "@pulumi/pulumi";
import program from "../../../index";
import { weakenings } from "../../weakenings";
import { ProgramEditor } from "./programEditor";

export = async () => {
  const what = new pulumi.Config("weakened").require("what");
  const weakening = weakenings.find((each) => each.what === what);
  if (!weakening) throw new Error(`nothing in the catalogue is described as "${what}"`);
  return new ProgramEditor().weaken(weakening, program);
};
