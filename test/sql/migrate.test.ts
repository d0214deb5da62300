import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { connect } from '../../sql/connect.ts'
import { migrate, migrationState } from '../../sql/migrate.ts'

test('processes that start at once on an empty database all find it migrated', async () => {
  const name = `empty_${randomUUID().replaceAll('-', '')}`
  const server = connect(inject('server'))
  await sql`create database ${sql.ref(name)}`.execute(server)
  await server.destroy()
  const url = new URL(inject('server'))
  url.pathname = `/${name}`
  const users = Array.from({ length: 6 }, () => connect(url.href, { max: 2 }))

  await Promise.all(users.map(migrate))

  for (const db of users) {
    expect((await migrationState(db)).every(({ done }) => done)).toBe(true)
    expect(await db.selectFrom('mail').selectAll().execute()).toEqual([])
    await db.destroy()
  }
})
