"""The local cloud, with what it lacks.

Of a stream's batch, what a function couldn't do comes again (ReportBatchItemFailures): AWS sends the batch again from the first
record that failed, here all of it comes again. And a cloud that is started again reads its streams from their beginning: it kept
how far it had read, but not the records, and would wait until there are as many again."""

from ministack import app
from ministack.services import lambda_svc

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
        return {**result, "error": True, "body": told}
    return result


restore = lambda_svc.load_persisted_state


def restore_without_positions(state):
    return restore({**state, "dynamodb_stream_positions": {}} if state else state)


lambda_svc._execute_function = execute_and_look_at_failures
lambda_svc.load_persisted_state = restore_without_positions

if __name__ == "__main__":
    app.main()
