// Of mailauth: its parser of Authentication-Results (RFC 8601), its reader of DKIM keys and of DMARC records, for which it has no declarations.
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
declare module 'mailauth/lib/dmarc/get-dmarc-record.js' {
  interface DmarcRecord {
    readonly p?: string
    readonly sp?: string
    /** It is of a domain above. */
    readonly isOrgRecord: boolean
  }
  function getDmarcRecord(
    domain: string,
    resolver: (name: string, type: string) => Promise<string[][] | string[]>,
  ): Promise<DmarcRecord | false>
  export = getDmarcRecord
}
