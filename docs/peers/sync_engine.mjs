// stripe-sync-engine as a contestant: `node sync_engine.mjs`, with its packages beside it
// (`package.json`) and `DATABASE_PORT`. It answers the same lines as `lines.py`.

import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import pg from 'pg'

// Its ES module looks for the migrations in `__dirname`, which only its CommonJS module has.
const require = createRequire(import.meta.url)
const { StripeSync, runMigrations } = require('@supabase/stripe-sync-engine')

const databaseUrl = `postgres://postgres@127.0.0.1:${process.env.DATABASE_PORT}/sync_engine`
const logger = {
  info() {},
  error(error) {
    throw error // a migration that failed would only be logged
  },
}
await runMigrations({ databaseUrl, schema: 'stripe', logger })
const sync = new StripeSync({
  poolConfig: { connectionString: databaseUrl },
  stripeSecretKey: 'sk_test_peers',
  stripeWebhookSecret: 'whsec_local_account',
})
const reader = new pg.Pool({ connectionString: databaseUrl, max: 1 })

async function deliver({ body, signature }) {
  const began = process.cpuUsage()
  await sync.processWebhook(body, signature)
  const { user, system } = process.cpuUsage(began)
  return { status: 200, us: user + system }
}

async function read(id) {
  const { rows } = await reader.query('select status from stripe.payment_intents where id = $1', [id])
  return { read: rows[0].status }
}

function answer(asked) {
  if ('body' in asked) return deliver(asked)
  if ('read' in asked) return read(asked.id)
  return 'begin' in asked ? {} : { requests: 0 }
}

console.log('{}')
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))))
}
await reader.end()
await sync.postgresClient.close()
