/** Makes a remote component for the engine: its stand-in registers itself and its children with the engine's monitor. */
import * as pulumi from "@pulumi/pulumi";
import { ConstructResponse, type ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { AwsxVpc, awsxVpcType } from "../in-process/awsxVpc";
import { componentState, urnOf } from "../in-process/componentState";
import { awaitFeatureSupport, waitForRPCs, withLocalStorage } from "../in-process/pulumiRuntime";
import { asStruct, openAll } from "../in-process/wire";

/** @param engineAddress where the engine that asks listens for logs */
export function construct(request: ConstructRequest, engineAddress: string): Promise<ConstructResponse> {
  return withLocalStorage(async () => {
    if (request.getType() !== awsxVpcType)
      throw new Error(`no stand-in for the remote component ${request.getType()} (${request.getName()})`);
    pulumi.runtime.resetOptions(
      request.getProject(),
      request.getStack(),
      request.getParallel(),
      engineAddress,
      request.getMonitorendpoint(),
      request.getDryrun(),
      request.getOrganization(),
    );
    await awaitFeatureSupport();
    const config = Object.fromEntries(request.getConfigMap().entries());
    pulumi.runtime.setAllConfig(config, request.getConfigsecretkeysList());

    const addressesDependOn = request.getInputdependenciesMap().get("natGateways")?.getUrnsList() ?? [];
    const inputs = openAll(request.getInputs()?.toJavaScript() ?? {});
    const vpc = new AwsxVpc(request.getName(), inputs, () => addressesDependOn, {
      parent: request.getParent() ? new pulumi.DependencyResource(request.getParent()) : undefined,
      protect: request.getProtect(),
      dependsOn: request.getDependenciesList().map((urn) => new pulumi.DependencyResource(urn)),
    });
    const { outputs, dependencies } = await componentState("construct", vpc.state);
    const response = new ConstructResponse();
    response.setUrn(await urnOf(vpc));
    response.setState(asStruct(outputs));
    for (const [key, urns] of dependencies) {
      const on = new ConstructResponse.PropertyDependencies();
      on.setUrnsList(urns);
      response.getStatedependenciesMap().set(key, on);
    }
    await waitForRPCs();
    return response;
  });
}
