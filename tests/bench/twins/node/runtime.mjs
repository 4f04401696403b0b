// The Runtime API's loop: less than Lambda's own runtime does, so in the twins' favour.
import http from "node:http";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, content) {
  return new Promise((resolve, reject) => {
    const headers = content === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(content) };
    const request = http.request({ host, port, agent, method, path, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ headers: answer.headers, text }));
    });
    request.on("error", reject);
    request.end(content);
  });
}

export async function serve(handler) {
  for (;;) {
    const { headers, text } = await call("GET", "/2018-06-01/runtime/invocation/next");
    const requestId = headers["lambda-runtime-aws-request-id"];
    const answer = await handler(JSON.parse(text), requestId);
    await call("POST", `/2018-06-01/runtime/invocation/${requestId}/response`, JSON.stringify(answer));
  }
}
