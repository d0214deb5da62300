// Runs before each file of tests, in the process that runs it.
import { configureGlobal } from 'fast-check'
import { afterAll } from 'vitest'
import { dropTestDatabases } from './database.ts'
import { isLong, times } from './times.ts'

configureGlobal({ numRuns: times(100), ...(isLong ? {} : { seed: 1 }) })

afterAll(dropTestDatabases)
