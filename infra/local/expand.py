"""Prints a SAM template as AWS deploys it: in resources of CloudFormation alone, as JSON.

SAM's own translator does it, as it does on AWS. What it makes of an HTTP API is one OpenAPI document,
which the local cloud passes over: its routes are written out as resources. References to
parameters stay, so that one expansion is good for any deploy. Paths of code and definitions stay
as they are written.
"""

import json
import os
import re
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method")


class NoManagedPolicies:
    """Managed policies by name are not looked up: the template names none."""

    def load(self):
        return {}


def expand(template):
    # A parameter that the translator doesn't know stays a reference.
    parameters = template.pop("Parameters", {})
    take_aliases_out(template)
    local_paths = set_aside_paths(template["Resources"])
    expanded = transform(template, {}, NoManagedPolicies())
    for name, (of, path) in local_paths.items():
        expanded["Resources"][name]["Properties"][of] = path
    for name, resource in list(expanded["Resources"].items()):
        before = resource.pop("DependsOn", [])
        before = [other for other in ([before] if isinstance(before, str) else before) if other in expanded["Resources"]]
        resource |= {"DependsOn": before} if before else {}
        # The local cloud counts with numbers, and a parameter is a text to it: its pollers would stop.
        resource.get("Properties", {}).pop("ScalingConfig", None)
        if len(resource.get("Properties", {}).get("Metrics", [])) == 1:
            watch_the_sum(resource["Properties"])
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            write_out_routes(expanded["Resources"], name, resource["Properties"].pop("Body"))
            resource["Properties"] |= {"Name": {"Ref": "AWS::StackName"}, "ProtocolType": "HTTP"}
    return {**expanded, "Parameters": parameters}


def take_aliases_out(template):
    """A local run has one version of each function: what is called is the function itself."""
    of_all = template["Globals"]["Function"]
    del of_all["AutoPublishAlias"], of_all["DeploymentPreference"]
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.pop("DeploymentPreference", None)
        match properties.get("FunctionName"):
            case {"Ref": name}:
                properties["FunctionName"] = {"Ref": name.removesuffix(".Alias")}
    template["Resources"] = called_directly(template["Resources"])


def called_directly(value):
    if isinstance(value, dict):
        if str(value.get("Ref", "")).endswith(".Alias"):
            return {"Fn::GetAtt": [value["Ref"].removesuffix(".Alias"), "Arn"]}
        return {name: called_directly(member) for name, member in value.items()}
    return [called_directly(item) for item in value] if isinstance(value, list) else value


def set_aside_paths(resources):
    """The translator takes code from S3 only; each path comes back as the property that it becomes."""
    becomes = {"CodeUri": "Code", "DefinitionUri": "DefinitionS3Location"}
    aside = {}
    for name, resource in resources.items():
        for of, property in becomes.items():
            if of in resource.get("Properties", {}):
                aside[name] = (property, resource["Properties"][of])
                resource["Properties"][of] = "s3://set/aside"
    return aside


def watch_the_sum(alarm):
    """The local cloud has no queries of metrics: `SELECT SUM(A) FROM SCHEMA("B", …) GROUP BY …` is B's A."""
    (query,) = alarm.pop("Metrics")
    expression = query["Expression"]["Fn::Sub"]
    statistic, metric, namespace = re.match(r'SELECT (\w+)\((\w+)\) FROM SCHEMA\("([^"]+)"', expression).groups()
    alarm |= {"Namespace": namespace, "MetricName": metric, "Statistic": statistic.capitalize(), "Period": query["Period"]}


def write_out_routes(resources, api, body):
    of_api = {"ApiId": {"Ref": api}}
    schemes = body.get("components", {}).get("securitySchemes", {})
    for scheme, how in schemes.items():
        how = how["x-amazon-apigateway-authorizer"]
        jwt = how["jwtConfiguration"]
        resources[f"{scheme}Authorizer"] = {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                **of_api,
                "Name": scheme,
                "AuthorizerType": "JWT",
                "IdentitySource": [how["identitySource"]],
                "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
            },
        }
    routes = []
    for path, methods in body["paths"].items():
        for method in filter(methods.__contains__, METHODS):
            operation = methods[method]
            integration = operation["x-amazon-apigateway-integration"]
            function = integration["uri"]["Fn::Sub"].split("${")[-1].split(".Arn}")[0]
            # A function of several routes has one for each.
            name = f"{function}{method.capitalize()}" if f"{function}Route" in resources else function
            scheme = next((scheme for asked in operation.get("security", []) for scheme in asked if scheme != "NONE"), None)
            lock = {"AuthorizationType": "NONE"}
            if scheme:
                lock = {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": f"{scheme}Authorizer"}}
            resources[f"{name}Integration"] = {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    **of_api,
                    "IntegrationType": "AWS_PROXY",
                    "IntegrationUri": {"Fn::GetAtt": [function, "Arn"]},
                    "PayloadFormatVersion": integration["payloadFormatVersion"],
                },
            }
            resources[f"{name}Route"] = {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    **of_api,
                    "RouteKey": f"{method.upper()} {path}",
                    "Target": {"Fn::Sub": f"integrations/${{{name}Integration}}"},
                    **lock,
                },
            }
            routes.append(f"{name}Route")
    for resource in resources.values():
        if resource["Type"] == "AWS::ApiGatewayV2::Stage":
            # The routes whose settings it names have to be there first.
            resource["DependsOn"] = sorted(routes)


if __name__ == "__main__":
    # It says no more than which partition AWS's own policies are in.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    print(json.dumps(expand(yaml_parse(Path(sys.argv[1]).read_text())), indent=1))
