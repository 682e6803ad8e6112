// Signs install links' values as Stripe does: Stripe's own SDK, over the JSON that JavaScript writes.
// Reads one JSON object a line, writes one a line: {payload, header}. Its argument is the folder that
// the SDK is installed in.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { webhooks } = createRequire(`${process.argv[2]}/`)("stripe");

for await (const line of createInterface({ input: process.stdin })) {
  const { state, user_id, account_id, secret, timestamp } = JSON.parse(line);
  const payload = JSON.stringify({ state, user_id, account_id });
  const header = webhooks.generateTestHeaderString({ payload, secret, timestamp });
  console.log(JSON.stringify({ payload, header }));
}
