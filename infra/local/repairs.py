"""What `caas` repairs a stack with, and the local cloud lacks.

A record of a stream that its mapping gave up (MaximumRetryAttempts) is kept whole in the mapping's bucket. The messages of a
queue of last resort go back to where they came from (StartMessageMoveTask). An execution that failed goes on in the state where
it failed (RedriveExecution). A mapping says its tries as a number. A table with recovery to any second leaves a backup when it is deleted."""

import contextvars
import json
import threading
import time

from ministack.core.responses import error_response_json, json_response, new_uuid, now_iso
from ministack.services import dynamodb, lambda_svc, s3, sqs, stepfunctions
from ministack.services.cloudformation import provisioners

# ---- Stream records that are given up ----
# By mapping and place in the stream: how often a record failed, and which ones were given up.
failures = {}
given_up = set()
# Whether it is the stream that calls, and not somebody who does a record again.
polls = contextvars.ContextVar("polls", default=False)
poll = lambda_svc._poll_dynamodb_streams


def poll_and_say_so():
    said = polls.set(True)
    try:
        return poll()
    finally:
        polls.reset(said)


lambda_svc._poll_dynamodb_streams = poll_and_say_so


def give_up(execute):
    """Executes a function for a stream's records, and gives up the first that fails, once that has failed too often."""

    def execute_or_give_up(function, event, *arguments, **options):
        records = event.get("Records") if isinstance(event, dict) else None
        if not polls.get() or not records:
            return execute(function, event, *arguments, **options)
        mapping = mapping_of(records[0]["eventSourceARN"])
        while True:
            left = [record for record in records if place(mapping, record) not in given_up]
            if not left:
                return {"body": {"batchItemFailures": []}}
            result = execute(function, {**event, "Records": left}, *arguments, **options)
            if not result.get("error"):
                return result
            failed = first_failed(left, result.get("body"))
            failures[place(mapping, failed)] = failures.get(place(mapping, failed), 0) + 1
            if failures[place(mapping, failed)] <= mapping.get("MaximumRetryAttempts", 10_000):
                return result
            keep(mapping, failed)
            given_up.add(place(mapping, failed))

    return execute_or_give_up


def mapping_of(stream):
    return next(mapping for _, _, mapping in lambda_svc._iter_all_esms() if mapping.get("EventSourceArn") == stream)


def place(mapping, record):
    return (mapping["UUID"], record["dynamodb"]["SequenceNumber"])


def first_failed(records, body):
    told = [failure["itemIdentifier"] for failure in (body or {}).get("batchItemFailures", [])]
    return next((record for record in records if record["dynamodb"]["SequenceNumber"] in told), records[0])


def keep(mapping, record):
    """As https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html has it for a bucket: with the record itself."""
    bucket = mapping["DestinationConfig"]["OnFailure"]["Destination"].split(":::")[1]
    number = record["dynamodb"]["SequenceNumber"]
    kept = {
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": mapping["FunctionArn"],
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": failures[place(mapping, record)],
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": now_iso(),
        "DDBStreamBatchInfo": {
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "batchSize": 1,
            "streamArn": mapping["EventSourceArn"],
        },
        "payload": json.dumps({"Records": [record]}),
    }
    key = f"aws/lambda/{mapping['UUID']}/{time.strftime('%Y/%m/%d/%Y-%m-%dT%H.%M.%S')}-{number}"
    s3._put_object(bucket, key, json.dumps(kept).encode(), {})


# A parameter of a template is a text; who asks for a mapping wants its number.
mappings = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
create_mapping = mappings["create"]


def create_counted_mapping(logical_id, properties, stack):
    counts = {name: int(properties[name]) for name in ("MaximumRetryAttempts",) if name in properties}
    return create_mapping(logical_id, {**properties, **counts}, stack)


mappings["create"] = create_counted_mapping

# ---- Messages of a queue of last resort ----
def start_message_move_task(data, _url):
    dead = sqs._queue_by_arn(data["SourceArn"])
    moved, dead["messages"] = dead["messages"], []
    for message in moved:
        source = sqs._queue_by_arn(data.get("DestinationArn") or message["sys"]["DeadLetterQueueSourceArn"])
        source["messages"].append({**message, "visible_at": time.time(), "receive_count": 0, "receipt_handle": None})
    sqs.esm_wake.set()
    return {"TaskHandle": new_uuid()}


sqs._HANDLERS["StartMessageMoveTask"] = start_message_move_task

# ---- Executions that failed ----
# Of the execution that this thread redrives: the state where it goes on, and that state's input.
resumed = contextvars.ContextVar("resumed", default=None)


class Machines(type(stepfunctions._state_machines)):
    """State machines, which a redriven execution begins in the middle."""

    __slots__ = ()

    def get(self, arn, default=None):
        machine, point = super().get(arn, default), resumed.get()
        if not machine or not point:
            return machine
        definition = json.loads(machine["definition"])
        definition["States"]["Redriven"] = {"Type": "Pass", "Result": point["input"], "Next": point["name"]}
        return {**machine, "definition": json.dumps({**definition, "StartAt": "Redriven"})}


stepfunctions._state_machines.__class__ = Machines


def is_redrivable(execution):
    return execution["status"] in ("FAILED", "ABORTED", "TIMED_OUT")


def redrive_execution(data):
    execution = stepfunctions._executions.get(data.get("executionArn"))
    if not execution:
        return error_response_json("ExecutionDoesNotExist", "there is no such execution", 400)
    if not is_redrivable(execution):
        return error_response_json("ExecutionNotRedrivable", f"the execution is {execution['status']}", 400)
    entered = [event["stateEnteredEventDetails"] for event in execution["events"] if "stateEnteredEventDetails" in event]
    execution.update(status="RUNNING", stopDate=None, output=None, error=None, cause=None)
    scope = contextvars.copy_context()
    scope.run(resumed.set, {"name": entered[-1]["name"], "input": json.loads(entered[-1]["input"])})
    threading.Thread(target=scope.run, args=(stepfunctions._run_execution, execution["executionArn"]), daemon=True).start()
    return json_response({"redriveDate": time.time()})


answer_workflow_request = stepfunctions.handle_request


async def answer_and_redrive(method, path, headers, body, query_params):
    if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
        return redrive_execution(json.loads(body))
    status, answered, text = await answer_workflow_request(method, path, headers, body, query_params)
    if status == 200 and headers.get("x-amz-target", "").endswith(".DescribeExecution"):
        execution = json.loads(text)
        can = "REDRIVABLE" if is_redrivable(execution) else "NOT_REDRIVABLE"
        text = json.dumps({**execution, "redriveStatus": can}).encode()
    return status, answered, text


stepfunctions.handle_request = answer_and_redrive

# ---- A table that is deleted ----
delete_table = dynamodb._delete_table


def delete_and_keep_a_backup(data):
    name = dynamodb._normalize_table_name(data.get("TableName"))
    if dynamodb._pitr_settings.get(name) and not dynamodb._tables[name].get("DeletionProtectionEnabled"):
        dynamodb._create_backup({"TableName": name, "BackupName": f"{name}$DeletedTableBackup"})
    return delete_table(data)


dynamodb._delete_table = delete_and_keep_a_backup
