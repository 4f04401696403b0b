"""The local cloud, with what it lacks.

Of a stream's batch, what a function couldn't do comes again (ReportBatchItemFailures): AWS sends the batch again from the first
record that failed, here all of it comes again. And a cloud that is started again reads its streams from their beginning: it kept
how far it had read, but not the records, and would wait until there are as many again.

An alias with weights sends some of its calls to another version, as a gradual deploy has it. The local deploy leaves aliases out
(expand.py): where somebody makes one called `live`, a function is called by it all the same.

A mail to the mailbox simulator (bounce@, complaint@simulator.amazonses.com) is told of at its configuration set's topics, as AWS
does. What goes to a device is kept beside the text messages, under the device's ARN; one that is disabled refuses it."""

import json
import random

import parent
import repairs
from ministack import app
from ministack.services import lambda_svc, ses, ses_v2, sns

execute = lambda_svc._execute_function


def execute_and_look_at_failures(function, event, *arguments, **options):
    result = execute(function, event, *arguments, **options)
    records = event.get("Records") if isinstance(event, dict) else None
    of_a_stream = bool(records) and records[0].get("eventSource") == "aws:dynamodb"
    body = result.get("body")
    if of_a_stream and isinstance(body, (str, bytes)):
        body = lambda_svc.json.loads(body or "{}")
    if of_a_stream and not result.get("error") and isinstance(body, dict) and body.get("batchItemFailures"):
        told = {"errorType": "BatchItemFailures", "errorMessage": str(body["batchItemFailures"])}
        return {**result, "error": True, "body": {**body, **told}}
    return result


restore = lambda_svc.load_persisted_state


def restore_without_positions(state):
    return restore({**state, "dynamodb_stream_positions": {}} if state else state)


record_of = lambda_svc._effective_func_record_for_qualifier


def record_by_weight(function, qualifier):
    aliases = (function or {}).get("aliases") or {}
    qualifier = "live" if qualifier is None and "live" in aliases else qualifier
    weights = (aliases.get(qualifier, {}).get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    for version, weight in weights.items():
        if random.random() < weight:
            return record_of(function, version)
    return record_of(function, qualifier)


answer_mail_request = ses_v2.handle_request


async def answer_and_tell_of_bounces(method, path, headers, body, query_params):
    answer = await answer_mail_request(method, path, headers, body, query_params)
    if method == "POST" and path.endswith("/v2/email/outbound-emails") and answer[0] == 200:
        mail = json.loads(body)
        configuration = ses_v2._config_sets.get(mail.get("ConfigurationSetName", "")) or {}
        for address in mail.get("Destination", {}).get("ToAddresses", []):
            tell(configuration.get("EventDestinations") or {}, address)
    return answer


def tell(destinations, address):
    box, _, domain = address.partition("@")
    outcomes = ses._SIMULATOR_OUTCOMES.get(box.lower().split("+")[0], ())
    for kind, detail in outcomes if domain.lower() == ses._SIMULATOR_DOMAIN else ():
        event = {"eventType": kind, **ses._notification_detail(kind, address, "2026-01-01T00:00:00.000Z", detail)}
        for destination in destinations.values():
            topic = (destination.get("SnsDestination") or {}).get("TopicArn")
            if topic and kind.upper() in destination.get("MatchingEventTypes", []):
                sns.publish_internal(topic, json.dumps(event))


publish = sns._publish


def publish_and_keep(parameters):
    device = sns._p(parameters, "TargetArn")
    endpoint = sns._platform_endpoints.get(device)
    if endpoint and endpoint["attributes"].get("Enabled") == "false":
        return sns._error("EndpointDisabled", "Endpoint is disabled", 400)
    if endpoint:
        sns._sms_log_for(device).append({"Message": sns._p(parameters, "Message")})
    return publish(parameters)


lambda_svc._execute_function = repairs.give_up(execute_and_look_at_failures)
lambda_svc._effective_func_record_for_qualifier = record_by_weight
ses_v2.handle_request = answer_and_tell_of_bounces
sns._publish = publish_and_keep
lambda_svc.load_persisted_state = restore_without_positions

if __name__ == "__main__":
    parent.end_with_it()
    app.main()
