// `GET /sales/{sale_id}`.
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { serve } from "./runtime.mjs";
import { Problem, TABLE, answering, dynamodb, employee, parseSale, saleId } from "./sales.mjs";

const handler = answering(async (event) => {
  const who = employee(event);
  const sale = saleId(event);
  const { Items } = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE,
      ConsistentRead: true,
      KeyConditionExpression: "PK = :pk AND begins_with(SK, :sale)",
      ExpressionAttributeValues: { ":pk": { S: `SALE#${sale}` }, ":sale": { S: "SALE" } },
    }),
  );
  const found = Object.fromEntries(Items.map((item) => [item.SK.S, item]));
  if (!found.SALE || !found["SALE#DETAILS"]) throw new Problem(404, "sale-not-found");
  const [state, details] = [parseSale(found.SALE), JSON.parse(found["SALE#DETAILS"].details.S)];
  if (state.dealership !== who.dealership_id) throw new Problem(404, "sale-not-found");
  const [price, signal, currency] = state.terms;
  const { customer, plan, delivery } = details;
  return [
    200,
    {
      sale_id: sale,
      status: found.SALE.status.S,
      dealership_id: state.dealership,
      country: state.country,
      customer,
      plan,
      delivery,
      payment: { currency, price, signal, balance: price - signal },
      events: state.facts.map(([type, at]) => ({ type, at })),
    },
  ];
});

await serve(handler);
