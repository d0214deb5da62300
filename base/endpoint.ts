/** Where a listener binds. Port 0 takes any free port. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** `127.0.0.1:2525`, `mail.example.org:25`, `[::1]:2525`; null for anything else. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,255})):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  return host !== undefined && port <= 65_535 ? { host, port } : null
}

export function showEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
