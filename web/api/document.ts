// The OpenAPI 3.1 document of both APIs, made of the schemas that their answers are made by, and a page that shows it without a script.
// What makes it is loaded when somebody asks: the server starts without it.
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { z } from 'zod'
import type { TokenScope } from '../../sql/tokens.ts'
import { answerPage } from '../answer.ts'
import { frame } from '../part/frame.ts'
import { patchworkSchemas } from '../patchwork/schema.ts'
import { problemsSchema, writeSchemas } from '../patchwork/write-schema.ts'
import { version } from '../version.ts'
import { ownSchemas } from './schema.ts'

const schemas = { ...patchworkSchemas, ...ownSchemas, ...writeSchemas }

interface Described {
  readonly path: string
  readonly summary: string
  readonly answer: keyof typeof schemas
  /** A list of them. */
  readonly many?: true
  readonly query?: readonly string[]
  /** Of a write. */
  readonly write?: {
    readonly method: 'post' | 'patch'
    readonly body: keyof typeof writeSchemas
    readonly status: 200 | 201
    readonly scope: TokenScope
  }
}

const paged = ['page', 'per_page'] as const
const sorted = [...paged, 'order', 'q', 'project', 'submitter', 'before', 'since'] as const

/** Below `/api`, and of patchwork's below `/api/1.0` to `/api/1.4`, too. */
const described: readonly Described[] = [
  { path: '/api/', summary: 'What there is.', answer: 'Index' },
  { path: '/api/projects/', summary: 'Projects.', answer: 'Project', many: true, query: [...paged, 'q'] },
  { path: '/api/projects/{id}/', summary: 'A project, by number or name.', answer: 'Project' },
  {
    path: '/api/patches/',
    summary: 'Patches of all revisions.',
    answer: 'Patch',
    many: true,
    query: [...sorted, 'series', 'delegate', 'state', 'archived', 'hash', 'msgid'],
  },
  { path: '/api/patches/{id}/', summary: 'A patch with its mail.', answer: 'PatchDetail' },
  ...(['patches', 'covers'] as const).flatMap((noun): Described[] => [
    {
      path: `/api/${noun}/{id}/comments/`,
      summary: 'What was answered. Since 1.1.',
      answer: 'Comment',
      many: true,
      query: [...paged, 'q'],
    },
    { path: `/api/${noun}/{id}/comments/{comment}/`, summary: 'One answer. Since 1.3.', answer: 'Comment' },
  ]),
  {
    path: '/api/patches/{id}/checks/',
    summary: 'Results that are believed.',
    answer: 'Check',
    many: true,
    query: [...paged, 'state', 'context', 'user', 'before', 'since'],
  },
  { path: '/api/patches/{id}/checks/{check}/', summary: 'One result.', answer: 'Check' },
  { path: '/api/series/', summary: 'Revisions.', answer: 'Series', many: true, query: sorted },
  { path: '/api/series/{id}/', summary: 'A revision.', answer: 'Series' },
  {
    path: '/api/covers/',
    summary: 'Cover letters.',
    answer: 'Cover',
    many: true,
    query: [...sorted, 'series', 'msgid'],
  },
  { path: '/api/covers/{id}/', summary: 'A cover letter with its mail.', answer: 'CoverDetail' },
  {
    path: '/api/events/',
    summary: 'What happened, newest first.',
    answer: 'Event',
    many: true,
    query: ['page', 'order', 'project', 'category', 'series', 'patch', 'cover', 'before', 'since'],
  },
  {
    path: '/api/people/',
    summary: 'Who wrote. With a token.',
    answer: 'Person',
    many: true,
    query: [...paged, 'q'],
  },
  { path: '/api/people/{id}/', summary: 'One of them. With a token.', answer: 'Person' },
  {
    path: '/api/users/',
    summary: 'The maintainers. With a token.',
    answer: 'User',
    many: true,
    query: [...paged, 'q'],
  },
  { path: '/api/users/{id}/', summary: 'One of them. With a token.', answer: 'User' },
  {
    path: '/api/v1/{list}/topics',
    summary: 'The topics of a list, newest activity first.',
    answer: 'Topics',
    query: ['kind', 'state', 'before'],
  },
  {
    path: '/api/v1/{list}/topics/{id}',
    summary: 'The topic that holds a mail: revisions, patches, bug.',
    answer: 'Topic',
  },
  { path: '/api/v1/{list}/bugs/{number}', summary: 'The topic of a bug.', answer: 'Topic' },
  { path: '/api/v1/{list}/mails/{id}', summary: 'A mail.', answer: 'Mail' },
  {
    path: '/api/v1/{list}/topics/{id}/revisions/{revision}',
    summary: 'One revision of a patchset: "3", or "3.2" for one that was sent again.',
    answer: 'Revision',
  },
  {
    path: '/api/v1/{list}/patches/{id}',
    summary: 'One patch with its reviews and checks.',
    answer: 'OnePatch',
  },
  { path: '/api/v1/{list}/people', summary: 'Who has a role on the list.', answer: 'People' },
  {
    path: '/api/v1/{list}/people/{address}',
    summary: 'A person: addresses, roles, counts, and what waits.',
    answer: 'OnePerson',
  },
  {
    path: '/api/v1/{list}/search',
    summary: 'Mails that a search finds; the list "all" stands for all.',
    answer: 'Found',
    query: ['q', 'page'],
  },
]

const writes: readonly Described[] = [
  {
    path: '/api/patches/{id}/checks/',
    summary: 'Posts a result.',
    answer: 'Check',
    write: { method: 'post', body: 'NewCheck', status: 201, scope: 'check' },
  },
  {
    path: '/api/patches/{id}/',
    summary: 'Sets state, delegate, commit.',
    answer: 'PatchDetail',
    write: { method: 'patch', body: 'Change', status: 200, scope: 'state' },
  },
  {
    path: '/api/series/{id}/',
    summary: 'The same, of all patches of a revision by one note.',
    answer: 'Series',
    write: { method: 'patch', body: 'Change', status: 200, scope: 'state' },
  },
  {
    path: '/api/patches/{id}/notes/',
    summary: 'A few words for the timeline.',
    answer: 'Note',
    write: { method: 'post', body: 'NewNote', status: 201, scope: 'note' },
  },
]

/** Made once: it changes with the program alone. */
let made: Promise<object> | undefined

const documentOf = (): Promise<object> => {
  made ??= makeDocument()
  return made
}

async function makeDocument(): Promise<object> {
  const { OpenAPIHono } = await import('@hono/zod-openapi')
  const app = new OpenAPIHono()
  const named = Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, (schema as z.ZodType).meta({ id })]),
  )
  const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } })
  const refused = json(named.Refusal as z.ZodType)
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The word "Token", a blank, and what `threadwork token add` printed.',
  })
  for (const { path, summary, answer, many, query = [], write } of [...described, ...writes]) {
    const one = named[answer] as z.ZodType
    const parameters = [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter(name, 'path')),
      ...query.map(name => parameter(name, 'query')),
    ]
    const missing = { 404: { description: 'It is not there.', ...refused } }
    const found = { description: summary, ...json(many ? one.array() : one) }
    if (write === undefined)
      app.openAPIRegistry.registerPath({
        ...{ method: 'get', path, summary, parameters },
        responses: { 200: found, 304: { description: 'It is what If-None-Match names.' }, ...missing },
      })
    else
      app.openAPIRegistry.registerPath({
        ...{ method: write.method, path, summary, parameters },
        description: `With a token for "${write.scope}".`,
        security: [{ token: [] }],
        request: { body: { required: true, content: bodyOf(named[write.body] as z.ZodType) } },
        responses: {
          [write.status]: found,
          400: { description: 'Of each field that is wrong why.', ...json(problemsSchema) },
          403: { description: 'No token, or not for this.', ...refused },
          ...missing,
          413: { description: 'The body is too long.', ...refused },
          415: { description: 'The body is of no known type.', ...refused },
          429: { description: 'The token writes too often; see Retry-After.', ...refused },
        },
      })
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Threadwork',
      version,
      description: "Patchwork's REST API, also below /api/1.0 to /api/1.4, and our own below /api/v1.",
    },
  })
}

const bodyOf = (schema: z.ZodType) => ({
  'application/json': { schema },
  'application/x-www-form-urlencoded': { schema },
  'multipart/form-data': { schema },
})

const parameter = (name: string, place: 'path' | 'query') => ({
  name,
  in: place,
  required: place === 'path',
  schema: { type: 'string' as const },
})

export const answerDocument = async (c: Context): Promise<Response> => c.json(await documentOf())

/** The same for people. */
export const answerDocumentPage = (c: Context): Promise<Response> =>
  answerPage(
    c,
    frame({
      title: 'API',
      skipTo: 'addresses',
      main: html`<h1>API</h1>
<p class="meta"><a href="/api/openapi.json">OpenAPI document</a></p>
<div class="card"><table class="flat"><thead><tr><th scope="col">Address</th><th scope="col">What</th><th scope="col">Asked with</th></tr></thead>
<tbody>${[...described, ...writes].map(
        ({ path, summary, query = [], write }) =>
          html`<tr><th scope="row" class="sub"><code>${write ? `${write.method.toUpperCase()} ` : ''}${path}</code></th><td>${summary}</td><td>${write ? html`<a href="#${write.body}">${write.body}</a>, a token for ${write.scope}` : query.join(', ')}</td></tr>`,
      )}</tbody></table></div>
${Object.entries(schemas).map(([name, schema]) => fieldsOf(name, schema))}`,
    }),
  )

const fieldsOf = (name: string, schema: z.ZodObject) =>
  html`<h2 id="${name}">${name}</h2><ul>${Object.entries(schema.shape).map(
    ([field, shape]) =>
      html`<li><code>${field}</code>${(shape as z.ZodType).description ? html`: ${(shape as z.ZodType).description}` : ''}</li>`,
  )}</ul>`
