// mailauth's parser of Authentication-Results (RFC 8601), for which it has no declarations.
declare module 'mailauth/lib/parse-dkim-headers.js' {
  function parseFields(line: string): { readonly parsed: unknown }
  export = parseFields
}
