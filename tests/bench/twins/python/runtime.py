"""The Runtime API's loop: less than Lambda's own runtime does, so in the twins' favour."""

import http.client
import json
import os

NEXT = "/2018-06-01/runtime/invocation/next"


def serve(handler):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", NEXT)
        invocation = connection.getresponse()
        request_id = invocation.headers["lambda-runtime-aws-request-id"]
        answer = handler(json.loads(invocation.read()), request_id)
        connection.request(
            "POST",
            f"/2018-06-01/runtime/invocation/{request_id}/response",
            json.dumps(answer, ensure_ascii=False).encode(),
            {"content-type": "application/json"},
        )
        connection.getresponse().read()
