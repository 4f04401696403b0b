// What the three functions share: the request, the answer, the table.
import { createHash, randomBytes } from "node:crypto";
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

export const TABLE = process.env.TABLE_NAME;
export const dynamodb = new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } });

export class Problem extends Error {
  constructor(status, kind, faults = []) {
    super(kind);
    Object.assign(this, { status, kind, faults });
  }
}

/** RFC 9562, version 7: 48 bits of time, the rest by chance. */
export function uuid7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export function digest(...parts) {
  const whole = createHash("sha256");
  for (const part of parts) whole.update(`${Buffer.byteLength(part)}:`).update(part);
  return whole.digest("hex").slice(0, 32);
}

export function employee(event, role = "sales") {
  const claims = event.requestContext.authorizer?.jwt?.claims;
  if (!claims) throw new Problem(401, "unauthenticated");
  if (!claims.roles.replace(/[[\]]/g, "").split(" ").includes(role)) throw new Problem(403, "forbidden");
  return claims;
}

export function body(event) {
  const type = (event.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  if (type !== "application/json") throw new Problem(415, "content-type-unsupported");
  try {
    return JSON.parse(event.body);
  } catch {
    throw new Problem(400, "malformed-body");
  }
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)}}`;
}

export function requestKey(event, who, operation, sale, content) {
  const key = event.headers["idempotency-key"] ?? "";
  if (!/^[!-~]{1,255}$/.test(key)) throw new Problem(400, "idempotency-key-invalid");
  return [digest(who.dealership_id, key), digest(operation, sale, canonical(content))];
}

export function saleId(event) {
  const text = event.pathParameters.sale_id;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw new Problem(404, "sale-not-found");
  return text;
}

export const stateOf = ({ version, ...state }) => JSON.stringify(state);
export const parseSale = (item) => ({ ...JSON.parse(item.state.S), version: Number(item.version.N) });

export async function loadSale(sale) {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: TABLE,
      Key: { PK: { S: `SALE#${sale}` }, SK: { S: "SALE" } },
      ConsistentRead: true,
      ProjectionExpression: "#version, #state",
      ExpressionAttributeNames: { "#version": "version", "#state": "state" },
    }),
  );
  return Item && parseSale(Item);
}

export async function commit(sale, status, awaits) {
  const set = "SET #version = :version, #status = :status, #state = :state";
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: { PK: { S: `SALE#${sale.id}` }, SK: { S: "SALE" } },
        UpdateExpression: awaits ? `${set}, #awaits = :awaits` : `${set} REMOVE #awaits`,
        ConditionExpression: "#version = :previous",
        ExpressionAttributeNames: { "#version": "version", "#status": "status", "#state": "state", "#awaits": "awaits" },
        ExpressionAttributeValues: {
          ":previous": { N: String(sale.version) },
          ":version": { N: String(sale.version + 1) },
          ":status": { S: status },
          ":state": { S: stateOf(sale) },
          ...(awaits && { ":awaits": { S: awaits } }),
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  } catch (fault) {
    throw fault.name === "ConditionalCheckFailedException" ? new Problem(409, "contended") : fault;
  }
  sale.version += 1;
}

/** One line in the log, and an answer or a problem. */
export const answering = (handle) => async (event, requestId) => {
  let [status, content, headers] = [500, {}, {}];
  let kind = "application/json";
  try {
    [status, content, headers = {}] = await handle(event);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    [status, kind] = [problem.status, "application/problem+json"];
    content = { type: problem.kind, status, errors: problem.faults, request_id: requestId };
  }
  console.log(JSON.stringify({ level: "INFO", message: "answered", status, request_id: requestId, sale_id: content.sale_id }));
  headers = { "cache-control": "no-store", "content-type": kind, ...headers };
  return { statusCode: status, headers, body: JSON.stringify(content), isBase64Encoded: false };
};
