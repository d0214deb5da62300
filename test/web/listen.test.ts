// The end of an HTTP server, with a client that keeps its connection.
import { connect } from 'node:net'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { listen } from '../../web/listen.ts'

test('a client that asks again and again on one connection does not keep a server that ends', async () => {
  const { promise: came, resolve: come } = Promise.withResolvers<void>()
  const app = new Hono()
  app.post('/', async c => {
    come()
    await c.req.text()
    return c.body(null, 204)
  })
  const { port, close } = await listen(app, { host: '127.0.0.1', port: 0 }, 'a test')
  const client = connect(port, '127.0.0.1')
  const ended = new Promise(resolve => client.on('close', resolve))
  client.on('error', () => {})
  let answers = 0
  const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n'
  client.on('data', () => {
    answers++
    client.write(`${head}{}`)
  })
  client.write(head)
  await came
  const closing = close()
  client.write('{}')
  await Promise.all([ended, closing])
  expect(answers).toBeLessThan(3)
})
