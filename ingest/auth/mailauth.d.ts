// Of mailauth: its parser of Authentication-Results (RFC 8601) and its reader of DKIM keys, for which it has no declarations.
declare module 'mailauth/lib/parse-dkim-headers.js' {
  function parseFields(line: string): { readonly parsed: unknown }
  export = parseFields
}
declare module 'mailauth/lib/tools.js' {
  const tools: {
    getPublicKey(
      type: 'DKIM',
      name: string,
      minBitLength: number,
      resolver: (name: string, type: string) => Promise<string[][] | string[]>,
    ): Promise<{ readonly publicKey: string | Buffer; readonly testing?: boolean }>
  }
  export = tools
}
